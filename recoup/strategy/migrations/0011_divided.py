from django.db import migrations

from recoup.tenancy.rls import divide


class Migration(migrations.Migration):
    dependencies = [("strategy", "0010_protect_learned"), ("cases", "0023_divided")]

    operations = [
        *[divide(f"strategy_{table}") for table in ("decision", "counsel")],
    ]
