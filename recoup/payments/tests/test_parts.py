"""A file taken in parts is the same file: nothing is seen twice or overlooked where two parts meet."""

import pytest

from recoup.payments.bankfiles import Spool
from recoup.payments.bankfiles.tests.samples import camt, entry, statement, tx
from recoup.payments.models import Allocation, BankLine
from recoup.payments.operations import bankfile
from recoup.payments.queries import to_pay
from recoup.payments.tests.cast import TRUST_IBAN, case_of, debtor_of, trust_account
from recoup.payments.tests.test_bank_file import ON, agrees, paid, take


def of_account(*entries, id, closing):
    return statement(*entries, opening="0.00", closing=closing, id=id, account=TRUST_IBAN, currency="EUR")  # fmt: skip


@pytest.fixture(params=[1, 2, 1000])
def part(request, monkeypatch):
    monkeypatch.setattr(bankfile, "PART", request.param)
    monkeypatch.setattr(bankfile, "Spool", lambda: Spool(request.param))


def test_a_file_in_parts_is_matched_as_a_whole(house, part):
    trust_account(house.agency)
    named, called = (
        case_of(house.agency),
        case_of(house.agency, debtor=debtor_of(house.agency, name="Fjordkraft Elektro GmbH")),
    )
    whole = to_pay(case=called, on=ON).total
    nameless = entry("8.00", details=tx("8.00", "Somebody Ltd"))
    first = of_account(
        paid("50.00", ref="B-0"), paid("10.00", named, ref="B-1"), nameless, paid(str(whole), ref="B-2", name="Fjordkraft Elektro"),
        paid("30.00", named, ref="B-3"), id="S-1", closing=str(98 + whole),
    )  # fmt: skip
    # The same day once more: two lines again, one nameless line that looks like one of the first, one new.
    second = of_account(
        paid("10.00", named, ref="B-1"), paid("30.00", named, ref="B-3"), nameless, paid("5.00", named, ref="B-4"),
        id="S-2", closing="53.00",
    )  # fmt: skip
    found = take(house, camt(first, second)).summary
    assert (found["entries"], found["new"], found["duplicates"]) == (9, 7, 2)
    assert [w["code"] for w in found["warnings"]] == ["line_alike"]
    assert found["matched"] == 3 and found["amount_matched"] == {"EUR": "45.00"}
    assert {a.case_id for a in Allocation.objects.all()} == {named.id}
    suggested = BankLine.objects.get(bank_reference="B-2").suggestions.all()
    assert {s.case_id for s in suggested} == {called.id}
    assert agrees(house)


def test_a_return_before_its_payment_is_explained_by_it(house, part):
    """The return stands in an earlier part than the payment that it takes back."""
    trust_account(house.agency)
    case = case_of(house.agency)
    back = entry("25.00", "DBIT", ref="B-1", details=tx("25.00", "Müller Feinkost GmbH", e2e="E-1", reason="AC04"))  # fmt: skip
    body = of_account(back, paid("1.00", ref="B-2"), paid("25.00", case, ref="B-3", e2e="E-1"), id="S-1", closing="1.00")  # fmt: skip
    found = take(house, camt(body)).summary
    assert (found["new"], found["returned"], found["matched"]) == (3, 1, 0)
    assert not Allocation.objects.exists() and agrees(house)
