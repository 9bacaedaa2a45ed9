from django.db import migrations

from recoup.cases.states import MOVES
from recoup.tenancy.rls import AGENCY, CASE, CLIENT, append_only, isolate, policy, same_agency


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_initial"),
        ("tenancy", "0002_protect"),
        ("agreements", "0003_protect"),
    ]

    operations = [
        isolate("cases_case", client="client_id", case="id"),
        isolate("cases_claimline", client="client_id", case="case_id"),
        isolate("cases_charge", client="client_id", case="case_id"),
        isolate("cases_hold", client="client_id", case="case_id"),
        isolate("cases_closure", client="client_id", case="case_id"),
        isolate("cases_move", client="client_id"),
        append_only("cases_move"),
        isolate("cases_assignment", client="client_id"),
        append_only("cases_assignment"),
        append_only("cases_claimline"),
        append_only("cases_charge"),
        append_only("cases_closure"),
        # A task without a client is the house's own; a client's act may still cause one.
        policy(
            "cases_task",
            f"agency_id = {AGENCY} AND ({CLIENT} IS NULL OR client_id = {CLIENT}) AND {CASE} IS NULL",
            f"agency_id = {AGENCY} AND ({CLIENT} IS NULL OR client_id IS NULL OR client_id = {CLIENT})"
            f" AND ({CASE} IS NULL OR case_id = {CASE})",
        ),
        isolate("cases_collectorprofile"),
        isolate("cases_debtorlink", case="case_id"),
        # Debtors are known once per agency; a client sees those they have a case against.
        isolate("parties_client", client="id", case="EXISTS (SELECT 1 FROM cases_case c WHERE c.client_id = parties_client.id)"),
        isolate(
            "parties_debtor",
            client="EXISTS (SELECT 1 FROM cases_case c WHERE c.debtor_id = parties_debtor.id)",
            case="EXISTS (SELECT 1 FROM cases_case c WHERE c.debtor_id = parties_debtor.id)",
        ),
        isolate(
            "parties_contact",
            client="EXISTS (SELECT 1 FROM cases_case c WHERE c.debtor_id = parties_contact.debtor_id)",
            case="EXISTS (SELECT 1 FROM cases_case c WHERE c.debtor_id = parties_contact.debtor_id)",
        ),
        same_agency("cases_case", "client_id", "parties_client"),
        same_agency("cases_case", "debtor_id", "parties_debtor"),
        same_agency("cases_case", "agreement_id", "agreements_agreement"),
        same_agency("cases_claimline", "case_id", "cases_case"),
        same_agency("cases_hold", "case_id", "cases_case"),
        same_agency("cases_charge", "case_id", "cases_case"),
        migrations.RunSQL(
            """
            CREATE TABLE cases_allowed_move (was varchar(12), now varchar(12), PRIMARY KEY (was, now));
            REVOKE INSERT, UPDATE, DELETE ON cases_allowed_move FROM recoup_app;
            INSERT INTO cases_allowed_move VALUES {pairs};
            CREATE FUNCTION cases_guard_stage() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.stage <> OLD.stage AND NOT EXISTS
                    (SELECT 1 FROM cases_allowed_move WHERE was = OLD.stage AND now = NEW.stage) THEN
                    RAISE EXCEPTION 'a case cannot move from % to %', OLD.stage, NEW.stage USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER guard_stage BEFORE UPDATE OF stage ON cases_case
                FOR EACH ROW EXECUTE FUNCTION cases_guard_stage();
            REVOKE DELETE ON cases_case, cases_task, cases_hold FROM recoup_app;
            """.replace("{pairs}", ", ".join(f"('{was}', '{now}')" for was, to in MOVES.items() for now in to)),
            "DROP TRIGGER guard_stage ON cases_case; DROP FUNCTION cases_guard_stage(); DROP TABLE cases_allowed_move;",
        ),
    ]
