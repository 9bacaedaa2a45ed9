from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0001_first"),
        ("tenancy", "0002_protect"),
    ]

    operations = [
        isolate("consent_subscriber"),
        isolate("consent_consent"),
        append_only("consent_subscriber"),
        append_only("consent_consent"),
        same_agency("consent_consent", "subscriber_id", "consent_subscriber"),
    ]
