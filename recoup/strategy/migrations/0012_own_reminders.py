import recoup.strategy.plans
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0006_similar'),
        ('strategy', '0011_divided'),
        ('tenancy', '0005_protect_invitations'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='treatmentplan',
            name='plan_version_once',
        ),
        migrations.RemoveConstraint(
            model_name='treatmentplan',
            name='plan_one_draft',
        ),
        migrations.AddField(
            model_name='treatmentplan',
            name='kind',
            field=models.CharField(choices=[('collection', 'collection'), ('own', 'own')], default=recoup.strategy.plans.PlanKind['COLLECTION'], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='treatmentplan',
            constraint=models.UniqueConstraint(fields=('agency', 'client', 'kind', 'version'), name='plan_version_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='treatmentplan',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('agency', 'client', 'kind'), name='plan_one_draft', nulls_distinct=False),
        ),
    ]
