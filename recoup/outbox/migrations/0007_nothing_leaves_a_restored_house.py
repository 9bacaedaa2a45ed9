from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0006_written_once"),
        ("tenancy", "0007_protect_restore"),
    ]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION outbox_nothing_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT FROM tenancy_restore r WHERE r.agency_id = NEW.agency_id AND r.released_at IS NULL) THEN
                    RAISE EXCEPTION 'the database was restored: message % stays', NEW.id USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER nothing_leaves BEFORE UPDATE OF state ON outbox_message
                FOR EACH ROW WHEN (NEW.state = 'attempting') EXECUTE FUNCTION outbox_nothing_leaves();
            """,
            "DROP TRIGGER nothing_leaves ON outbox_message; DROP FUNCTION outbox_nothing_leaves();",
        ),
    ]
