from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0026_looks")]

    operations = [
        migrations.RemoveIndex(model_name="case", name="case_due"),
        migrations.RemoveIndex(model_name="case", name="case_work"),
        migrations.RemoveField(model_name="case", name="next_action_on"),
    ]
