from django.db import migrations

from recoup.tenancy.rls import divide


class Migration(migrations.Migration):
    dependencies = [("contact", "0010_print_batches"), ("cases", "0023_divided")]

    operations = [
        *[divide(f"contact_{table}") for table in ("contactattempt", "denial", "permit")],
    ]
