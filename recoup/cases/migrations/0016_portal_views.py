"""Kept views of the portal too: a client's people see their company's own."""

from django.db import migrations

from recoup.tenancy.rls import CLIENT, isolate


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_more_ways_to_close")]

    operations = [
        isolate(
            "cases_savedview",
            client=f"EXISTS (SELECT 1 FROM tenancy_member m WHERE m.id = cases_savedview.member_id AND m.client_id = {CLIENT})",
        ),
    ]
