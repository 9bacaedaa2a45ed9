from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency

TABLES = (
    "sanctionslist", "listedparty", "listedname", "screening", "hit", "hitreview", "clientdecision",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0001_first"),
        ("tenancy", "0002_protect"),
        ("parties", "0002_initial"),
    ]

    operations = [
        # Staff only: neither a client nor a debtor sees who was compared with what.
        *[isolate(f"screening_{table}") for table in TABLES],
        *[append_only(f"screening_{table}") for table in TABLES if table != "listedparty"],
        same_agency("screening_hit", "listed_id", "screening_listedparty"),
        same_agency("screening_hitreview", "hit_id", "screening_hit"),
        same_agency("screening_screening", "list_id", "screening_sanctionslist"),
        same_agency("screening_clientdecision", "client_id", "parties_client"),
    ]
