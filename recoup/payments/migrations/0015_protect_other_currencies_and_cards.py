from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("payments", "0014_other_currencies_and_cards")]

    operations = [
        isolate("payments_exchange"),
        isolate("payments_cardpayment", client="client_id", case="case_id"),
        isolate("payments_providerevent"),
        append_only("payments_providerevent"),
        same_agency("payments_exchange", "line_id", "payments_bankline"),
        same_agency("payments_exchange", "allocation_id", "payments_allocation"),
        same_agency("payments_cardpayment", "case_id", "cases_case"),
        same_agency("payments_cardpayment", "allocation_id", "payments_allocation"),
        same_agency("payments_cardpayment", "payout_id", "payments_bankline"),
        same_agency("payments_providerevent", "payment_id", "payments_cardpayment"),
        migrations.RunSQL(
            "REVOKE DELETE, TRUNCATE ON payments_exchange, payments_cardpayment FROM recoup_app",
            migrations.RunSQL.noop,
        ),
    ]
