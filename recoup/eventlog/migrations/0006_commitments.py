"""What may name a person stands beside the chain: its value may give way to its commitment, and nothing else changes."""

from django.db import migrations, models

ONLY_ERASED = """
DROP TRIGGER append_only ON eventlog_event;
CREATE FUNCTION eventlog_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.salts IS NOT NULL AND NEW.salts = '{}'::jsonb AND OLD.salts <> '{}'::jsonb
        AND (to_jsonb(NEW) - ARRAY['data', 'salts']) = (to_jsonb(OLD) - ARRAY['data', 'salts'])
        AND (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(NEW.data) k)
          = (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(OLD.data) k)
        AND NOT EXISTS (
            SELECT 1 FROM jsonb_each(OLD.data) o WHERE CASE
                WHEN OLD.salts ? o.key THEN coalesce(length(NEW.data -> o.key ->> 'sealed'), 0) <> 64
                    OR (NEW.data -> o.key) - 'sealed' <> '{}'::jsonb
                ELSE (NEW.data -> o.key) IS DISTINCT FROM o.value END)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON eventlog_event
    FOR EACH ROW EXECUTE FUNCTION eventlog_only_erased();
GRANT UPDATE (data, salts) ON eventlog_event TO recoup_app;
"""
AS_BEFORE = """
DROP TRIGGER append_only ON eventlog_event;
DROP FUNCTION eventlog_only_erased();
REVOKE UPDATE ON eventlog_event FROM recoup_app;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON eventlog_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("eventlog", "0005_by_statement")]

    operations = [
        migrations.AddField(
            "event", "salts",
            models.JSONField(null=True, help_text="of what may name a person, by key; none: sealed by the first version"),
        ),
        migrations.RunSQL(ONLY_ERASED, AS_BEFORE),
    ]
