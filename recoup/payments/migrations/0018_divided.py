from django.db import migrations

from recoup.tenancy.rls import divide


class Migration(migrations.Migration):
    dependencies = [("payments", "0017_protect_direct_debits"), ("cases", "0023_divided")]

    operations = [
        *[
            divide(f"payments_{table}")
            for table in ("allocation", "cardpayment", "debitmandate", "directdebit")
        ],
        divide(
            "payments_remittedallocation",
            "EXISTS (SELECT 1 FROM payments_allocation a WHERE a.id = payments_remittedallocation.allocation_id)",
        ),
        # An invoice for one case is seen with it; what is for all of a client by nobody who is limited.
        divide("payments_invoice"),
        divide(
            "payments_invoicesettlement",
            "EXISTS (SELECT 1 FROM payments_invoice i WHERE i.id = payments_invoicesettlement.invoice_id)",
        ),
        divide("payments_remittance", "false"),
    ]
