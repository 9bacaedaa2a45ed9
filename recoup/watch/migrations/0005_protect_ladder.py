from django.db import migrations

from recoup.tenancy.rls import divide, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("watch", "0004_own_reminders")]

    operations = [
        isolate("watch_ladder", client="client_id"),
        divide("watch_ladder", "false"),
        same_agency("watch_ladder", "client_id", "parties_client"),
        migrations.RunSQL("REVOKE DELETE ON watch_ladder FROM recoup_app", "GRANT DELETE ON watch_ladder TO recoup_app"),
    ]
