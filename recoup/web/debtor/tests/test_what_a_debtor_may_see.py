"""Row security in a debtor's scope: the rows of the one case and what names the parties; nothing else."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from recoup.cases.operations import make_debtor_link
from recoup.cases.tests.cast import add_debtor, at_work, line, profile, sign_up
from recoup.journeys.day import run_day
from recoup.kernel.actor import SYSTEM
from recoup.payments.tests.cast import trust_account
from recoup.tenancy.context import scope
from recoup.tenancy.models import TenantModel

# What the pages read, and what the acts of a debtor write; for all others: no row.
SEEN = {
    "Case", "ClaimLine", "Charge", "Hold", "DebtorLink", "Client", "Debtor", "Contact", "Document", "Event",
    "Message", "TrustAccount", "Member", "RateCard", "Unsealed", "Counter", "Allocation", "Closure",
    "Dispute", "Statement", "Request",
}  # fmt: skip


@pytest.fixture
def two_cases(house):
    profile(house)
    trust_account(house.agency)
    standing = sign_up(house)
    mine = at_work(standing, lines=[line("MINE-1")])
    elsewhere = add_debtor(house, "Andere Spedition GmbH", vat="DE129274202")
    at_work(standing, key="two", lines=[line("OTHER-9")], debtor=elsewhere)
    now = timezone.now()
    for case in (mine,):
        make_debtor_link(case=case, expires_at=now + timedelta(days=1), by=SYSTEM, at=now)
    run_day(agency=house.agency, on=now.date(), by=SYSTEM, at=now)
    return house, mine


def rows(model):
    return list(model.objects.all())


def test_a_debtor_sees_the_rows_of_its_own_case_only(two_cases):
    house, mine = two_cases
    models = [m for m in apps.get_models() if issubclass(m, TenantModel)]
    all_of_them = {m.__name__: len(rows(m)) for m in models}
    assert all_of_them["ContactAttempt"] == 4, "both debtors were written to"
    with scope(house.id, case=mine.id):
        seen = {m.__name__: rows(m) for m in models}
    assert {name for name, found in seen.items() if found} <= SEEN
    for name, found in seen.items():
        for row in found:
            case = getattr(row, "case_id", None)
            assert case in (None, mine.id), f"{name} of another case"
    assert [c.id for c in seen["Case"]] == [mine.id]
    assert [d.id for d in seen["Debtor"]] == [mine.debtor_id]
    assert {c.debtor_id for c in seen["Contact"]} <= {mine.debtor_id}
    assert {d.audience for d in seen["Document"]} <= {"debtor"}
    assert {e.audience for e in seen["Event"]} == {"debtor"}
    assert all(m.client_id is None for m in seen["Member"]), "the house's people, not the client's"
    for hidden in (
        "Task",
        "ContactAttempt",
        "Decision",
        "Posting",
        "Entry",
        "Move",
        "Assignment",
        "Agreement",
    ):
        assert all_of_them[hidden]
        assert not seen[hidden]


def test_a_case_of_another_agency_opens_nothing(two_cases, stranger):
    _, mine = two_cases
    models = [m for m in apps.get_models() if issubclass(m, TenantModel)]
    with scope(stranger.id, case=mine.id):
        for model in models:
            assert all(row.agency_id == stranger.id for row in rows(model)), model.__name__
