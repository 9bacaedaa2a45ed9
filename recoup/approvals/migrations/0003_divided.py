from django.db import migrations

from recoup.tenancy.rls import divide


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_protect"), ("cases", "0023_divided")]

    operations = [
        *[divide(f"approvals_{table}") for table in ("approval",)],
        # What is decided in advance holds for all of a client: only who sees all of it decides.
        divide("approvals_authority", "true", written="false"),
    ]
