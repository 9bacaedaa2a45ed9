from django.db import migrations

from recoup.tenancy.rls import isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial"), ("cases", "0003_protect"), ("tenancy", "0002_protect")]

    operations = [
        isolate("surveys_survey", client="client_id"),
        same_agency("surveys_survey", "case_id", "cases_case"),
        migrations.RunSQL(
            """
            REVOKE DELETE ON surveys_survey FROM recoup_app;
            CREATE FUNCTION surveys_once() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF OLD.answered_at IS NOT NULL THEN
                    RAISE EXCEPTION 'a survey is answered once' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER once BEFORE UPDATE ON surveys_survey FOR EACH ROW EXECUTE FUNCTION surveys_once();
            """,
            "DROP TRIGGER once ON surveys_survey; DROP FUNCTION surveys_once();",
        ),
    ]
