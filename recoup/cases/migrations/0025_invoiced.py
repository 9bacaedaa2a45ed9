from django.db import migrations

# Letters and digits in upper case without leading zeros, as `payments.matching.plain_number` folds what a bank
# line says. None of these functions is leakproof, so that under row security an index of them is closed to the
# serving role (see 0010_search); and without the index each line of a bank file reads the whole portfolio.
PLAIN = "ltrim(upper(regexp_replace(ref, '[^A-Za-z0-9]', '', 'g')), '0')"
FORWARD = f"""
CREATE INDEX claim_line_by_plain_ref ON cases_claimline (agency_id, ({PLAIN}));
-- Cases of the agency in the context, in one of these stages, with a claim line of one of these numbers. Nothing but
-- keys is returned; the caller reads the rows through row security as always. The look into the index for each number is the
-- right plan whatever the statistics say.
CREATE FUNCTION cases_invoiced(numbers text[], stages text[], most int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE house uuid := nullif(current_setting('app.agency_id', true), '')::uuid;
BEGIN
    IF house IS NULL OR nullif(current_setting('app.client_id', true), '') IS NOT NULL
        OR nullif(current_setting('app.case_id', true), '') IS NOT NULL
        OR nullif(current_setting('app.divisions', true), '') IS NOT NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT DISTINCT c.id FROM unnest(numbers) AS n (plain)
        JOIN cases_claimline l ON l.agency_id = house AND {PLAIN.replace("(ref", "(l.ref")} = n.plain
        JOIN cases_case c ON c.id = l.case_id AND c.stage = ANY (stages)
        LIMIT most;
END $$;
REVOKE ALL ON FUNCTION cases_invoiced(text[], text[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cases_invoiced(text[], text[], int) TO recoup_app;
"""  # noqa: S608 - nothing but our own words
# The owner runs nothing but functions that keep to the agency and answer its staff with keys alone. A condition that
# looks at each row bars it from the same indexes (`find_subjects` read the whole portfolio for each search).
TABLES = ("cases_case", "cases_claimline")
FORWARD += "".join(f"ALTER POLICY division ON {table} TO recoup_app;" for table in TABLES)
BACK = (
    "".join(f"ALTER POLICY division ON {table} TO PUBLIC;" for table in TABLES)
    + "DROP FUNCTION cases_invoiced(text[], text[], int); DROP INDEX claim_line_by_plain_ref;"
)


class Migration(migrations.Migration):
    """Invoice numbers in bank lines find their cases by an index, and searches find theirs again."""

    dependencies = [("cases", "0024_composite_keys_alone")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
