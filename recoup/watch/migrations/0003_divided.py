from django.db import migrations

from recoup.tenancy.rls import divide


class Migration(migrations.Migration):
    dependencies = [("watch", "0002_protect"), ("cases", "0023_divided")]

    operations = [
        # What a client merely watches belongs to no division.
        *[divide(f"watch_{table}", "false") for table in ("item", "touch")],
        *[
            divide(
                f"watch_{table}",
                f"EXISTS (SELECT 1 FROM cases_case seen WHERE seen.debtor_id = watch_{table}.debtor_id)",
            )
            for table in ("signal", "watching", "alert", "trade")
        ],
    ]
