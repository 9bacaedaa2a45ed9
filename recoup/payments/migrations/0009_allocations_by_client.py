from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_protect_releases")]

    operations = [
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(fields=["agency", "client_id", "received_on"], name="allocation_by_client"),
        ),
    ]
