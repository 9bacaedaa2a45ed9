from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("payments", "0012_invoices_of_fees")]

    operations = [
        isolate("payments_invoicesettlement", client="client_id"),
        append_only("payments_invoicesettlement"),
        isolate("payments_ownaccount"),
        same_agency("payments_invoicesettlement", "invoice_id", "payments_invoice"),
        same_agency("payments_invoicesettlement", "line_id", "payments_bankline"),
        same_agency("payments_invoice", "client_id", "parties_client"),
        same_agency("payments_invoice", "case_id", "cases_case"),
        same_agency("payments_invoice", "credits_id", "payments_invoice"),
    ]
