from django.db import migrations

from recoup.tenancy.rls import AGENCY, CASE, CLIENT, append_only, policy


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_initial"),
        ("tenancy", "0002_protect"),
    ]

    operations = [
        policy(
            "files_document",
            f"agency_id = {AGENCY}"
            f" AND ({CLIENT} IS NULL OR (client_id = {CLIENT} AND audience <> 'internal'))"
            f" AND ({CASE} IS NULL OR (case_id = {CASE} AND audience = 'debtor'))",
            f"agency_id = {AGENCY} AND ({CLIENT} IS NULL OR client_id = {CLIENT}) AND ({CASE} IS NULL OR case_id = {CASE})",
        ),
        append_only("files_document"),
    ]
