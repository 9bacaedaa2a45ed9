from django.db import migrations

from recoup.tenancy.rls import append_only, divide, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("contact", "0012_own_reminders"), ("parties", "0002_initial"), ("files", "0003_protect")]

    operations = [
        isolate("contact_reminder", client="client_id"),
        divide("contact_reminder", "false"),  # what a client merely watches belongs to no division
        append_only("contact_reminder"),
        same_agency("contact_reminder", "client_id", "parties_client"),
        same_agency("contact_reminder", "debtor_id", "parties_debtor"),
        same_agency("contact_reminder", "contact_id", "parties_contact"),
        same_agency("contact_reminder", "message_id", "outbox_message"),
        same_agency("contact_reminder", "document_id", "files_document"),
        same_agency("contact_permit", "reminder_id", "contact_reminder"),
        same_agency("contact_denial", "debtor_id", "parties_debtor"),
    ]
