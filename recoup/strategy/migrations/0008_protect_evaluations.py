from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("strategy", "0007_evaluations"), ("cases", "0003_protect")]

    operations = [
        # The house's evaluation may rest on other clients' data: staff only. The counsel is the client's.
        isolate("strategy_evaluation"),
        isolate("strategy_counsel", client="client_id"),
        append_only("strategy_counsel"),
        same_agency("strategy_evaluation", "case_id", "cases_case"),
        same_agency("strategy_counsel", "case_id", "cases_case"),
        same_agency("strategy_counsel", "evaluation_id", "strategy_evaluation"),
        migrations.RunSQL(
            """
            REVOKE DELETE ON strategy_evaluation FROM recoup_app;
            CREATE FUNCTION strategy_guard_evaluation() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF (NEW.case_id, NEW."on", NEW.facts, NEW.answer, NEW.version, NEW.recommended)
                    IS DISTINCT FROM (OLD.case_id, OLD."on", OLD.facts, OLD.answer, OLD.version, OLD.recommended)
                    OR (OLD.decided <> '' AND NEW.decided <> OLD.decided) THEN
                    RAISE EXCEPTION 'an evaluation keeps the facts of its day' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER guard_evaluation BEFORE UPDATE ON strategy_evaluation
                FOR EACH ROW EXECUTE FUNCTION strategy_guard_evaluation();
            """,
            "DROP TRIGGER guard_evaluation ON strategy_evaluation; DROP FUNCTION strategy_guard_evaluation();",
        ),
    ]
