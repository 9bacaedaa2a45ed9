from django.db import migrations

from recoup.tenancy.rls import isolate


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("tenancy", "0002_protect")]

    operations = [isolate("notices_notice", client="client_id")]
