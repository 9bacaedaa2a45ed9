from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("contact", "0007_desk"), ("cases", "0009_desk_isolated")]

    operations = [
        isolate("contact_visit"),
        isolate("contact_visitreport"),
        append_only("contact_visitreport"),
        isolate("contact_visitphoto"),
        append_only("contact_visitphoto"),
        isolate("contact_qualitycheck"),
        append_only("contact_qualitycheck"),
        same_agency("contact_visit", "case_id", "cases_case"),
        same_agency("contact_visit", "agent_id", "tenancy_member"),
        same_agency("contact_visitreport", "visit_id", "contact_visit"),
        same_agency("contact_visitphoto", "report_id", "contact_visitreport"),
        same_agency("contact_qualitycheck", "attempt_id", "contact_contactattempt"),
        migrations.RunSQL(
            "REVOKE DELETE ON contact_visit FROM recoup_app;", migrations.RunSQL.noop
        ),
    ]
