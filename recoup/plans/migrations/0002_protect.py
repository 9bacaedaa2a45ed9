from django.db import migrations

from recoup.plans.states import MOVES
from recoup.tenancy.rls import append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("cases", "0003_protect"), ("tenancy", "0002_protect")]

    operations = [
        isolate("plans_mandate", client="client_id"),
        append_only("plans_mandate"),
        isolate("plans_plan", client="client_id", case="case_id"),
        isolate("plans_instalment", client="client_id", case="case_id"),
        append_only("plans_instalment"),
        isolate("plans_reminded", client="client_id"),
        append_only("plans_reminded"),
        same_agency("plans_mandate", "client_id", "parties_client"),
        same_agency("plans_plan", "case_id", "cases_case"),
        same_agency("plans_instalment", "plan_id", "plans_plan"),
        migrations.RunSQL(
            """
            REVOKE DELETE ON plans_plan FROM recoup_app;
            CREATE FUNCTION plans_guard_state() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({pairs}) THEN
                    RAISE EXCEPTION 'a plan cannot move from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
                END IF;
                IF OLD.signed_at IS NOT NULL AND (NEW.terms, NEW.figures, NEW.signed_at, NEW.trail)
                    IS DISTINCT FROM (OLD.terms, OLD.figures, OLD.signed_at, OLD.trail) THEN
                    RAISE EXCEPTION 'a signed plan is not changed' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER guard_state BEFORE UPDATE ON plans_plan
                FOR EACH ROW EXECUTE FUNCTION plans_guard_state();
            """.replace("{pairs}", ", ".join(f"('{was}', '{now}')" for was, to in MOVES.items() for now in to)),
            "DROP TRIGGER guard_state ON plans_plan; DROP FUNCTION plans_guard_state();",
        ),
    ]
