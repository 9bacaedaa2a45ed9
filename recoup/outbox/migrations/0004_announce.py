from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("outbox", "0003_protect")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION outbox_announce() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN NOTIFY outbox; RETURN NULL; END $$;
            CREATE TRIGGER announce AFTER INSERT ON outbox_message
                FOR EACH STATEMENT EXECUTE FUNCTION outbox_announce();
            """,
            "DROP TRIGGER announce ON outbox_message; DROP FUNCTION outbox_announce();",
        )
    ]
