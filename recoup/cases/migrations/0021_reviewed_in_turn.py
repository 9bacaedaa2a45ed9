from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_client_tasks")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="reviewed_at",
            field=models.DateTimeField(help_text="when the house's rules looked at it last", null=True),
        ),
    ]
