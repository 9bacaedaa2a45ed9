from django.db import migrations

from recoup.tenancy.rls import divide


class Migration(migrations.Migration):
    dependencies = [("legal", "0002_protect"), ("cases", "0023_divided")]

    operations = [
        *[divide(f"legal_{table}") for table in ("proceeding", "limitationlook")],
        *[
            divide(
                f"legal_{table}",
                f"EXISTS (SELECT 1 FROM legal_proceeding p WHERE p.id = legal_{table}.proceeding_id)",
            )
            for table in (
                "step",
                "deadline",
                "outlay",
                "party",
                "measure",
                "award",
                "review",
                "lawyerrecord",
            )
        ],
    ]
