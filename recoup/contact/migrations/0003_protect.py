from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0002_initial"),
        ("cases", "0003_protect"),
    ]

    operations = [
        isolate("contact_contactattempt", client="client_id"),
        append_only("contact_contactattempt"),
        isolate("contact_denial", client="client_id"),
        append_only("contact_denial"),
        same_agency("contact_contactattempt", "case_id", "cases_case"),
    ]
