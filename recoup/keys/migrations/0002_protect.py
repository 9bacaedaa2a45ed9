from django.db import migrations

from recoup.tenancy.rls import AGENCY, CASE, CLIENT, isolate, policy, same_agency

OWN = f"agency_id = {AGENCY} AND ({CLIENT} IS NULL OR client_id = {CLIENT}) AND {CASE} IS NULL"


class Migration(migrations.Migration):
    dependencies = [
        ("keys", "0001_initial"),
        ("tenancy", "0003_sandbox"),
        ("parties", "0002_initial"),
    ]

    operations = [
        # Whoever presents a token is shown its row, before any agency is known; no other row.
        policy(
            "keys_apikey",
            f"secret_hash = nullif(current_setting('app.api_key', true), '') OR ({OWN})",
            OWN,
        ),
        isolate("keys_use", client="client_id"),
        isolate("keys_answer", client="client_id"),
        same_agency("keys_apikey", "client_id", "parties_client"),
        same_agency("keys_use", "key_id", "keys_apikey"),
        migrations.RunSQL("REVOKE DELETE ON keys_apikey FROM recoup_app;", migrations.RunSQL.noop),
    ]
