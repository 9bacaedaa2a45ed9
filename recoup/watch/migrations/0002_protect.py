from django.db import migrations

from recoup.tenancy.rls import AGENCY, CASE, CLIENT, append_only, isolate, policy, same_agency

# A client's own debtors: row security narrows both tables to the client's rows.
OWN_DEBTOR = (
    "(EXISTS (SELECT 1 FROM cases_case c WHERE c.debtor_id = {0})"
    " OR EXISTS (SELECT 1 FROM watch_item i WHERE i.debtor_id = {0}))"
)


class Migration(migrations.Migration):
    dependencies = [("watch", "0001_initial"), ("cases", "0003_protect"), ("files", "0003_protect")]

    operations = [
        isolate("watch_item", client="client_id"),
        isolate("watch_touch", client="client_id"),
        append_only("watch_touch"),
        isolate("watch_trade", client="client_id"),
        append_only("watch_trade"),
        isolate("watch_look"),
        isolate("watch_accounts"),
        append_only("watch_accounts"),
        isolate("watch_watching", client="client_id"),
        isolate("watch_alert", client="client_id"),
        append_only("watch_alert"),
        # The wall: a client sees what rests on its own data, and what a court or register has published of
        # its own debtors; it writes only in its own name.
        policy(
            "watch_signal",
            f"agency_id = {AGENCY} AND {CASE} IS NULL AND ({CLIENT} IS NULL OR client_id = {CLIENT}"
            f" OR (public AND {OWN_DEBTOR.format('watch_signal.debtor_id')}))",
            f"agency_id = {AGENCY} AND {CASE} IS NULL AND ({CLIENT} IS NULL OR client_id = {CLIENT})",
        ),
        # A debtor whose receivables a client only watches is its debtor too.
        isolate(
            "parties_debtor",
            client=OWN_DEBTOR.format("parties_debtor.id"),
            case="EXISTS (SELECT 1 FROM cases_case c WHERE c.debtor_id = parties_debtor.id)",
        ),
        *(
            same_agency(table, column, target)
            for table, column, target in (
                ("watch_signal", "debtor_id", "parties_debtor"),
                ("watch_look", "debtor_id", "parties_debtor"),
                ("watch_watching", "debtor_id", "parties_debtor"),
                ("watch_alert", "watching_id", "watch_watching"),
                ("watch_accounts", "debtor_id", "parties_debtor"),
                ("watch_item", "client_id", "parties_client"),
                ("watch_item", "debtor_id", "parties_debtor"),
                ("watch_item", "case_id", "cases_case"),
                ("watch_touch", "item_id", "watch_item"),
                ("watch_trade", "client_id", "parties_client"),
                ("watch_trade", "debtor_id", "parties_debtor"),
            )
        ),
        migrations.RunSQL(
            """
            REVOKE DELETE ON watch_signal, watch_watching, watch_item, watch_look FROM recoup_app;
            CREATE FUNCTION watch_guard_signal() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF OLD.withdrawn_at IS NOT NULL OR
                   to_jsonb(NEW) - '{withdrawn_at,withdrawn_by,withdrawn_because}'::text[]
                   IS DISTINCT FROM to_jsonb(OLD) - '{withdrawn_at,withdrawn_by,withdrawn_because}'::text[] THEN
                    RAISE EXCEPTION 'a signal is not changed, only taken back once' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER guard_signal BEFORE UPDATE ON watch_signal
                FOR EACH ROW EXECUTE FUNCTION watch_guard_signal();
            """,
            "DROP TRIGGER guard_signal ON watch_signal; DROP FUNCTION watch_guard_signal();",
        ),
    ]
