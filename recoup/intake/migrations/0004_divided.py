from django.db import migrations

from recoup.tenancy.rls import STAMPED, divide, stamp


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_statistics"), ("cases", "0023_divided")]

    operations = [
        stamp("intake_placement"),
        stamp("intake_draft"),
        divide("intake_placement", STAMPED),
        divide("intake_draft", STAMPED),
        divide(
            "intake_placedrow",
            "EXISTS (SELECT 1 FROM intake_placement p WHERE p.id = intake_placedrow.placement_id)",
        ),
    ]
