"""A message may be queued before it is typeset: its content is filled in once, and never changes then."""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION outbox_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('sent', 'denied', 'cancelled') THEN
        RAISE EXCEPTION 'outbox message % is settled', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.channel, NEW.key, NEW.agency_id, NEW.gated) IS DISTINCT FROM (OLD.channel, OLD.key, OLD.agency_id, OLD.gated)
       {unless} AND (NEW.recipient, NEW.payload, NEW.content_hash) IS DISTINCT FROM
        (OLD.recipient, OLD.payload, OLD.content_hash)) THEN
        RAISE EXCEPTION 'what is to be sent never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    {empty}
    RETURN NEW;
END $$;
"""
EMPTY = """IF NEW.state = 'sent' AND NEW.content_hash = '' THEN
        RAISE EXCEPTION 'outbox message % has no content yet', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0005_doubt_of_an_earlier_attempt")]

    operations = [
        migrations.RunSQL(
            GUARD.format(unless="OR (OLD.content_hash <> ''", empty=EMPTY),
            GUARD.format(unless="OR (true", empty=""),
        )
    ]
