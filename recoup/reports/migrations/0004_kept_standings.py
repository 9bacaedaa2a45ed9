"""The database keeps each case's standing in the transaction of whatever changes it.

The rows are locked before they are worked out anew: of two at once the second waits, and then sees what the
first has done.
"""

from django.db import migrations

from recoup.tenancy.rls import DIVISIONS, divide, isolate

# What a case's standing is, for `prove` and for the function below; `{which}` narrows it to some cases.
SAYS = """
    SELECT c.id AS case_id, c.agency_id, c.client_id, c.division_id, c.currency,
        CASE
            WHEN c.stage = 'declined' THEN 'declined'
            WHEN c.stage = 'closed' THEN 'ended'
            WHEN c.stage = 'legal' THEN 'court'
            WHEN EXISTS (SELECT 1 FROM cases_hold h WHERE h.case_id = c.id AND h.kind = 'disputed' AND h.lifted_at IS NULL) THEN 'disputed'
            WHEN EXISTS (SELECT 1 FROM plans_plan p WHERE p.case_id = c.id AND p.state = 'agreed') THEN 'plan'
            WHEN EXISTS (SELECT 1 FROM cases_promise p WHERE p.case_id = c.id AND p.state = 'open') THEN 'promise'
            WHEN c.stage IN ('submitted', 'accepted') THEN 'waiting'
            ELSE c.stage END AS place,
        c.submitted_at, (c.submitted_at AT TIME ZONE g.time_zone)::date AS placed_on, claim.due_on, claim.claimed,
        coalesce(got.paid, 0) AS paid, coalesce(got.recovered, 0) AS recovered, coalesce(got.in30, 0) AS in30,
        coalesce(got.in90, 0) AS in90, coalesce(got.collected, 0) AS collected,
        concat_ws(E'\\n', '', lower(c.number), lower(c.reference), lower(c.client_reference), lower(d.name), d.match_name,
            lower(d.vat_number), lower(d.registration_number), claim.refs, '') AS found_by
    FROM cases_case c
    JOIN tenancy_agency g ON g.id = c.agency_id
    JOIN parties_debtor d ON d.id = c.debtor_id
    JOIN LATERAL (
        SELECT sum(CASE l.kind WHEN 'invoice' THEN l.amount ELSE -l.amount END) AS claimed, min(l.due_on) AS due_on,
            string_agg(lower(l.ref), E'\\n' ORDER BY l.id) AS refs
        FROM cases_claimline l WHERE l.case_id = c.id HAVING count(*) > 0
    ) claim ON true
    LEFT JOIN LATERAL (
        SELECT sum(a.principal) AS paid, sum(a.principal) FILTER (WHERE NOT a.waived) AS recovered,
            sum(a.principal) FILTER (WHERE NOT a.waived AND a.received_on < (c.submitted_at AT TIME ZONE g.time_zone)::date + 30) AS in30,
            sum(a.principal) FILTER (WHERE NOT a.waived AND a.received_on < (c.submitted_at AT TIME ZONE g.time_zone)::date + 90) AS in90,
            sum(a.amount - a.overpaid) FILTER (WHERE NOT a.waived) AS collected
        FROM payments_allocation a WHERE a.agency_id = c.agency_id AND a.case_id = c.id
    ) got ON true
    WHERE {which}
"""
COLUMNS = (
    "client_id", "division_id", "currency", "place", "submitted_at", "placed_on", "due_on", "claimed", "paid",
    "recovered", "in30", "in90", "collected", "found_by",
)  # fmt: skip
STAND = """
CREATE FUNCTION reports_stand(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF ids IS NULL OR cardinality(ids) = 0 THEN RETURN; END IF;
    PERFORM 1 FROM reports_standing WHERE case_id = ANY (ids) ORDER BY case_id FOR UPDATE;
    INSERT INTO reports_standing AS kept (case_id, agency_id, {columns})
    SELECT case_id, agency_id, {columns} FROM ({says}) now
    ON CONFLICT (case_id) DO UPDATE SET ({columns}) = ROW ({excluded})
    WHERE ({kept}) IS DISTINCT FROM ({excluded});
END $$;
CREATE VIEW reports_standing_as_said WITH (security_invoker = true) AS {all};
CREATE FUNCTION reports_stand_all() RETURNS void LANGUAGE sql AS $$
    INSERT INTO reports_standing (case_id, agency_id, {columns}) SELECT case_id, agency_id, {columns} FROM reports_standing_as_said
    ON CONFLICT (case_id) DO NOTHING;
$$;
GRANT SELECT ON reports_standing_as_said TO recoup_app;
REVOKE DELETE, TRUNCATE ON reports_standing FROM recoup_app;

CREATE FUNCTION reports_stand_of_fresh() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reports_stand(ARRAY(SELECT DISTINCT case_id FROM fresh));
    RETURN NULL;
END $$;
CREATE FUNCTION reports_stand_of_disputed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reports_stand(ARRAY(SELECT DISTINCT case_id FROM fresh WHERE kind = 'disputed'));
    RETURN NULL;
END $$;
CREATE FUNCTION reports_stand_of_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reports_stand(ARRAY(
        SELECT f.id FROM fresh f JOIN stale s ON s.id = f.id
        WHERE (f.stage, f.division_id, f.debtor_id, f.client_reference) IS DISTINCT FROM (s.stage, s.division_id, s.debtor_id, s.client_reference)
    ));
    RETURN NULL;
END $$;
CREATE FUNCTION reports_stand_of_debtors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reports_stand(ARRAY(SELECT c.id FROM cases_case c WHERE c.debtor_id = NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER stand AFTER INSERT ON cases_claimline REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION reports_stand_of_fresh();
CREATE TRIGGER stand AFTER INSERT ON payments_allocation REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION reports_stand_of_fresh();
CREATE TRIGGER stand_made AFTER INSERT ON plans_plan REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION reports_stand_of_fresh();
CREATE TRIGGER stand_changed AFTER UPDATE ON plans_plan REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION reports_stand_of_fresh();
CREATE TRIGGER stand_made AFTER INSERT ON cases_promise REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION reports_stand_of_fresh();
CREATE TRIGGER stand_changed AFTER UPDATE ON cases_promise REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION reports_stand_of_fresh();
CREATE TRIGGER stand_made AFTER INSERT ON cases_hold REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION reports_stand_of_disputed();
CREATE TRIGGER stand_changed AFTER UPDATE ON cases_hold REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION reports_stand_of_disputed();
CREATE TRIGGER stand AFTER UPDATE ON cases_case REFERENCING NEW TABLE AS fresh OLD TABLE AS stale
    FOR EACH STATEMENT EXECUTE FUNCTION reports_stand_of_moved();
CREATE TRIGGER stand AFTER UPDATE OF name, match_name, vat_number, registration_number ON parties_debtor
    FOR EACH ROW WHEN ((OLD.name, OLD.match_name, OLD.vat_number, OLD.registration_number)
        IS DISTINCT FROM (NEW.name, NEW.match_name, NEW.vat_number, NEW.registration_number))
    EXECUTE FUNCTION reports_stand_of_debtors();
-- Those that are there already, agency by agency.
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT id FROM tenancy_agency LOOP
        PERFORM set_config('app.agency_id', one.id::text, true);
        PERFORM reports_stand_all();
    END LOOP;
    PERFORM set_config('app.agency_id', '', true);
END $$;
"""
TRIGGERS = {
    "cases_claimline": ("stand",), "payments_allocation": ("stand",), "plans_plan": ("stand_made", "stand_changed"),
    "cases_promise": ("stand_made", "stand_changed"), "cases_hold": ("stand_made", "stand_changed"),
    "cases_case": ("stand",), "parties_debtor": ("stand",),
}  # fmt: skip


