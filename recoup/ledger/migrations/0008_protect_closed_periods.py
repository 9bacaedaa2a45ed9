from django.db import migrations

from recoup.tenancy.rls import append_only, isolate

# Posting shares a lock that closing takes alone, and looks after it was granted: an entry that was on
# its way when the period was closed is refused, not slipped in.
GUARD = """
CREATE FUNCTION ledger_period_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE off record;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('close:' || agency_id, 29))
        FROM (SELECT DISTINCT agency_id FROM fresh) a;
    SELECT f.id, f.value_on, p.up_to INTO off FROM fresh f
        JOIN (SELECT agency_id, max(up_to) AS up_to FROM ledger_periodclose GROUP BY agency_id) p
          ON p.agency_id = f.agency_id AND f.value_on <= p.up_to LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is for %, the books are closed up to %', off.id, off.value_on, off.up_to
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER period_open AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_period_open();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_books_close_and_money_is_released")]

    operations = [
        isolate("ledger_periodclose"),
        append_only("ledger_periodclose"),
        migrations.RunSQL(
            GUARD, "DROP TRIGGER period_open ON ledger_entry; DROP FUNCTION ledger_period_open();"
        ),
    ]
