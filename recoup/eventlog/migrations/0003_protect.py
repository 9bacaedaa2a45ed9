from django.db import migrations

from recoup.tenancy.rls import AGENCY, CASE, CLIENT, append_only, isolate, policy


class Migration(migrations.Migration):
    dependencies = [
        ("eventlog", "0002_initial"),
        ("tenancy", "0002_protect"),
    ]

    operations = [
        # A client's or debtor's act may leave an internal event that they do not see themselves.
        policy(
            "eventlog_event",
            f"agency_id = {AGENCY}"
            f" AND ({CLIENT} IS NULL OR (client_id = {CLIENT} AND audience <> 'internal'))"
            f" AND ({CASE} IS NULL OR (case_id = {CASE} AND audience = 'debtor'))",
            f"agency_id = {AGENCY} AND ({CLIENT} IS NULL OR client_id IS NULL OR client_id = {CLIENT})"
            f" AND ({CASE} IS NULL OR case_id = {CASE})",
        ),
        append_only("eventlog_event"),
        isolate("eventlog_unsealed", shared=True),
        isolate("eventlog_seal"),
        append_only("eventlog_seal"),
        migrations.RunSQL(
            """
            CREATE FUNCTION eventlog_await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO eventlog_unsealed (id, agency_id, event_id) VALUES (NEW.id, NEW.agency_id, NEW.id);
                PERFORM pg_notify('timeline', json_build_object(
                    'event', NEW.id, 'kind', NEW.kind, 'agency', NEW.agency_id, 'client', NEW.client_id,
                    'case', NEW.case_id, 'audience', NEW.audience)::text);
                RETURN NULL;
            END $$;
            CREATE TRIGGER await_seal AFTER INSERT ON eventlog_event
                FOR EACH ROW EXECUTE FUNCTION eventlog_await_seal();
            """,
            "DROP TRIGGER await_seal ON eventlog_event; DROP FUNCTION eventlog_await_seal();",
        ),
    ]
