from django.db import migrations

from recoup.tenancy.rls import divide


class Migration(migrations.Migration):
    dependencies = [("disputes", "0003_requests_lapse"), ("cases", "0023_divided")]

    operations = [
        *[divide(f"disputes_{table}") for table in ("dispute", "statement", "request")],
    ]
