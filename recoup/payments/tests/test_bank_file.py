"""Bank files: taken whole, once, matched or left to a person."""

from datetime import date
from decimal import Decimal

import pytest

from recoup.cases.models import Task
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import Refusal
from recoup.ledger.models import Posting
from recoup.payments.bankfiles.tests.samples import camt, entry, mt940, statement, tx
from recoup.payments.models import Allocation, BankFile, BankLine, Suggestion
from recoup.payments.operations import take_bank_file
from recoup.payments.queries import open_lines, to_pay, trust_check
from recoup.payments.tests.cast import AT, TRUST_IBAN, case_of, trust_account

ON = date(2026, 11, 20)


@pytest.fixture
def trust(house):
    return trust_account(house.agency)


def file_of(*entries, closing, id="S-1", account=TRUST_IBAN, currency="EUR", **more):
    parts = {k: more.pop(k) for k in ("copy", "seq", "opening") if k in more}
    body = statement(*entries, closing=closing, opening=parts.pop("opening", "0.00"), id=id, account=account,
                     currency=currency, **parts)  # fmt: skip
    return camt(body, **more)


def paid(amount, case=None, *, ref="B-1", e2e="", name="Müller Feinkost GmbH", **more):
    reference = case.reference if case else ""
    return entry(amount, ref=ref, details=tx(amount, name, ref=reference, e2e=e2e, **more))


def take(house, content, name="a.xml"):
    return take_bank_file(agency=house.id, content=content, name=name, by=SYSTEM, at=AT)


def agrees(house):
    checks = trust_check(house.id)
    assert all(not check.difference for check in checks), checks
    return True


def test_a_part_payment_then_the_rest(house, trust):
    case = case_of(house.agency, "1000.00")
    whole = to_pay(case=case, on=ON).total
    first = take(house, file_of(paid("400.00", case), closing="400.00"))
    assert first.summary["matched"] == 1 and first.summary["amount_matched"] == {"EUR": "400.00"}
    rest = to_pay(case=case, on=ON).total
    assert rest == whole - 400
    parts = Allocation.objects.get()
    # German law: costs, then interest, then principal (§ 367 BGB); compensation counts as costs here.
    assert (
        parts.compensation == 40
        and parts.interest > 0
        and parts.principal == 400 - 40 - parts.interest
    )
    assert next(why["code"] for why in parts.because["match"]) == "reference"
    second = take(
        house,
        file_of(
            paid(str(rest), case, ref="B-2"), opening="400.00", closing=str(400 + rest), id="S-2"
        ),
    )
    assert second.cases == (case.id,)
    assert to_pay(case=case, on=ON).total == 0
    assert not open_lines(house.id) and agrees(house)
    case_balances = Posting.objects.filter(
        book__subject_id=case.id, account__in=["principal", "interest", "compensation"]
    )
    assert sum(p.amount for p in case_balances) == 0


def test_the_same_file_again_or_renamed_brings_nothing(house, trust):
    content = file_of(paid("10.00"), paid("20.00", ref="B-2"), closing="30.00")
    assert take(house, content).summary["new"] == 2
    again = take(house, content, "renamed.xml")
    assert (again.status, again.summary["new"], again.summary["duplicates"]) == ("known", 0, 2)
    assert BankFile.objects.count() == 1 and BankLine.objects.count() == 2


@pytest.mark.parametrize("mark", ["CODU", "DUPL"])
def test_a_duplicate_of_the_bank_brings_nothing(house, trust, mark):
    take(house, file_of(entry("10.00"), entry("10.00"), closing="20.00"))
    copy = take(
        house, file_of(entry("10.00"), entry("10.00"), closing="20.00", copy=mark, message_id="M-2")
    )
    assert (copy.summary["new"], copy.summary["duplicates"]) == (0, 2)


def test_an_overlapping_statement_brings_only_what_is_new(house, trust):
    take(house, file_of(paid("10.00", ref="B-1"), closing="10.00"))
    more = take(
        house, file_of(paid("10.00", ref="B-1"), paid("5.00", ref="B-2"), closing="15.00", id="S-2")
    )
    assert (more.summary["new"], more.summary["duplicates"]) == (1, 1)


def test_two_real_equal_payments_of_one_day_are_both_kept(house, trust):
    done = take(house, file_of(entry("10.00"), entry("10.00"), closing="20.00"))
    assert done.summary["new"] == 2 and not done.summary["warnings"]


