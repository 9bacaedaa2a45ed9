from django.db import migrations

from recoup.tenancy.rls import divide


class Migration(migrations.Migration):
    dependencies = [("talks", "0002_protect"), ("cases", "0023_divided")]

    operations = [
        *[divide(f"talks_{table}") for table in ("said", "seen")],
        divide(
            "talks_enclosed",
            "EXISTS (SELECT 1 FROM talks_said s WHERE s.id = talks_enclosed.said_id)",
        ),
    ]
