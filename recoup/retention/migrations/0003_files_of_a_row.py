from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('retention', '0002_protect'),
        ('tenancy', '0005_protect_invitations'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='erasure',
            name='erased_once',
        ),
        migrations.AlterField(
            model_name='term',
            name='record_class',
            field=models.CharField(choices=[('people', 'people'), ('mail', 'mail'), ('letters', 'letters'), ('notes', 'notes'), ('tasks', 'tasks'), ('log', 'log'), ('enquiries', 'enquiries')], max_length=16),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.UniqueConstraint(fields=('agency', 'record_class', 'row_id', 'sha256'), name='erased_once'),
        ),
    ]
