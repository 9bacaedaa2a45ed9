from django.db import migrations

from recoup.tenancy.rls import AGENCY, CASE, CLIENT, append_only, isolate, policy, same_agency

# Each side reads what is meant for it, and writes only of its own case.
SEEN = (
    f"agency_id = {AGENCY}"
    f" AND ({CLIENT} IS NULL OR (client_id = {CLIENT} AND audience <> 'internal'))"
    f" AND ({CASE} IS NULL OR (case_id = {CASE} AND audience = 'debtor'))"
)
OWN = f"agency_id = {AGENCY} AND ({CLIENT} IS NULL OR client_id = {CLIENT}) AND ({CASE} IS NULL OR case_id = {CASE})"
OF_THE_DEBTOR = f"(case_id = {CASE} AND side = 'debtor')"


class Migration(migrations.Migration):
    dependencies = [("disputes", "0001_initial"), ("cases", "0003_protect"), ("tenancy", "0002_protect")]

    operations = [
        isolate("disputes_dispute", client="client_id", case="case_id"),
        policy("disputes_statement", SEEN, OWN),
        append_only("disputes_statement"),
        isolate("disputes_request", client="client_id", case=OF_THE_DEBTOR),
        same_agency("disputes_dispute", "case_id", "cases_case"),
        same_agency("disputes_dispute", "line_id", "cases_claimline"),
        same_agency("disputes_statement", "dispute_id", "disputes_dispute"),
        same_agency("disputes_request", "dispute_id", "disputes_dispute"),
        migrations.RunSQL(
            """
            REVOKE DELETE ON disputes_dispute, disputes_request FROM recoup_app;
            CREATE FUNCTION disputes_guard_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF OLD.state <> 'open' THEN
                    RAISE EXCEPTION 'a decided dispute is not changed' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER guard_outcome BEFORE UPDATE ON disputes_dispute
                FOR EACH ROW EXECUTE FUNCTION disputes_guard_outcome();
            """,
            "DROP TRIGGER guard_outcome ON disputes_dispute; DROP FUNCTION disputes_guard_outcome();",
        ),
    ]
