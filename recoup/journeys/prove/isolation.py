"""Does the database itself keep tenants apart?"""

from django.db import connection

WITHOUT = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
       EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid) AS has_policy
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'agency_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
"""
ROLE = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
OWNED = "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole AND relkind = 'r' AND relpersistence <> 't'"
VIEWS = """
SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
  AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false)
  AND relname NOT LIKE 'pg_stat%'
"""


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
    return len(tables), wrong
