"""For claims of its own the agency signs nothing with itself."""

import django.db.models.deletion
from django.db import migrations, models


def paper() -> models.ForeignKey:
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.document"
    )


class Migration(migrations.Migration):
    dependencies = [("agreements", "0005_protect_signing_links")]
    operations = [
        migrations.AlterField("agreement", "agreement_document", paper()),
        migrations.AlterField("agreement", "power_document", paper()),
    ]
