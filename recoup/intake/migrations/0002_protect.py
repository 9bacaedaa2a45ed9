from django.db import migrations

from recoup.tenancy.rls import isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_initial"),
        ("cases", "0004_claim_line_by_ref"),
        ("parties", "0003_debtor_by_vat"),
    ]

    operations = [
        isolate("intake_placement", client="client_id"),
        isolate("intake_placedrow", client="client_id"),
        isolate("intake_keptmapping", client="client_id"),
        isolate("intake_draft", client="client_id"),
        same_agency("intake_placement", "client_id", "parties_client"),
        same_agency("intake_placement", "document_id", "files_document"),
        same_agency("intake_placedrow", "placement_id", "intake_placement"),
        same_agency("intake_placedrow", "case_id", "cases_case"),
        same_agency("intake_draft", "client_id", "parties_client"),
        migrations.RunSQL(
            "REVOKE DELETE, TRUNCATE ON intake_placement, intake_placedrow, intake_draft FROM recoup_app;",
            "GRANT DELETE ON intake_placement, intake_placedrow, intake_draft TO recoup_app;",
        ),
    ]
