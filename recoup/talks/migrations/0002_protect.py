from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("talks", "0001_initial"), ("cases", "0003_protect"), ("tenancy", "0002_protect")]

    operations = [
        isolate("talks_said", client="client_id"),
        append_only("talks_said"),
        isolate("talks_enclosed", client="client_id"),
        append_only("talks_enclosed"),
        isolate("talks_seen", client="client_id"),
        same_agency("talks_said", "case_id", "cases_case"),
        same_agency("talks_enclosed", "said_id", "talks_said"),
        same_agency("talks_enclosed", "document_id", "files_document"),
        same_agency("talks_seen", "case_id", "cases_case"),
    ]
