import django.db.models.deletion
import recoup.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0021_reviewed_in_turn'),
        ('contact', '0011_divided'),
        ('files', '0004_quarantine'),
        ('outbox', '0006_written_once'),
        ('parties', '0006_similar'),
        ('tenancy', '0005_protect_invitations'),
    ]

    operations = [
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.UUIDField(default=recoup.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3)),
                ('step', models.CharField(max_length=40)),
                ('channel', models.CharField(max_length=16)),
                ('kind', models.CharField(max_length=16)),
                ('plan', models.CharField(max_length=60)),
                ('paper', models.UUIDField()),
                ('language', models.CharField(max_length=7)),
                ('answer_by', models.DateField()),
                ('items', models.JSONField()),
                ('because', models.CharField(max_length=300)),
                ('params', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField()),
                ('by_name', models.CharField(max_length=200)),
            ],
        ),
        migrations.AddField(
            model_name='denial',
            name='debtor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.debtor'),
        ),
        migrations.AlterField(
            model_name='denial',
            name='case',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='denials', to='cases.case'),
        ),
        migrations.AlterField(
            model_name='permit',
            name='case',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='cases.case'),
        ),
        migrations.AlterField(
            model_name='printedletter',
            name='case_id',
            field=models.UUIDField(help_text="none for a client's own reminder", null=True),
        ),
        migrations.AddIndex(
            model_name='denial',
            index=models.Index(condition=models.Q(('debtor__isnull', False)), fields=['agency', 'debtor', 'at'], name='denial_by_debtor'),
        ),
        migrations.AddConstraint(
            model_name='denial',
            constraint=models.CheckConstraint(condition=models.Q(('case__isnull', False), ('debtor__isnull', False), _connector='XOR'), name='denial_of_case_or_debtor'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='agency',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.agency'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='client',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='parties.client'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='contact',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.contact'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='debtor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='parties.debtor'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.document'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='message',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reminder', to='outbox.message'),
        ),
        migrations.AddField(
            model_name='permit',
            name='reminder',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='contact.reminder'),
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.CheckConstraint(condition=models.Q(('case__isnull', False), ('reminder__isnull', False), _connector='XOR'), name='permit_of_case_or_reminder'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(fields=['agency', 'client', 'debtor', 'made_at'], name='reminder_by_debtor'),
        ),
    ]
