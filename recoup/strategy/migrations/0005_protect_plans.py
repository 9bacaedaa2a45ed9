from django.db import migrations

from recoup.tenancy.rls import isolate, same_agency

RELEASED_NEVER_CHANGES = """
REVOKE DELETE ON strategy_treatmentplan, strategy_trial FROM recoup_app;
CREATE FUNCTION strategy_guard_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' THEN
        RAISE EXCEPTION 'plan % % is %, and never changes', OLD.name, OLD.version, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON strategy_treatmentplan FOR EACH ROW EXECUTE FUNCTION strategy_guard_plan();
"""


class Migration(migrations.Migration):
    dependencies = [("strategy", "0004_plans"), ("cases", "0007_protect_promises")]

    operations = [
        isolate("strategy_treatmentplan", shared=True),
        same_agency("strategy_treatmentplan", "client_id", "parties_client"),
        isolate("strategy_trial"),
        isolate("strategy_dayrun"),
        same_agency("strategy_trial", "client_id", "parties_client"),
        same_agency("strategy_trial", "challenger_id", "strategy_treatmentplan"),
        migrations.RunSQL(
            RELEASED_NEVER_CHANGES,
            "DROP TRIGGER guard ON strategy_treatmentplan; DROP FUNCTION strategy_guard_plan();"
            " GRANT DELETE ON strategy_treatmentplan, strategy_trial TO recoup_app;",
        ),
    ]
