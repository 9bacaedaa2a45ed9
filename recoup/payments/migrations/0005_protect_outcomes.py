from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_outcomes_of_lines_and_waivers"),
    ]

    operations = [
        isolate("payments_lineoutcome"),
        append_only("payments_lineoutcome"),
        same_agency("payments_lineoutcome", "line_id", "payments_bankline"),
    ]
