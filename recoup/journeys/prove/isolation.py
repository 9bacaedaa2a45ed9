"""Does the database itself keep tenants apart, and the divisions of one?"""

import re

from django.db import connection

WITHOUT = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
       EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid) AS has_policy
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'agency_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
"""
POLICIES = """
SELECT c.relname, pg_get_expr(p.polqual, p.polrelid),
       EXISTS (SELECT 1 FROM pg_policy d WHERE d.polrelid = c.oid AND d.polname = 'division' AND NOT d.polpermissive),
       (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('case_id', 'client_id') AND NOT a.attisdropped)
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE p.polname = 'isolation'
"""
# Of a table of the house's own the policy says that a client sees nothing.
HOUSE_ONLY = re.compile(r"app\.client_id'(?:(?!app\.)[^=])*?IS NULL\) OR false")
BY_MEMBER_OR_CASE = (
    "contact_authority",
)  # what a client has authorised, for all of it or one case
ROLE = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
OWNED = "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole AND relkind = 'r' AND relpersistence <> 't'"
VIEWS = """
SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
  AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false)
  AND relname NOT LIKE 'pg_stat%'
"""


def shown_to_clients() -> dict[str, tuple[bool, bool]]:
    """By table that a client's people see rows of: whether divisions narrow it, whether its rows are of cases."""
    with connection.cursor() as cursor:
        cursor.execute(POLICIES)
        rows = cursor.fetchall()
    return {
        name: (divided, columns == 2)
        for name, seen, divided, columns in rows
        if "app.client_id" in seen and not HOUSE_ONLY.search(seen)
    }


def isolation_in_force() -> tuple[int, list[str]]:
    """(tables looked at, what is wrong): a tenant table without forced row security, a role that
    bypasses it, a view that runs with its owner's rights."""
    wrong = []
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT)
        tables = cursor.fetchall()
        wrong += [
            f"{name}: row security is not forced"
            for name, on, forced, has in tables
            if not (on and forced and has)
        ]
        cursor.execute(ROLE)
        if cursor.fetchone()[0]:
            wrong.append("the application's role bypasses row security")
        cursor.execute(OWNED)
        if cursor.fetchone()[0]:
            wrong.append("the application's role owns tables")
        cursor.execute(VIEWS)
        wrong += [f"view {name} runs with its owner's rights" for (name,) in cursor.fetchall()]
    wrong += [
        f"{name}: divisions do not narrow it"
        for name, (divided, of_cases) in shown_to_clients().items()
        if of_cases and not divided and name not in BY_MEMBER_OR_CASE
    ]
    return len(tables), wrong
