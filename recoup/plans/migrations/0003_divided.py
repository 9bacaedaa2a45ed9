from django.db import migrations

from recoup.tenancy.rls import divide


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_protect"), ("cases", "0023_divided")]

    operations = [
        *[divide(f"plans_{table}") for table in ("plan", "instalment")],
        divide("plans_mandate", "true", written="false"),
        divide(
            "plans_reminded",
            "EXISTS (SELECT 1 FROM plans_instalment i WHERE i.id = plans_reminded.instalment_id)",
        ),
    ]
