from django.db import migrations

from recoup.tenancy.rls import isolate


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0006_restore")]

    operations = [
        isolate("tenancy_restore"),
        migrations.RunSQL(
            """
            REVOKE DELETE ON tenancy_restore FROM recoup_app;
            CREATE FUNCTION tenancy_released_once() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF OLD.released_at IS NOT NULL
                    OR (NEW.agency_id, NEW.noticed_at, NEW.because, NEW.params)
                       IS DISTINCT FROM (OLD.agency_id, OLD.noticed_at, OLD.because, OLD.params) THEN
                    RAISE EXCEPTION 'a restore is released once and never changed' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER released_once BEFORE UPDATE ON tenancy_restore
                FOR EACH ROW EXECUTE FUNCTION tenancy_released_once();
            """,
            "DROP TRIGGER released_once ON tenancy_restore; DROP FUNCTION tenancy_released_once();",
        ),
    ]
