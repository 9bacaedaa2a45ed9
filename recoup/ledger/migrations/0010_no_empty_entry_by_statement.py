from django.db import migrations

PER_ROW = """
    DROP TRIGGER with_postings ON ledger_entry; DROP FUNCTION ledger_not_empty();
    CREATE FUNCTION ledger_not_empty() RETURNS trigger LANGUAGE plpgsql AS $$
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
    CREATE CONSTRAINT TRIGGER not_empty AFTER INSERT ON ledger_entry
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_not_empty();
"""
# An entry and its postings come in one statement, whose triggers fire when all of it is written. The join
# is a look into the index for each new entry whatever the statistics say: those of a young database would
# have the whole ledger read. The context is changed only where the writer's own hides rows.
BY_STATEMENT = """
    DROP TRIGGER not_empty ON ledger_entry; DROP FUNCTION ledger_not_empty();
    CREATE FUNCTION ledger_not_empty() RETURNS trigger LANGUAGE plpgsql
        SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    DECLARE bare record; context text[];
    BEGIN
        SELECT f.id, f.agency_id INTO bare FROM fresh f WHERE NOT EXISTS (
            SELECT 1 FROM ledger_posting p WHERE p.agency_id = f.agency_id AND p.entry_id = f.id) LIMIT 1;
        IF NOT FOUND THEN RETURN NULL; END IF;
        FOR bare IN SELECT DISTINCT f.agency_id FROM fresh f LOOP
            context := ledger_look_at(ARRAY[bare.agency_id::text, '', '']);
            PERFORM 1 FROM fresh f WHERE f.agency_id = bare.agency_id AND NOT EXISTS (
                SELECT 1 FROM ledger_posting p WHERE p.agency_id = f.agency_id AND p.entry_id = f.id);
            IF FOUND THEN
                RAISE EXCEPTION 'an entry of agency % has no postings', bare.agency_id USING ERRCODE = 'check_violation';
            END IF;
            PERFORM ledger_look_at(context);
        END LOOP;
        RETURN NULL;
    END $$;
    CREATE TRIGGER with_postings AFTER INSERT ON ledger_entry
        REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_not_empty();
"""


class Migration(migrations.Migration):
    """That no entry is without postings is checked once for each statement, not once for each entry.

    Stricter than at commit: an entry cannot stand alone for a moment either.
    """

    dependencies = [("ledger", "0009_divisions_looked_past")]

    operations = [migrations.RunSQL(BY_STATEMENT, PER_ROW)]
