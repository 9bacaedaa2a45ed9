from django.db import migrations, models

from recoup.cases.states import HoldKind


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_portal_views")]

    operations = [
        migrations.AlterField(
            model_name="hold", name="kind",
            field=models.CharField(max_length=12, choices=[(k.value, k.value) for k in HoldKind]),
        ),
    ]