def making() -> str:
    return (
        STAND.replace("{says}", SAYS.replace("{which}", "c.id = ANY (ids)"))
        .replace("{all}", SAYS.replace("{which}", "true"))
        .replace("{columns}", ", ".join(COLUMNS))
        .replace("{excluded}", ", ".join(f"EXCLUDED.{c}" for c in COLUMNS))
        .replace("{kept}", ", ".join(f"kept.{c}" for c in COLUMNS))
    )


def unmaking() -> str:
    triggers = "".join(f"DROP TRIGGER {n} ON {t};" for t, names in TRIGGERS.items() for n in names)
    functions = ("reports_stand_of_fresh", "reports_stand_of_disputed", "reports_stand_of_moved", "reports_stand_of_debtors", "reports_stand_all")  # fmt: skip
    dropped = "".join(f"DROP FUNCTION {name}();" for name in functions)
    return f"{triggers}{dropped}DROP VIEW reports_standing_as_said; DROP FUNCTION reports_stand(uuid[]);"


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0003_standings"), ("cases", "0023_divided"), ("payments", "0018_divided"), ("plans", "0003_divided"),
        ("parties", "0008_divided"),
    ]  # fmt: skip

    operations = [
        isolate("reports_standing", client="client_id", case="case_id"),
        divide("reports_standing", f"division_id = ANY ({DIVISIONS}::uuid[])"),
        migrations.RunSQL(making(), unmaking()),
    ]