def test_a_nameless_line_like_that_of_another_statement_waits_for_a_look(house, trust):
    case = case_of(house.agency)
    line = entry("10.00", details=tx("10.00", "Müller Feinkost GmbH", ref=case.reference))
    take(house, file_of(line, closing="10.00"))
    second = take(house, file_of(line, closing="10.00", id="S-2", seq="118"))
    assert second.summary["matched"] == 0
    assert [w["code"] for w in second.summary["warnings"]] == ["line_alike"]


def test_a_file_that_does_not_balance_is_held_and_nothing_is_booked(house, trust):
    held = take(house, file_of(paid("10.00"), closing="11.00"))
    assert held.status == "held" and BankFile.objects.get().status == "held"
    assert not BankLine.objects.exists() and not Posting.objects.exists()
    assert Task.objects.get().kind == "bank_file_held"


@pytest.mark.parametrize(("content", "code"), [
    (b"", "bankfile_empty"),
    (b"<!DOCTYPE a><Document/>", "xml_doctype"),
    (b"PK\x03\x04zip", "bankfile_unknown"),
    (file_of(paid("10.00"), closing="10.00")[:-40], "xml_broken"),
    (file_of(paid("1.00"), closing="1.00", account="DE02120300000000202051"), "account_not_ours"),
])  # fmt: skip
def test_a_file_that_is_not_ours_or_broken_is_refused_whole(house, trust, content, code):
    with pytest.raises(Refusal) as refused:
        take(house, content)
    assert refused.value.code == code and len(refused.value.sentence().splitlines()) == 1
    assert not BankFile.objects.exists() and not BankLine.objects.exists()


def test_a_statement_in_another_currency_is_refused(house, trust):
    from recoup.payments.bankfiles.tests.samples import balance

    balances = balance("OPBD", "0.00", currency="SEK") + balance("CLBD", "9.00", currency="SEK")
    line = entry("9.00", currency="SEK")
    content = camt(statement(line, account=TRUST_IBAN, currency="SEK", balances=balances))
    with pytest.raises(Refusal) as refused:
        take(house, content)
    assert refused.value.code == "account_currency" and refused.value.params["found"] == "SEK"


def test_the_account_of_another_agency_is_not_ours(house, stranger):
    from recoup.tenancy.context import scope

    with scope(stranger.id):
        trust_account(stranger.agency)
    with pytest.raises(Refusal, match="not one of our trust accounts"):
        take(house, file_of(paid("1.00"), closing="1.00"))


def test_pending_lines_are_shown_and_not_booked(house, trust):
    pending = entry("10.00", status="<Sts><Cd>PDNG</Cd></Sts>", ref="B-9")
    done = take(house, file_of(pending, paid("5.00"), closing="5.00"))
    assert (done.summary["new"], done.summary["not_booked"]) == (1, 1)


def test_too_much_is_kept_apart_for_the_debtor(house, trust):
    case = case_of(house.agency, "100.00")
    whole = to_pay(case=case, on=ON).total
    take(house, file_of(paid("500.00", case), closing="500.00"))
    assert to_pay(case=case, on=ON).total == 0
    assert Allocation.objects.get().overpaid == 500 - whole
    assert Task.objects.filter(kind="overpaid").count() == 1 and agrees(house)


def test_a_cent_short_leaves_a_cent(house, trust):
    case = case_of(house.agency, "100.00")
    cent = Decimal("0.01")
    take(
        house,
        file_of(
            paid(str(to_pay(case=case, on=ON).total - cent), case),
            closing=str(to_pay(case=case, on=ON).total - cent),
        ),
    )
    assert to_pay(case=case, on=ON).total == cent


@pytest.mark.parametrize("stage", ["closed", "declined", "submitted"])
def test_money_for_a_case_not_in_collection_waits_for_a_person(house, trust, stage):
    case = case_of(house.agency, stage=stage)
    done = take(house, file_of(paid("10.00", case), closing="10.00"))
    assert not Allocation.objects.exists() and done.summary["part_matched"] == 1
    assert [w["code"] for w in Suggestion.objects.get().because][-1] == "case_not_collected"


def test_an_invoice_number_with_its_amount_is_suggested(house, trust):
    case = case_of(house.agency, "777.70", ref="INV-00815")
    take(
        house,
        file_of(
            paid("777.70", ustrd=["Invoice INV-815", "thanks"], name="Somebody"), closing="777.70"
        ),
    )
    assert not Suggestion.objects.exists()
    take(
        house,
        file_of(
            paid("777.70", ustrd=["Invoice INV-00815 thanks"], ref="B-2"),
            opening="777.70",
            closing="1555.40",
            id="S-2",
        ),
    )
    assert Suggestion.objects.get().case_id == case.id


