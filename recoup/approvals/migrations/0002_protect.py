from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial"), ("cases", "0003_protect"), ("tenancy", "0002_protect")]

    operations = [
        isolate("approvals_authority", client="client_id"),
        append_only("approvals_authority"),
        isolate("approvals_approval", client="client_id"),
        same_agency("approvals_authority", "client_id", "parties_client"),
        same_agency("approvals_approval", "case_id", "cases_case"),
        same_agency("approvals_approval", "client_id", "parties_client"),
        migrations.RunSQL(
            """
            REVOKE DELETE ON approvals_approval FROM recoup_app;
            CREATE FUNCTION approvals_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF OLD.state <> 'asked' THEN
                    RAISE EXCEPTION 'an approval is decided once' USING ERRCODE = 'restrict_violation';
                END IF;
                IF (NEW.case_id, NEW.client_id, NEW.kind, NEW.key, NEW.sentence, NEW.params, NEW.cost, NEW.currency,
                    NEW.odds_percent, NEW.duration_days, NEW.deadline, NEW."default", NEW.asked_at, NEW.outside)
                    IS DISTINCT FROM
                   (OLD.case_id, OLD.client_id, OLD.kind, OLD.key, OLD.sentence, OLD.params, OLD.cost, OLD.currency,
                    OLD.odds_percent, OLD.duration_days, OLD.deadline, OLD."default", OLD.asked_at, OLD.outside) THEN
                    RAISE EXCEPTION 'what was asked is not changed' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER guard BEFORE UPDATE ON approvals_approval
                FOR EACH ROW EXECUTE FUNCTION approvals_guard();
            """,
            "DROP TRIGGER guard ON approvals_approval; DROP FUNCTION approvals_guard();",
        ),
    ]
