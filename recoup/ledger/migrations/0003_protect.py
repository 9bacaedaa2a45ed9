from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_initial"),
        ("tenancy", "0002_protect"),
    ]

    operations = [
        isolate("ledger_book", client="client_id"),
        isolate("ledger_entry", client="client_id"),
        isolate("ledger_posting", client="client_id"),
        append_only("ledger_entry"),
        append_only("ledger_posting"),
        migrations.RunSQL("REVOKE UPDATE, DELETE ON ledger_book FROM recoup_app", migrations.RunSQL.noop),
        same_agency("ledger_posting", "entry_id", "ledger_entry"),
        same_agency("ledger_posting", "book_id", "ledger_book"),
        migrations.RunSQL(
            """
            CREATE FUNCTION ledger_look_at(context text[]) RETURNS text[] LANGUAGE plpgsql AS $$
            DECLARE was text[] := ARRAY[current_setting('app.agency_id', true),
                current_setting('app.client_id', true), current_setting('app.case_id', true)];
            BEGIN
                PERFORM set_config('app.agency_id', coalesce(context[1], ''), true),
                    set_config('app.client_id', coalesce(context[2], ''), true),
                    set_config('app.case_id', coalesce(context[3], ''), true);
                RETURN was;
            END $$;
            -- At commit, the postings of each new entry sum to zero per currency. The check looks with the
            -- entry's own agency in context and unnarrowed: at commit the writer's context may be gone, and
            -- a check that sees no rows would pass everything.
            CREATE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE off record; context text[] := ledger_look_at(ARRAY[NEW.agency_id::text, '', '']);
            BEGIN
                SELECT p.currency, sum(p.amount) AS total INTO off FROM ledger_posting p
                    WHERE p.entry_id = NEW.entry_id GROUP BY p.currency HAVING sum(p.amount) <> 0 LIMIT 1;
                IF FOUND THEN
                    RAISE EXCEPTION 'entry % is off by % %', NEW.entry_id, off.total, off.currency
                        USING ERRCODE = 'check_violation';
                END IF;
                PERFORM ledger_look_at(context);
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ledger_posting
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced();
            CREATE FUNCTION ledger_not_empty() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE context text[] := ledger_look_at(ARRAY[NEW.agency_id::text, '', '']);
            BEGIN
                IF NOT EXISTS (SELECT 1 FROM ledger_posting WHERE entry_id = NEW.id) THEN
                    RAISE EXCEPTION 'entry % has no postings', NEW.id USING ERRCODE = 'check_violation';
                END IF;
                PERFORM ledger_look_at(context);
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER not_empty AFTER INSERT ON ledger_entry
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_not_empty();
            """,
            """
            DROP TRIGGER balanced ON ledger_posting; DROP FUNCTION ledger_balanced();
            DROP TRIGGER not_empty ON ledger_entry; DROP FUNCTION ledger_not_empty(); DROP FUNCTION ledger_look_at(text[]);
            """,
        ),
    ]
