"""Notes of calls and visits may be emptied, once; nothing else of an attempt or a report changes."""

from django.db import migrations

EMPTIED = """
CREATE OR REPLACE FUNCTION contact_fill_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.document_id IS NULL AND NEW.document_id IS NOT NULL AND OLD.message_id IS NOT NULL
        AND (to_jsonb(NEW) - ARRAY['document_id', 'answer_by', 'owed', 'language'])
          = (to_jsonb(OLD) - ARRAY['document_id', 'answer_by', 'owed', 'language']) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.note <> '' AND NEW.note = '' AND (to_jsonb(NEW) - 'note') = (to_jsonb(OLD) - 'note') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
GRANT UPDATE (note) ON contact_contactattempt TO recoup_app;
DROP TRIGGER append_only ON contact_visitreport;
CREATE FUNCTION contact_report_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.said = '' AND NEW.met = '' AND NEW.met_role = ''
        AND (to_jsonb(NEW) - ARRAY['said', 'met', 'met_role']) = (to_jsonb(OLD) - ARRAY['said', 'met', 'met_role'])
        AND (OLD.said, OLD.met, OLD.met_role) <> ('', '', '') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON contact_visitreport
    FOR EACH ROW EXECUTE FUNCTION contact_report_emptied();
GRANT UPDATE (said, met, met_role) ON contact_visitreport TO recoup_app;
"""
AS_BEFORE = """
REVOKE UPDATE (note) ON contact_contactattempt FROM recoup_app;
REVOKE UPDATE ON contact_visitreport FROM recoup_app;
DROP TRIGGER append_only ON contact_visitreport;
DROP FUNCTION contact_report_emptied();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON contact_visitreport FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("contact", "0013_protect_own_reminders")]

    operations = [migrations.RunSQL(EMPTIED, AS_BEFORE)]
