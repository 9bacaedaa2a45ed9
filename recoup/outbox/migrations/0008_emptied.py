"""A settled message may be emptied of whom it went to and what it said, and nothing else of it changes."""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION outbox_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {emptied}
    IF OLD.state IN ('sent', 'denied', 'cancelled') THEN
        RAISE EXCEPTION 'outbox message % is settled', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.channel, NEW.key, NEW.agency_id, NEW.gated) IS DISTINCT FROM (OLD.channel, OLD.key, OLD.agency_id, OLD.gated)
       OR (OLD.content_hash <> '' AND (NEW.recipient, NEW.payload, NEW.content_hash) IS DISTINCT FROM
        (OLD.recipient, OLD.payload, OLD.content_hash)) THEN
        RAISE EXCEPTION 'what is to be sent never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'sent' AND NEW.content_hash = '' THEN
        RAISE EXCEPTION 'outbox message % has no content yet', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
EMPTIED = """IF OLD.state NOT IN ('ready', 'attempting') AND NEW.recipient = '' AND NEW.payload = '{}'::jsonb
       AND (to_jsonb(NEW) - ARRAY['recipient', 'payload']) = (to_jsonb(OLD) - ARRAY['recipient', 'payload']) THEN
        RETURN NEW;
    END IF;"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0007_nothing_leaves_a_restored_house")]

    operations = [migrations.RunSQL(GUARD.replace("{emptied}", EMPTIED), GUARD.replace("{emptied}", ""))]
