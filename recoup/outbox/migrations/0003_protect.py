from django.db import migrations

from recoup.tenancy.rls import AGENCY, CASE, CLIENT, policy


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0002_initial"),
        ("tenancy", "0002_protect"),
    ]

    operations = [
        policy(
            "outbox_message",
            f"agency_id = {AGENCY} AND ({CLIENT} IS NULL OR client_id = {CLIENT}) AND ({CASE} IS NULL OR case_id = {CASE})",
            f"agency_id = {AGENCY} AND ({CLIENT} IS NULL OR client_id IS NULL OR client_id = {CLIENT})"
            f" AND ({CASE} IS NULL OR case_id = {CASE})",
        ),
        migrations.RunSQL(
            """
            REVOKE DELETE ON outbox_message FROM recoup_app;
            CREATE FUNCTION outbox_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF OLD.state IN ('sent', 'denied', 'cancelled') THEN
                    RAISE EXCEPTION 'outbox message % is settled', OLD.id USING ERRCODE = 'restrict_violation';
                END IF;
                IF (NEW.channel, NEW.key, NEW.recipient, NEW.payload, NEW.content_hash, NEW.agency_id, NEW.gated)
                    IS DISTINCT FROM
                   (OLD.channel, OLD.key, OLD.recipient, OLD.payload, OLD.content_hash, OLD.agency_id, OLD.gated) THEN
                    RAISE EXCEPTION 'what is to be sent never changes' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER guard BEFORE UPDATE ON outbox_message FOR EACH ROW EXECUTE FUNCTION outbox_guard();
            """,
            "DROP TRIGGER guard ON outbox_message; DROP FUNCTION outbox_guard();",
        ),
    ]
