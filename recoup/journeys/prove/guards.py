"""Are the database's own guards in force? Without them the other checks only say how it was until now."""

from django.apps import apps
from django.db import connection

# Whose rows are never changed or deleted.
APPEND_ONLY = (
    "cases_charge", "cases_claimline", "cases_closure", "cases_move", "contact_contactattempt", "contact_denial",
    "contact_permit", "eventlog_event", "eventlog_seal", "files_document", "ledger_entry", "ledger_periodclose",
    "ledger_posting", "payments_allocation", "payments_bankfile", "payments_bankline", "payments_lineoutcome",
    "payments_invoicesettlement", "payments_payoutdecision", "payments_providerevent", "payments_remittedallocation", "payments_statement", "plans_instalment",
)  # fmt: skip
# (table, trigger) of the other rules that the database itself keeps.
TRIGGERS = (
    ("ledger_posting", "balanced"), ("ledger_entry", "period_open"), ("ledger_entry", "with_postings"), ("cases_case", "guard_stage"),
    ("outbox_message", "no_permit_no_sending"), ("outbox_message", "guard"), ("eventlog_event", "await_seal"),
    ("payments_payoutdecision", "four_eyes"), ("plans_plan", "guard_state"), ("cases_case", "stand"),
    ("cases_claimline", "stand"), ("payments_allocation", "stand"), ("parties_debtor", "stand"),
    *((table, name) for table in ("plans_plan", "cases_promise", "cases_hold") for name in ("stand_made", "stand_changed")),
    *((table, name) for table in APPEND_ONLY for name in ("append_only", "never_truncated")),
)  # fmt: skip
AWAKE = """SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
           WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.relnamespace = 'public'::regnamespace"""
ASLEEP = """SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE t.tgenabled IN ('D', 'R') AND c.relnamespace = 'public'::regnamespace"""
MAY_DELETE = """SELECT c.relname FROM pg_class c WHERE c.relname = ANY(%s) AND c.relnamespace = 'public'::regnamespace
                AND (has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE'))"""


def guards_in_force() -> tuple[int, list[str]]:
    """(guards looked at, what is wrong): a trigger that is gone or asleep, a right that was given."""
    with connection.cursor() as cursor:
        cursor.execute(AWAKE)
        awake = set(cursor.fetchall())
        wrong = [f"{table}: the trigger {name} is not in force" for table, name in TRIGGERS if (table, name) not in awake]  # fmt: skip
        cursor.execute(ASLEEP)
        wrong += [f"{table}: the trigger {name} has been put to sleep" for table, name in cursor.fetchall() if (table, name) not in TRIGGERS]  # fmt: skip
        cursor.execute(MAY_DELETE, [list(APPEND_ONLY)])
        wrong += [f"{table}: the application may delete" for (table,) in cursor.fetchall()]
    return len(TRIGGERS) + len(APPEND_ONLY), wrong


def rows_of_their_client() -> tuple[str, str]:
    """(count, what is wrong) as SQL: rows of a case that stand under another client than the case, whom
    row security would show them to."""
    tables = [
        model._meta.db_table
        for model in apps.get_models()
        if {"case_id", "client_id"} <= {f.attname for f in model._meta.concrete_fields}
        and model._meta.db_table not in ("cases_case",)
    ]
    count = " + ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    wrong = " UNION ALL ".join(
        f"SELECT format('{table}: a row of case %s is of another client than the case', c.number) FROM {table} x"
        " JOIN cases_case c ON c.id = x.case_id WHERE x.client_id IS NOT NULL AND x.client_id <> c.client_id"
        for table in tables
    )
    return f"SELECT {count}", wrong
