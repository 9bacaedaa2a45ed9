from django.db import migrations

from recoup.tenancy.rls import isolate

# The seals of the events that the reader may see: the inner row security decides.
OWN = "EXISTS (SELECT 1 FROM eventlog_event e WHERE e.id = event_id)"


class Migration(migrations.Migration):
    dependencies = [("eventlog", "0003_protect")]

    operations = [isolate("eventlog_seal", client=OWN)]
