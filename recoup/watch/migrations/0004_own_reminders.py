import django.db.models.deletion
import recoup.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0006_similar'),
        ('tenancy', '0005_protect_invitations'),
        ('watch', '0003_divided'),
    ]

    operations = [
        migrations.AddField(
            model_name='item',
            name='rests_until',
            field=models.DateField(blank=True, help_text='the client wants it left alone through this day', null=True),
        ),
        migrations.CreateModel(
            name='Ladder',
            fields=[
                ('id', models.UUIDField(default=recoup.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('by_name', models.CharField(max_length=200)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.CharField(blank=True, max_length=200)),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.agency')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ladders', to='parties.client')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('agency', 'client'), name='ladder_one_stands')],
            },
        ),
    ]
