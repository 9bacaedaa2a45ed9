from django.db import migrations

from recoup.tenancy.rls import divide


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0002_protect"), ("cases", "0023_divided")]

    operations = [
        # A limited person's act is told to the client's endpoints, which that person does not see.
        divide("webhooks_delivery", "false", written="true"),
        *[divide(f"webhooks_{table}", "false") for table in ("secret", "attempt")],
    ]
