"""Every tenant table is isolated by the database itself, and every protected one refuses change."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from recoup.journeys.prove.isolation import isolation_in_force
from recoup.tenancy.context import scope
from recoup.tenancy.models import TenantModel

APPEND_ONLY = (
    "eventlog_event", "eventlog_seal", "files_document", "ledger_entry", "ledger_posting",
    "agreements_ratecard", "cases_claimline", "cases_charge", "cases_move", "cases_assignment",
    "cases_closure", "contact_contactattempt", "contact_denial", "strategy_decision",
    "payments_bankfile", "payments_statement", "payments_bankline", "payments_allocation",
    "payments_remittedallocation", "strategy_counsel", "strategy_learnedmodel", "watch_accounts", "watch_alert", "watch_touch", "watch_trade",
)  # fmt: skip


def tenant_tables() -> list[str]:
    return sorted(m._meta.db_table for m in apps.get_models() if issubclass(m, TenantModel))


def test_every_tenant_table_forces_row_security(db):
    looked_at, wrong = isolation_in_force()
    assert not wrong
    assert looked_at >= len(tenant_tables())


@pytest.mark.parametrize("table", tenant_tables())
def test_without_a_context_there_are_no_rows(house, table):
    from recoup.tenancy.context import apply, current

    before = current()
    apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": ""})
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (0,)
    apply(before)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_is_append_only_refuses_change(house, table, verb):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table))


def test_the_context_ends_with_its_scope(house, stranger):
    from recoup.tenancy.models import Member

    with scope(stranger.id):
        assert {m.agency_id for m in Member.objects.all()} == {stranger.id}
    assert {m.agency_id for m in Member.objects.all()} == {house.id}


def test_a_row_cannot_be_written_into_another_agency(house, stranger):
    from recoup.tenancy.models import Counter

    with pytest.raises(DatabaseError), transaction.atomic():
        Counter.objects.create(agency_id=stranger.id, series="x", last=1)


def test_the_application_connects_without_privileges(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False)
