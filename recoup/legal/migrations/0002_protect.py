from django.db import migrations

from recoup.legal.states import MOVES
from recoup.tenancy.rls import append_only, isolate, same_agency

TABLES = (
    "proceeding", "step", "deadline", "outlay", "party", "measure", "award", "review", "lawyerrecord", "limitationlook",
)  # fmt: skip
APPEND_ONLY = ("step", "outlay", "award", "review", "lawyerrecord")


class Migration(migrations.Migration):
    dependencies = [("legal", "0001_initial"), ("cases", "0003_protect"), ("tenancy", "0002_protect")]

    operations = [
        *[isolate(f"legal_{table}", client="client_id") for table in TABLES],
        isolate("legal_lawyerfile"),
        *[append_only(f"legal_{table}") for table in APPEND_ONLY],
        same_agency("legal_proceeding", "case_id", "cases_case"),
        same_agency("legal_limitationlook", "case_id", "cases_case"),
        *[
            same_agency(f"legal_{table}", "proceeding_id", "legal_proceeding")
            for table in ("step", "deadline", "outlay", "party", "measure", "award", "review", "lawyerrecord")
        ],
        migrations.RunSQL(
            """
            REVOKE DELETE ON legal_proceeding, legal_deadline FROM recoup_app;
            CREATE FUNCTION legal_guard_stage() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.stage <> OLD.stage AND (OLD.stage, NEW.stage) NOT IN ({pairs}) THEN
                    RAISE EXCEPTION 'a proceeding cannot move from % to %', OLD.stage, NEW.stage USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER guard_stage BEFORE UPDATE ON legal_proceeding
                FOR EACH ROW EXECUTE FUNCTION legal_guard_stage();
            """.replace("{pairs}", ", ".join(f"('{was}', '{now}')" for was, to in MOVES.items() for now in to)),
            "DROP TRIGGER guard_stage ON legal_proceeding; DROP FUNCTION legal_guard_stage();",
        ),
    ]
