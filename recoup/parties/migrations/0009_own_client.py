"""The agency as its own client: one at most."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0008_divided")]
    operations = [
        migrations.AddField("client", "own", models.BooleanField(default=False)),
        migrations.AddConstraint(
            "client",
            models.UniqueConstraint(fields=("agency",), condition=models.Q(("own", True)), name="client_own_once"),
        ),
    ]
