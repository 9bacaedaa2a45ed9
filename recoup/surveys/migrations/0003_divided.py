from django.db import migrations

from recoup.tenancy.rls import divide


class Migration(migrations.Migration):
    dependencies = [("surveys", "0002_protect"), ("cases", "0023_divided")]

    operations = [
        *[divide(f"surveys_{table}") for table in ("survey",)],
    ]
