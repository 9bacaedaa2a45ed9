from django.db import migrations

from recoup.tenancy.rls import isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_refunds")]

    operations = [
        isolate("payments_refund"),
        same_agency("payments_refund", "line_id", "payments_bankline"),
        same_agency("payments_refund", "allocation_id", "payments_allocation"),
        same_agency("payments_refund", "case_id", "cases_case"),
        same_agency("payments_refund", "payout_id", "payments_payoutfile"),
        same_agency("payments_lineoutcome", "refund_id", "payments_refund"),
        migrations.RunSQL(
            "REVOKE DELETE, TRUNCATE ON payments_refund FROM recoup_app", migrations.RunSQL.noop
        ),
    ]
