from django.db import migrations

from recoup.tenancy.rls import AGENCY, CASE, CLIENT, isolate, policy, same_agency

CLIENTS = f"agency_id = {AGENCY} AND ({CLIENT} IS NULL OR client_id = {CLIENT})"
OF_THE_CASE = f"client_id = (SELECT client_id FROM cases_case WHERE id = {CASE})"


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0001_initial"),
        ("eventlog", "0003_protect"),
        ("cases", "0003_protect"),
        ("parties", "0002_initial"),
    ]

    operations = [
        # A debtor's act is told to the client's endpoints: the trigger below must find these, and may
        # write deliveries that nobody with a debtor's link can read.
        isolate("webhooks_endpoint", client="client_id", case=OF_THE_CASE),
        policy("webhooks_delivery", f"{CLIENTS} AND {CASE} IS NULL", f"{CLIENTS} AND ({CASE} IS NULL OR {OF_THE_CASE})"),
        isolate("webhooks_secret", client="client_id"),
        isolate("webhooks_attempt", client="client_id"),
        same_agency("webhooks_endpoint", "client_id", "parties_client"),
        same_agency("webhooks_secret", "endpoint_id", "webhooks_endpoint"),
        same_agency("webhooks_delivery", "endpoint_id", "webhooks_endpoint"),
        same_agency("webhooks_attempt", "delivery_id", "webhooks_delivery"),
        migrations.RunSQL("REVOKE DELETE ON webhooks_endpoint FROM recoup_app;", migrations.RunSQL.noop),
        migrations.RunSQL(
            """
            CREATE FUNCTION webhooks_fan_out() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO webhooks_delivery (id, agency_id, client_id, endpoint_id, event_id, subject, kind,
                                               alone, state, made_at, tries, fence)
                SELECT gen_random_uuid(), f.agency_id, f.client_id, e.id, f.id, coalesce(f.case_id, e.id), f.kind,
                       false, 'waiting', f.at, 0, 0
                FROM fresh f JOIN webhooks_endpoint e ON e.agency_id = f.agency_id AND e.client_id = f.client_id
                WHERE f.audience <> 'internal' AND e.deleted_at IS NULL
                      AND (e.kinds = '{}' OR f.kind = ANY (e.kinds));
                IF FOUND THEN PERFORM pg_notify('webhooks', ''); END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER fan_out AFTER INSERT ON eventlog_event REFERENCING NEW TABLE AS fresh
                FOR EACH STATEMENT EXECUTE FUNCTION webhooks_fan_out();
            """,
            "DROP TRIGGER fan_out ON eventlog_event; DROP FUNCTION webhooks_fan_out();",
        ),
    ]