def test_a_missing_statement_is_noticed(house, trust):
    take(house, file_of(paid("10.00"), closing="10.00"))
    from recoup.payments.bankfiles.tests.samples import balance

    later = balance("OPBD", "50.00", on="2026-11-21") + balance("CLBD", "51.00", on="2026-11-21")
    content = camt(
        statement(entry("1.00", ref="B-3"), account=TRUST_IBAN, balances=later, id="S-3", seq="119")
    )
    assert "statement_gap" in [w["code"] for w in take(house, content).summary["warnings"]]


def test_bk26_a_payer_like_an_entry_of_the_sanctions_list_is_booked_by_nobody_but_a_person(
    house, trust
):
    from recoup.screening.tests.cast import NORRLAND, load

    load(house, NORRLAND)
    case = case_of(house.agency)
    done = take(
        house,
        file_of(
            paid("100.00", case, name="Norrland Timber Trading House Ltd"),
            paid("50.00", case, ref="B-2"), closing="150.00",
        ),
    )  # fmt: skip
    assert done.summary["matched"] == 1 and Allocation.objects.get().amount == 50
    task = Task.objects.get(kind="payer_listed")
    assert task.params["listed"] == NORRLAND["name"] and agrees(house)
    assert Suggestion.objects.get().case_id == case.id, "what it would have paid is shown"


def test_a_return_that_comes_with_its_payment_in_one_file_leaves_nothing_open(house, trust):
    case = case_of(house.agency)
    back = entry(
        "100.00", "DBIT", ref="B-2", details=tx("100.00", "Müller", e2e="E-1", reason="AC04")
    )
    done = take(house, file_of(paid("100.00", case, e2e="E-1"), back, closing="0.00"))
    assert done.summary["returned"] == 1 and done.summary["matched"] == 0
    assert not open_lines(house.id) and not Allocation.objects.exists() and agrees(house)


def test_an_mt940_is_taken_as_well(house):
    trust_account(house.agency, iban="10020030/1234567")
    content = mt940(
        ":61:2611201120CR119,00NTRFNONREF//BANKREF0001",
        ":86:166?20hello",
        closing="C261120EUR119,00",
    )
    assert take(house, content, "a.sta").summary["new"] == 1 and agrees(house)


def test_a_thousand_lines_take_as_many_statements_as_ten(
    house, trust, django_assert_max_num_queries
):
    lines = [paid("1.00", ref=f"B-{n}") for n in range(1000)]
    with django_assert_max_num_queries(60):
        assert take(house, file_of(*lines, closing="1000.00")).summary["new"] == 1000


def test_each_payment_of_a_file_says_what_it_leaves_open(house, trust):
    """By its own split: the second of a day finds what the first has left."""
    case = case_of(house.agency, "1000.00", jurisdiction="AE", interest={"kind": "none"})
    lines = [paid(amount, case, ref=f"B-{n}") for n, amount in enumerate(("400.00", "600.00", "10.00"))]  # fmt: skip
    take(house, file_of(*lines, closing="1010.00"))
    said = [a.because["match"][-1] for a in Allocation.objects.order_by("id")]
    assert [s["code"] for s in said] == ["part_payment", "amount_agrees", "overpaid"]
    assert [s["params"].get("found") for s in said] == ["600.00", None, "10.00"]


def test_a_payment_of_two_cases_comes_before_the_line_after_it(house, trust):  # fmt: skip
    """Only what names its case is booked without a person, in the order of the file: the sum for both, then more for
    one of them."""
    one, two = (case_of(house.agency, "100.00", jurisdiction="AE", interest={"kind": "none"}, ref=f"F-{n}") for n in (1, 2))  # fmt: skip
    both = entry("200.00", ref="B-1", details=tx("200.00", "Payer", ref="", ustrd=[f"{one.number} {two.number}"]))  # fmt: skip
    taken = take(house, file_of(both, paid("5.00", one, ref="B-2"), closing="205.00"))
    assert taken.summary["matched"] == 2
    assert [(a.case_id, a.amount, a.overpaid) for a in Allocation.objects.order_by("id")] == [
        (one.id, 100, 0), (two.id, 100, 0), (one.id, 5, 5),
    ]  # fmt: skip
