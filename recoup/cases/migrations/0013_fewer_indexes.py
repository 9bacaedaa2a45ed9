"""Indexes that nothing read, though each look at a case wrote them anew. The columns' keys stay as they
are: made again, they would be checked against rows that forced row security hides from the owner."""

import django.db.models.deletion
from django.db import migrations, models

DROPPED = (
    "cases_case_agreement_id_1dd86951", "cases_case_client_id_d55d12dd", "cases_case_collector_id_87aaae5f",
    "cases_case_quote_id_f9d322cb", "cases_case_split_from_id_bb00a00c", "cases_charge_case_id_a68b7193",
)
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):

    dependencies = [
        ("agreements", "0005_protect_signing_links"),
        ("cases", "0012_insolvency_notice_hold"),
        ("parties", "0005_partners_isolated"),
        ("tenancy", "0005_protect_invitations"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(f"DROP INDEX IF EXISTS {name}", migrations.RunSQL.noop)
                for name in DROPPED
            ],
            state_operations=[
                migrations.AlterField("case", "agreement", models.ForeignKey(
                    db_index=False, on_delete=PROTECT, related_name="cases", to="agreements.agreement")),
                migrations.AlterField("case", "client", models.ForeignKey(
                    db_index=False, on_delete=PROTECT, related_name="cases", to="parties.client")),
                migrations.AlterField("case", "collector", models.ForeignKey(
                    blank=True, db_index=False, null=True, on_delete=PROTECT, related_name="cases",
                    to="tenancy.member")),
                migrations.AlterField("case", "quote", models.ForeignKey(
                    blank=True, db_index=False, null=True, on_delete=PROTECT, related_name="+",
                    to="agreements.quote")),
                migrations.AlterField("case", "split_from", models.ForeignKey(
                    blank=True, db_index=False, null=True, on_delete=PROTECT, related_name="split_into",
                    to="cases.case")),
                migrations.AlterField("charge", "case", models.ForeignKey(
                    db_constraint=False, db_index=False, on_delete=PROTECT, related_name="charges",
                    to="cases.case")),
            ],
        ),
        migrations.AddIndex("case", models.Index(
            condition=models.Q(("quote__isnull", False)), fields=["agency", "quote"], name="case_by_quote")),
        migrations.AddIndex("case", models.Index(
            condition=models.Q(("split_from__isnull", False)), fields=["agency", "split_from"], name="case_split")),
    ]
