from django.db import migrations

from recoup.tenancy.rls import isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [
        ("enquiries", "0001_first"),
        ("tenancy", "0002_protect"),
        ("agreements", "0003_protect"),
    ]

    operations = [
        isolate("enquiries_enquiry"),
        same_agency("enquiries_enquiry", "quote_id", "agreements_quote"),
        migrations.RunSQL(
            "REVOKE DELETE, TRUNCATE ON enquiries_enquiry FROM recoup_app;", migrations.RunSQL.noop
        ),
    ]
