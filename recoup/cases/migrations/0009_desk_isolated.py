from django.db import migrations

from recoup.tenancy.rls import isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_desk"), ("parties", "0005_partners_isolated")]

    operations = [
        isolate("cases_absence"),
        isolate("cases_savedview"),
        isolate("cases_referral"),
        same_agency("cases_absence", "member_id", "tenancy_member"),
        same_agency("cases_savedview", "member_id", "tenancy_member"),
        same_agency("cases_referral", "case_id", "cases_case"),
        same_agency("cases_referral", "partner_id", "parties_partner"),
        migrations.RunSQL(
            "REVOKE DELETE ON cases_absence, cases_referral, parties_partner FROM recoup_app;",
            migrations.RunSQL.noop,
        ),
    ]
