from django.db import migrations

from recoup.tenancy.rls import AGENCY, CASE, CLIENT, USER, isolate, policy


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0001_initial"),
    ]

    operations = [
        # A person finds their own place before an agency is chosen; a client's people see their own and the staff.
        policy(
            "tenancy_member",
            f"user_id = {USER} OR (agency_id = {AGENCY}"
            f" AND ({CLIENT} IS NULL OR client_id IS NULL OR client_id = {CLIENT})"
            f" AND ({CASE} IS NULL OR client_id IS NULL))",
            f"agency_id = {AGENCY} AND ({CLIENT} IS NULL OR client_id = {CLIENT}) AND {CASE} IS NULL",
        ),
        isolate("tenancy_counter", shared=True),
        migrations.RunSQL(
            "REVOKE DELETE ON tenancy_agency, tenancy_member FROM recoup_app;",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            """CREATE UNLOGGED TABLE cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
               CREATE INDEX cache_expires ON cache (expires);""",
            "DROP TABLE cache;",
        ),
    ]
