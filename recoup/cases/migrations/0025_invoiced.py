from django.db import migrations

# Letters and digits in upper case without leading zeros, as `payments.matching.plain_number` folds what a bank
# line says. None of these functions is leakproof, so that under row security an index of them is closed to the
# serving role (see 0010_search); and without the index each line of a bank file reads the whole portfolio.
PLAIN = "ltrim(upper(regexp_replace(ref, '[^A-Za-z0-9]', '', 'g')), '0')"
FORWARD = f"""
CREATE INDEX claim_line_by_plain_ref ON cases_claimline (({PLAIN}), agency_id);
-- Cases of the agency in the context, in one of these stages, with a claim line of one of these numbers. Nothing but
-- keys is returned; the caller reads the rows through row security as always. One look for each
-- number, and by this index, whatever the statistics of a young table make seem as good: hence OFFSET 0, and the agency
-- in words that no index answers.
CREATE FUNCTION cases_invoiced(numbers text[], stages text[], most int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off AS $$
DECLARE house uuid := nullif(current_setting('app.agency_id', true), '')::uuid;
BEGIN
    IF house IS NULL OR nullif(current_setting('app.client_id', true), '') IS NOT NULL
        OR nullif(current_setting('app.case_id', true), '') IS NOT NULL
        OR nullif(current_setting('app.divisions', true), '') IS NOT NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT DISTINCT c.id FROM unnest(numbers) AS n (plain)
        CROSS JOIN LATERAL (
            SELECT l.case_id FROM cases_claimline l WHERE {PLAIN} = n.plain AND (l.agency_id = house) IS TRUE OFFSET 0
        ) AS l
        CROSS JOIN LATERAL (
            SELECT one.id FROM cases_case one WHERE one.id = l.case_id AND one.stage = ANY (stages) OFFSET 0
        ) AS c
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
