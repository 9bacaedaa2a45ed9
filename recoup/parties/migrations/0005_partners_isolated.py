from django.db import migrations

from recoup.tenancy.rls import isolate


class Migration(migrations.Migration):
    dependencies = [("parties", "0004_desk"), ("cases", "0003_protect")]

    operations = [isolate("parties_partner")]
