"""Payouts to a client stopped for a reason; how much each approver may release."""

import django.db.models.deletion
from django.db import migrations, models

import recoup.kernel.ids
from recoup.tenancy.rls import isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0019_own_account_is_told"), ("parties", "0009_own_client"), ("tenancy", "0005_protect_invitations"),
    ]
    operations = [
        migrations.CreateModel(
            name="PayoutStop",
            fields=[
                ("id", models.UUIDField(default=recoup.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("because", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("by_id", models.UUIDField(null=True)),
                ("by_name", models.CharField(max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by_name", models.CharField(blank=True, max_length=200)),
                ("ended_because", models.CharField(blank=True, max_length=300)),
                ("agency", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.agency")),
                ("client", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="payout_stops", to="parties.client")),
            ],
            options={"constraints": [
                models.UniqueConstraint(condition=models.Q(("ended_at__isnull", True)), fields=("client",), name="payouts_stopped_once"),
            ]},
        ),
        migrations.CreateModel(
            name="ApproverLimit",
            fields=[
                ("id", models.UUIDField(default=recoup.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=3)),
                ("most", models.DecimalField(decimal_places=4, max_digits=19)),
                ("agency", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.agency")),
                ("member", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="payout_limits", to="tenancy.member")),
            ],
            options={"constraints": [
                models.UniqueConstraint(fields=("agency", "member", "currency"), name="approver_limit_once"),
                models.CheckConstraint(condition=models.Q(("most__gte", 0), ("most__lt", 10**13)), name="approver_limit_sound"),
            ]},
        ),
        isolate("payments_payoutstop"),
        isolate("payments_approverlimit"),
        same_agency("payments_payoutstop", "client_id", "parties_client"),
        same_agency("payments_approverlimit", "member_id", "tenancy_member"),
    ]
