from django.db import migrations

from recoup.tenancy.rls import CLIENT, append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0002_initial"),
        ("tenancy", "0002_protect"),
        ("parties", "0002_initial"),
        ("files", "0003_protect"),
    ]

    operations = [
        isolate("agreements_ratecard", shared=True),
        append_only("agreements_ratecard"),
        isolate("agreements_quote", client=f"(client_id IS NULL OR client_id = {CLIENT})"),
        isolate("agreements_agreement", client="client_id"),
        same_agency("agreements_agreement", "client_id", "parties_client"),
        same_agency("agreements_agreement", "rate_card_id", "agreements_ratecard"),
    ]
