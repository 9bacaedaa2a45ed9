"""Search that uses its indexes in spite of row security.

LIKE is not leakproof, so under row security PostgreSQL may not use a trigram index for it: every
search by the serving role would read the whole table. The search therefore runs in one function as
the tables' owner, which itself keeps to the agency in the context, answers staff only, and returns
nothing but keys; the caller reads those rows through row security as always. The policies named
`search` let the owner read for this function; the serving role's own policy is untouched.
"""

from django.db import migrations

HAN = "[㐀-鿿豈-﫿]"
FUNCTIONS = """
CREATE FUNCTION han_pairs(t text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(t, i, 2)), '{}')
    FROM generate_series(1, char_length(t) - 1) AS i WHERE substr(t, i, 2) ~ '^{han}{2}$'
$$;
CREATE FUNCTION literal(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT replace(replace(replace(t, '\\', '\\\\'), '%', '\\%'), '_', '\\_')
$$;
CREATE FUNCTION digits(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(t, '[^0-9]', '', 'g')
$$;
-- Only bitmap scans: for a small LIMIT the planner would rather walk an index of the whole agency.
-- folded: as match_name; plain: lower case; tight: upper case without spaces; numeric: digits only.
CREATE FUNCTION find_subjects(folded text, plain text, tight text, number text, sum numeric, most int)
RETURNS TABLE (kind text, subject uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off
SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
DECLARE
    house uuid := nullif(current_setting('app.agency_id', true), '')::uuid;
    folded_in text := '%' || literal(folded) || '%';
    plain_in text := '%' || literal(plain) || '%';
    infix boolean := char_length(folded) >= 3;
    pair text[] := han_pairs(folded);
BEGIN
    IF house IS NULL OR nullif(current_setting('app.client_id', true), '') IS NOT NULL
        OR nullif(current_setting('app.case_id', true), '') IS NOT NULL THEN
        RETURN;
    END IF;
    IF tight <> '' THEN
        RETURN QUERY SELECT 'case', c.id FROM cases_case c
            WHERE c.agency_id = house AND c.number LIKE literal(tight) || '%' LIMIT most;
        RETURN QUERY SELECT 'case', c.id FROM cases_case c
            WHERE c.agency_id = house AND c.reference LIKE literal(tight) || '%' LIMIT most;
        IF char_length(tight) >= 3 THEN
            RETURN QUERY SELECT 'case', c.id FROM cases_case c
                WHERE c.agency_id = house AND reverse(c.number) LIKE literal(reverse(tight)) || '%' LIMIT most;
            RETURN QUERY SELECT 'debtor', d.id FROM parties_debtor d
                WHERE d.agency_id = house AND d.registration_number <> '' AND d.registration_number LIKE literal(tight) || '%' LIMIT most;
            RETURN QUERY SELECT 'debtor', d.id FROM parties_debtor d
                WHERE d.agency_id = house AND d.vat_number <> '' AND d.vat_number LIKE literal(tight) || '%' LIMIT most;
        END IF;
    END IF;
    IF folded <> '' THEN
        RETURN QUERY SELECT 'debtor', d.id FROM parties_debtor d
            WHERE d.agency_id = house AND d.match_name LIKE literal(folded) || '%' LIMIT most;
        IF pair <> '{}' THEN
            RETURN QUERY SELECT 'debtor', d.id FROM parties_debtor d
                WHERE d.agency_id = house AND d.match_name ~ '{han}' AND han_pairs(d.match_name) @> pair
                    AND d.match_name LIKE folded_in LIMIT most;
        ELSIF infix THEN
            RETURN QUERY SELECT 'debtor', d.id FROM parties_debtor d
                WHERE d.agency_id = house AND d.match_name LIKE folded_in LIMIT most;
        END IF;
    END IF;
    IF char_length(plain) >= 2 THEN
        RETURN QUERY SELECT 'client', c.id FROM parties_client c
            WHERE c.agency_id = house AND lower(c.name) LIKE plain_in LIMIT most;
    END IF;
    IF han_pairs(plain) <> '{}' THEN
        RETURN QUERY SELECT 'contact', p.id FROM parties_contact p
            WHERE p.agency_id = house AND p.name ~ '{han}' AND han_pairs(p.name) @> han_pairs(plain)
                AND lower(p.name) LIKE plain_in LIMIT most;
    ELSIF char_length(plain) >= 3 THEN
        RETURN QUERY SELECT 'contact', p.id FROM parties_contact p
            WHERE p.agency_id = house AND lower(p.name) LIKE plain_in AND p.name <> '' LIMIT most;
    END IF;
    IF char_length(plain) >= 3 THEN
        RETURN QUERY SELECT 'contact', p.id FROM parties_contact p
            WHERE p.agency_id = house AND lower(p.email) LIKE plain_in AND p.email <> '' LIMIT most;
        RETURN QUERY SELECT 'line', l.id FROM cases_claimline l
            WHERE l.agency_id = house AND lower(l.ref) LIKE plain_in LIMIT most;
        RETURN QUERY SELECT 'case', c.id FROM cases_case c
            WHERE c.agency_id = house AND c.client_reference <> ''
                AND lower(c.client_reference) LIKE plain_in LIMIT most;
    END IF;
    IF char_length(number) >= 5 THEN
        RETURN QUERY SELECT 'debtor', d.id FROM parties_debtor d
            WHERE d.agency_id = house AND d.phone <> '' AND digits(d.phone) LIKE '%' || number || '%' LIMIT most;
        RETURN QUERY SELECT 'contact', p.id FROM parties_contact p
            WHERE p.agency_id = house AND p.phone <> '' AND digits(p.phone) LIKE '%' || number || '%' LIMIT most;
    END IF;
    IF sum IS NOT NULL THEN
        RETURN QUERY SELECT 'amount', l.id FROM cases_claimline l
            WHERE l.agency_id = house AND l.amount = sum LIMIT most;
    END IF;
END $$;
REVOKE ALL ON FUNCTION find_subjects(text, text, text, text, numeric, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_subjects(text, text, text, text, numeric, int) TO recoup_app;
""".replace("{han}", HAN)
TABLES = ("parties_debtor", "parties_client", "parties_contact", "cases_case", "cases_claimline")
INDEXES = {
    "search_debtor_name": "parties_debtor USING gin (match_name gin_trgm_ops)",
    "search_debtor_start": "parties_debtor (agency_id, match_name text_pattern_ops)",
    "search_debtor_han": f"parties_debtor USING gin (han_pairs(match_name)) WHERE match_name ~ '{HAN}'",
    "search_debtor_number": "parties_debtor (agency_id, registration_number text_pattern_ops) WHERE registration_number <> ''",
    "search_debtor_vat": "parties_debtor (agency_id, vat_number text_pattern_ops) WHERE vat_number <> ''",
    "search_debtor_phone": "parties_debtor USING gin (digits(phone) gin_trgm_ops) WHERE phone <> ''",
    "search_client_name": "parties_client USING gin (lower(name) gin_trgm_ops)",
    "search_contact_name": "parties_contact USING gin (lower(name) gin_trgm_ops) WHERE name <> ''",
    "search_contact_han": f"parties_contact USING gin (han_pairs(name)) WHERE name ~ '{HAN}'",
    "search_contact_email": "parties_contact USING gin (lower(email) gin_trgm_ops) WHERE email <> ''",
    "search_contact_phone": "parties_contact USING gin (digits(phone) gin_trgm_ops) WHERE phone <> ''",
    "search_case_start": "cases_case (agency_id, number text_pattern_ops)",
    "search_case_end": "cases_case (agency_id, reverse(number) text_pattern_ops)",
    "search_case_rf": "cases_case (agency_id, reference text_pattern_ops)",
    "search_case_theirs": "cases_case USING gin (lower(client_reference) gin_trgm_ops) WHERE client_reference <> ''",
    "search_line_ref": "cases_claimline USING gin (lower(ref) gin_trgm_ops)",
    "search_line_amount": "cases_claimline (agency_id, amount)",
}


def drops() -> str:
    policies = "".join(f"DROP POLICY search ON {t};" for t in TABLES)
    indexes = "".join(f"DROP INDEX {name};" for name in INDEXES)
    return f"""{policies}{indexes}
        DROP FUNCTION find_subjects(text, text, text, text, numeric, int);
        DROP FUNCTION digits(text); DROP FUNCTION literal(text); DROP FUNCTION han_pairs(text);"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_desk_isolated"), ("parties", "0005_partners_isolated")]

    operations = [
        migrations.RunSQL(
            FUNCTIONS
            + "".join(f"CREATE INDEX {name} ON {on};" for name, on in INDEXES.items())
            + "".join(f"CREATE POLICY search ON {t} FOR SELECT TO CURRENT_USER USING (true);" for t in TABLES),
            drops(),
        )
    ]
