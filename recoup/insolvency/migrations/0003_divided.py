from django.db import migrations

from recoup.tenancy.rls import divide


class Migration(migrations.Migration):
    dependencies = [("insolvency", "0002_protect"), ("cases", "0023_divided")]

    operations = [
        *[divide(f"insolvency_{table}") for table in ("proofofclaim", "dividend")],
    ]
