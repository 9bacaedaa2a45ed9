"""Row-level security as migration operations, so that each table says beside its making who sees it.

The context is transaction-local settings: `app.agency_id` (without it, no rows), `app.client_id` (a
client's people), `app.case_id` (a debtor's link), `app.divisions` (those of a client that its person is
limited to). Unset and empty mean the same, because a transaction-local setting leaves '' behind, not NULL.
"""

from django.db.migrations.operations import RunSQL

SETTING = "(SELECT nullif(current_setting('app.{}', true), '')::uuid)"
AGENCY, CLIENT, CASE, USER = (
    SETTING.format(name) for name in ("agency_id", "client_id", "case_id", "user_id")
)

DIVISIONS = "(SELECT nullif(current_setting('app.divisions', true), '')::uuid[])"
# The divisions of whoever asked, also while their act is carried out with the whole house in view.
WITHIN = "coalesce(nullif(current_setting('app.within', true), '')::uuid[], '{}')"
OF_A_SEEN_CASE = "EXISTS (SELECT 1 FROM cases_case seen WHERE seen.id = {}.{})"


def isolate(
    table: str, *, client: str | None = None, case: str | None = None, shared: bool = False
) -> RunSQL:
    """Rows of `table` are seen and written only inside their agency.

    `client` and `case` narrow a client's and a debtor's view: the name of the column that must
    match, or a whole condition in SQL. Without one such a reader sees nothing, unless `shared`
    (the agency's own public facts).
    """
    otherwise = "true" if shared else "false"
    rule = (
        f"agency_id = {AGENCY} "
        f"AND ({CLIENT} IS NULL OR {narrowed(client, CLIENT) or otherwise}) "
        f"AND ({CASE} IS NULL OR {narrowed(case, CASE) or otherwise})"
    )
    return policy(table, rule, rule)


def narrowed(by: str | None, setting: str) -> str:
    return f"{by} = {setting}" if by and by.isidentifier() else by or ""


def policy(table: str, seen: str, written: str) -> RunSQL:
    """Force row security on `table` with one policy; for the few rules that `isolate` cannot say."""
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        DROP POLICY IF EXISTS isolation ON {table};
        CREATE POLICY isolation ON {table} USING ({seen}) WITH CHECK ({written});
        """,
        f"""
        DROP POLICY isolation ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def divide(table: str, by: str = "case_id", *, written: str | None = None) -> RunSQL:
    """Whoever is limited to some of a client's divisions sees and writes only rows of `table` that `by`
    allows, beside what isolation allows: the column of the case they belong to, or a whole condition in
    SQL. `written`: another condition for what is written. Nobody else is narrowed by it.
    """
    seen = OF_A_SEEN_CASE.format(table, by) if by.isidentifier() and by not in ALL_OR_NONE else by
    check = seen if written is None else written
    return RunSQL(
        f"""
        DROP POLICY IF EXISTS division ON {table};
        CREATE POLICY division ON {table} AS RESTRICTIVE
            USING ({DIVISIONS} IS NULL OR {seen}) WITH CHECK ({DIVISIONS} IS NULL OR {check});
        """,
        f"DROP POLICY division ON {table};",
    )


ALL_OR_NONE = ("true", "false")


def stamp(table: str) -> RunSQL:
    """Rows of `table` that belong to no case carry the divisions of whoever makes them, written by the
    database itself; a column the models do not know."""
    return RunSQL(
        f"ALTER TABLE {table} ADD COLUMN within uuid[] NOT NULL DEFAULT {WITHIN};",
        f"ALTER TABLE {table} DROP COLUMN within;",
    )


STAMPED = f"(within <> '{{}}' AND within <@ {DIVISIONS})"


def append_only(table: str) -> RunSQL:
    """Rows of `table` are never changed or deleted, by grant and by trigger (TRUNCATE too)."""
    return RunSQL(
        f"""
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM recoup_app;
        CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER never_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """,
        f"""
        DROP TRIGGER append_only ON {table};
        DROP TRIGGER never_truncated ON {table};
        GRANT UPDATE, DELETE ON {table} TO recoup_app;
        """,
    )


def same_agency(table: str, column: str, target: str) -> RunSQL:
    """A composite foreign key: what `column` points at belongs to the same agency."""
    constraint = f"{table}_{column}_same_agency"[:63]
    return RunSQL(
        f"""
        CREATE UNIQUE INDEX IF NOT EXISTS {target}_agency_key ON {target} (agency_id, id);
        ALTER TABLE {table} ADD CONSTRAINT {constraint} FOREIGN KEY (agency_id, {column})
            REFERENCES {target} (agency_id, id) DEFERRABLE INITIALLY DEFERRED;
        """,
        f"ALTER TABLE {table} DROP CONSTRAINT {constraint};",
    )
