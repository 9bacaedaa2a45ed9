from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION fresh_statistics(VARIADIC tables text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE grown text;
BEGIN
    FOR grown IN SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname = ANY (tables)
          AND (pg_relation_size(oid) > 2 * relpages::bigint * current_setting('block_size')::int
            OR pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_mod_since_analyze(oid) > {times}greatest(reltuples, 100))
        ORDER BY relname LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) %I', grown);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    """What a transaction has inserted is counted from its beginning, also what a look in its midst has seen: a table
    that it fills from nothing stood as grown at each asking. Now it must hold twice what that look found."""

    dependencies = [("tenancy", "0010_fresh_statistics")]
    operations = [
        migrations.RunSQL(FORWARD.format(times="2 * "), FORWARD.format(times="")),
    ]
