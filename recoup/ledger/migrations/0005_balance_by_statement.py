from django.db import migrations

PER_ROW = """
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
"""


class Migration(migrations.Migration):
    """The balance is checked once for each statement, on the rows just inserted.

    Stricter than at commit: what one statement adds to an entry must sum to zero per currency, so an
    entry is balanced after every statement. It reads only the transition table, which row security
    does not filter, so no context is needed, and its cost does not grow with the ledger.
    """

    dependencies = [("ledger", "0004_references_checked_once")]

    operations = [
        migrations.RunSQL(
            """
            DROP TRIGGER balanced ON ledger_posting; DROP FUNCTION ledger_balanced();
            CREATE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE off record;
            BEGIN
                SELECT entry_id, currency, sum(amount) AS total INTO off FROM fresh
                    GROUP BY entry_id, currency HAVING sum(amount) <> 0 LIMIT 1;
                IF FOUND THEN
                    RAISE EXCEPTION 'entry % is off by % %', off.entry_id, off.total, off.currency
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER balanced AFTER INSERT ON ledger_posting
                REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_balanced();

            -- The context is changed only where the writer's own would hide rows.
            CREATE OR REPLACE FUNCTION ledger_not_empty() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE context text[];
            BEGIN
                IF EXISTS (SELECT 1 FROM ledger_posting WHERE entry_id = NEW.id) THEN RETURN NULL; END IF;
                context := ledger_look_at(ARRAY[NEW.agency_id::text, '', '']);
                IF NOT EXISTS (SELECT 1 FROM ledger_posting WHERE entry_id = NEW.id) THEN
                    RAISE EXCEPTION 'entry % has no postings', NEW.id USING ERRCODE = 'check_violation';
                END IF;
                PERFORM ledger_look_at(context);
                RETURN NULL;
            END $$;
            """,
            "DROP TRIGGER balanced ON ledger_posting; DROP FUNCTION ledger_balanced();" + PER_ROW,
        ),
    ]
