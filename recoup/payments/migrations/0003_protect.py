from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0002_initial"),
        ("cases", "0003_protect"),
    ]

    operations = [
        isolate("payments_trustaccount", shared=True),
        isolate("payments_bankfile"),
        append_only("payments_bankfile"),
        isolate("payments_statement"),
        append_only("payments_statement"),
        isolate("payments_bankline"),
        append_only("payments_bankline"),
        isolate("payments_suggestion"),
        isolate("payments_allocation", client="client_id", case="case_id"),
        append_only("payments_allocation"),
        isolate("payments_payoutfile"),
        isolate("payments_invoice", client="client_id"),
        isolate("payments_remittance", client="client_id"),
        isolate("payments_remittedallocation", client="client_id"),
        append_only("payments_remittedallocation"),
        same_agency("payments_allocation", "case_id", "cases_case"),
        same_agency("payments_allocation", "line_id", "payments_bankline"),
        same_agency("payments_remittance", "client_id", "parties_client"),
    ]
