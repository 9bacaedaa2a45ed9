from django.db import migrations

FORWARD = """
CREATE FUNCTION fresh_statistics(VARIADIC tables text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE grown text;
BEGIN
    FOR grown IN SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname = ANY (tables)
          AND (pg_relation_size(oid) > 2 * relpages::bigint * current_setting('block_size')::int
            OR pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_mod_since_analyze(oid) > greatest(reltuples, 100))
        ORDER BY relname LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) %I', grown);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION fresh_statistics(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fresh_statistics(text[]) TO recoup_app;
"""


class Migration(migrations.Migration):
    """A transaction that writes very many rows into a young database: the guards of references were planned when
    their tables were empty, and those plans are kept until statistics come, which the database's own look
    brings after the commit. Whoever writes asks meanwhile: tables that have doubled since they were looked at are
    looked at again, those that another transaction is looking at are passed over."""

    dependencies = [("tenancy", "0009_agency_known_by_statement")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION fresh_statistics(text[]);")]
