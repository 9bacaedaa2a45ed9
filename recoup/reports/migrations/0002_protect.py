"""Who sees which subscription."""

from django.db import migrations

from recoup.tenancy.rls import isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [
        isolate("reports_subscription", client="client_id"),
        same_agency("reports_subscription", "member_id", "tenancy_member"),
    ]
