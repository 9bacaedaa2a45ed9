from django.db import migrations

from recoup.tenancy.rls import isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0004_signing_links"),
    ]

    operations = [
        isolate("agreements_signinglink"),
        same_agency("agreements_signinglink", "agreement_id", "agreements_agreement"),
    ]
