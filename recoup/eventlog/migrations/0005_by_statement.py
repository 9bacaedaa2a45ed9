"""Events that are written together wait for their seal together, and are announced singly only while they
are few: a batch of the day run is one word to the pages that listen, which then fetch what they show."""

from django.db import migrations

BY_STATEMENT = """
DROP TRIGGER await_seal ON eventlog_event;
CREATE OR REPLACE FUNCTION eventlog_await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE many bigint;
BEGIN
    INSERT INTO eventlog_unsealed (id, agency_id, event_id) SELECT id, agency_id, id FROM fresh ORDER BY id;
    GET DIAGNOSTICS many = ROW_COUNT;
    IF many <= 50 THEN
        PERFORM pg_notify('timeline', json_build_object(
            'event', id, 'kind', kind, 'agency', agency_id, 'client', client_id,
            'case', case_id, 'audience', audience)::text) FROM fresh ORDER BY id;
    ELSE
        PERFORM pg_notify('timeline', json_build_object(
            'kind', 'Many', 'agency', agency_id, 'client', NULL, 'case', NULL, 'audience', 'internal')::text)
        FROM (SELECT DISTINCT agency_id FROM fresh) f;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER await_seal AFTER INSERT ON eventlog_event REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION eventlog_await_seal();
"""
BY_ROW = """
DROP TRIGGER await_seal ON eventlog_event;
CREATE OR REPLACE FUNCTION eventlog_await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO eventlog_unsealed (id, agency_id, event_id) VALUES (NEW.id, NEW.agency_id, NEW.id);
    PERFORM pg_notify('timeline', json_build_object(
        'event', NEW.id, 'kind', NEW.kind, 'agency', NEW.agency_id, 'client', NEW.client_id,
        'case', NEW.case_id, 'audience', NEW.audience)::text);
    RETURN NULL;
END $$;
CREATE TRIGGER await_seal AFTER INSERT ON eventlog_event
    FOR EACH ROW EXECUTE FUNCTION eventlog_await_seal();
"""


class Migration(migrations.Migration):
    dependencies = [("eventlog", "0004_own_seals")]

    operations = [migrations.RunSQL(BY_STATEMENT, BY_ROW)]
