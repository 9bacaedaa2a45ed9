from django.db import migrations

from recoup.tenancy.rls import append_only, isolate


class Migration(migrations.Migration):
    dependencies = [("strategy", "0009_learned")]

    operations = [isolate("strategy_learnedmodel"), append_only("strategy_learnedmodel")]
