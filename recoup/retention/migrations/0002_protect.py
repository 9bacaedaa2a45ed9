"""Who sees what of retention; what was erased is never taken back."""

from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial")]

    operations = [
        isolate("retention_term"),
        isolate("retention_preservation"),
        isolate("retention_erasure"),
        append_only("retention_term"),
        append_only("retention_erasure"),
        same_agency("retention_preservation", "case_id", "cases_case"),
    ]
