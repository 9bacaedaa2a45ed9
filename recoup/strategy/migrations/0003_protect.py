from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [
        ("strategy", "0002_initial"),
        ("cases", "0003_protect"),
    ]

    operations = [
        isolate("strategy_decision", client="client_id"),
        append_only("strategy_decision"),
        same_agency("strategy_decision", "case_id", "cases_case"),
    ]
