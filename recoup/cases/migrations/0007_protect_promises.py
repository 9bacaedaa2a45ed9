from django.db import migrations

from recoup.tenancy.rls import isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_promises")]

    operations = [
        isolate("cases_promise", client="client_id", case="case_id"),
        same_agency("cases_promise", "case_id", "cases_case"),
        migrations.RunSQL(
            "REVOKE DELETE ON cases_promise FROM recoup_app", "GRANT DELETE ON cases_promise TO recoup_app"
        ),
    ]
