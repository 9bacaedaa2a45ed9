from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency

FILLED_ONCE = """
DROP TRIGGER append_only ON contact_contactattempt;
GRANT UPDATE (document_id, answer_by, owed, language) ON contact_contactattempt TO recoup_app;
CREATE FUNCTION contact_fill_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.document_id IS NULL AND NEW.document_id IS NOT NULL AND OLD.message_id IS NOT NULL
        AND (to_jsonb(NEW) - ARRAY['document_id', 'answer_by', 'owed', 'language'])
          = (to_jsonb(OLD) - ARRAY['document_id', 'answer_by', 'owed', 'language']) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON contact_contactattempt
    FOR EACH ROW EXECUTE FUNCTION contact_fill_once();
"""
AS_BEFORE = """
DROP TRIGGER append_only ON contact_contactattempt;
DROP FUNCTION contact_fill_once();
REVOKE UPDATE ON contact_contactattempt FROM recoup_app;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON contact_contactattempt
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
# One door out, in the database too: whatever the code does, a message to a debtor is never `sent`
# without a permit for the attempt that sent it.
NO_PERMIT_NO_SENDING = """
CREATE FUNCTION contact_no_permit_no_sending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM contact_permit p WHERE p.message_id = NEW.id AND p.agency_id = NEW.agency_id) THEN
        RAISE EXCEPTION 'message % to a debtor has no permit of the gate', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER no_permit_no_sending BEFORE UPDATE OF state ON outbox_message
    FOR EACH ROW WHEN (NEW.gated AND NEW.state = 'sent') EXECUTE FUNCTION contact_no_permit_no_sending();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0005_permits"),
        ("cases", "0007_protect_promises"),
        ("outbox", "0006_written_once"),
    ]

    operations = [
        isolate("contact_permit", client="client_id"),
        append_only("contact_permit"),
        same_agency("contact_permit", "case_id", "cases_case"),
        same_agency("contact_denial", "case_id", "cases_case"),
        isolate("contact_houserules", shared=True),
        append_only("contact_houserules"),
        isolate("contact_authority", client="client_id"),
        same_agency("contact_authority", "client_id", "parties_client"),
        same_agency("contact_authority", "case_id", "cases_case"),
        migrations.RunSQL(
            "REVOKE DELETE ON contact_authority FROM recoup_app", "GRANT DELETE ON contact_authority TO recoup_app"
        ),
        migrations.RunSQL(FILLED_ONCE, AS_BEFORE),
        migrations.RunSQL(
            NO_PERMIT_NO_SENDING,
            "DROP TRIGGER no_permit_no_sending ON outbox_message; DROP FUNCTION contact_no_permit_no_sending();",
        ),
    ]
