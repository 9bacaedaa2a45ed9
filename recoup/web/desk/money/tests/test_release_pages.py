"""Approving a payment file, confirming an account, revoking a rule and closing the books, on their pages."""

import pytest
from django.urls import reverse

from recoup.kernel.ids import new_id
from recoup.payments.models import (
    AccountChange,
    ApproverLimit,
    MatchRule,
    PayoutDecision,
    PayoutFile,
    PayoutStop,
    PayoutTerms,
)
from recoup.payments.tests.cast import case_of, trust_account
from recoup.payments.tests.test_bank_file import paid
from recoup.web.desk.money.tests.test_pages import logged_in, take, url

OTHER = "NL91ABNA0417164300"


@pytest.fixture
def case(house):
    trust_account(house.agency)
    found = case_of(house.agency, "1000.00")
    take(
        house,
        paid("300.00", found),
        paid("44.00", ref="B-2", name="Harbour Holdings"),
        closing="344.00",
    )
    return found


def propose(house):
    logged_in(house).post(url("remittances"), {"on": "2026-11-20", "key": str(new_id())})
    return PayoutFile.objects.get()


def test_one_proposes_another_approves_then_the_file_can_be_taken(house, case):
    payout = propose(house)
    first, second = logged_in(house), logged_in(house, "supervisor")
    download = reverse("desk:document", args=[payout.document_id])
    assert second.get(download).status_code == 404
    page = first.get(url("remittances")).content.decode()
    assert payout.document.sha256 in page and "You proposed it" in page
    first.post(url("approve", payout.id), {"sha256": payout.document.sha256})
    assert not PayoutDecision.objects.exists()
    second.post(url("approve", payout.id), {"sha256": payout.document.sha256})
    assert PayoutDecision.objects.get().approved
    assert second.get(download).status_code == 200


def test_a_rejected_file_can_be_ordered_again(house, case):
    payout = propose(house)
    second = logged_in(house, "supervisor")
    second.post(url("reject", payout.id), {"reject-because": "Wrong", "reject-key": str(new_id())})
    assert not PayoutDecision.objects.get().approved
    assert "Pay again" in second.get(url("remittances")).content.decode()


def test_an_account_is_changed_by_one_and_confirmed_by_another(house, case):
    first, second = logged_in(house), logged_in(house, "supervisor")
    form = {
        "account-client": str(case.client_id),
        "account-iban": OTHER,
        "account-bic": "",
        "account-key": str(new_id()),
    }
    assert first.post(url("accounts"), form | {"account-iban": "NL00"}).status_code == 422
    assert first.post(url("accounts"), form).status_code == 302
    row = AccountChange.objects.get()
    how = {"confirm-how": "Called Anna on her old number", "confirm-key": str(new_id())}
    first.post(url("confirm", row.id), how)
    row.refresh_from_db()
    assert row.confirmed_at is None
    assert OTHER in second.get(url("accounts")).content.decode()
    second.post(url("confirm", row.id), how)
    row.refresh_from_db()
    assert row.confirmed_at is not None


def test_terms_of_payment_are_kept(house, case):
    form = {"terms-client": str(case.client_id), "terms-schedule": "weekly", "terms-day": "5", "terms-least": "50",
            "terms-key": str(new_id())}  # fmt: skip
    browser = logged_in(house)
    assert browser.post(url("terms"), form | {"terms-day": "9"}).status_code == 422
    assert browser.post(url("terms"), form).status_code == 302
    assert PayoutTerms.objects.get().schedule == "weekly"


def test_a_decision_teaches_a_rule_that_suggests_and_can_be_revoked(house, case):
    from recoup.payments.models import BankLine, Suggestion

    line = BankLine.objects.get(amount=44)
    browser = logged_in(house)
    give = {
        "give-case": case.number,
        "give-amount": "44.00",
        "give-because": "They called",
        "give-key": str(new_id()),
    }
    assert browser.post(url("allocate", line.id), give).status_code == 302
    rule = MatchRule.objects.get()
    assert rule.debtor_id == case.debtor_id
    take(
        house,
        paid("10.00", ref="B-9", name="Harbour Holdings"),
        opening="344.00",
        closing="354.00",
        id="S-2",
    )
    (suggestion,) = Suggestion.objects.filter(line__amount=10)
    assert suggestion.because[0]["code"] == "learned" and suggestion.case_id == case.id
    browser.post(url("revoke_rule", rule.id))
    take(
        house,
        paid("11.00", ref="B-10", name="Harbour Holdings"),
        opening="354.00",
        closing="365.00",
        id="S-3",
    )
    assert not Suggestion.objects.filter(line__amount=11).exists()


@pytest.mark.parametrize(
    "name", ["trial-balance", "client-ledger", "journal", "cash-book", "reconciliation"]
)
def test_each_sheet_is_a_page_a_workbook_and_a_paper(house, case, name):
    browser = logged_in(house)
    days = f"first=2026-11-01&last=2026-11-30&sheet={name}"
    assert "300.00" in browser.get(f"{url('books')}?{days}").content.decode()
    book = browser.get(f"{url('sheet_xlsx', name)}?{days}")
    assert book.status_code == 200 and book.content[:2] == b"PK"
    paper = browser.get(f"{url('sheet_pdf', name)}?{days}")
    assert paper.status_code == 200 and b"".join(paper)[:5] == b"%PDF-"


def test_a_sheet_that_there_is_not(house):
    browser = logged_in(house)
    assert browser.get(f"{url('books')}?sheet=nothing").status_code == 404
    assert browser.get(url("sheet_pdf", "nothing")).status_code == 404


def test_a_refund_is_proposed_cleared_and_approved_by_another(house):
    from recoup.payments.models import Allocation, Refund

    trust_account(house.agency)
    case = case_of(house.agency, "100.00")
    take(house, paid("500.00", case, name="Harbour Holdings", iban=OTHER), closing="500.00")
    first, second = logged_in(house), logged_in(house, "supervisor")
    allocation = Allocation.objects.get()
    form = {
        "refund-holder": "",
        "refund-iban": "DE00",
        "refund-because": "Paid twice",
        "refund-key": str(new_id()),
    }
    wrong = first.post(url("propose_refund", allocation.id), form)
    assert wrong.status_code == 422 and "not a valid IBAN" in wrong.content.decode()
    first.post(url("propose_refund", allocation.id), form | {"refund-iban": ""})
    refund = Refund.objects.get()
    page = first.get(url("refunds")).content.decode()
    assert "not called like the debtor" in page and "another person clears it" in page
    how = {"release-how": "Their accountant on the old number", "release-key": str(new_id())}
    second.post(url("release_refund", refund.id), how)
    payout = PayoutFile.objects.get()
    assert payout.document.sha256 in second.get(url("remittances")).content.decode()
    second.post(url("approve", payout.id), {"sha256": payout.document.sha256})
    assert "Ordered" in first.get(url("refunds")).content.decode()


def test_money_for_nobody_is_sent_back_from_its_line(house, case):
    from recoup.payments.models import BankLine, Refund

    line = BankLine.objects.get(amount=44)
    form = {
        "refund-holder": "",
        "refund-iban": OTHER,
        "refund-because": "Not ours",
        "refund-key": str(new_id()),
    }
    logged_in(house).post(url("send_back", line.id), form)
    assert Refund.objects.get().held_for == "other_account"


def test_our_invoices_are_noted_paid_and_credited_and_outlays_billed(house, case):
    from recoup.journeys.bill import bill_fee
    from recoup.kernel.actor import SYSTEM
    from recoup.payments.models import BankLine, Invoice, OwnAccount
    from recoup.payments.tests.cast import AT

    browser = logged_in(house)
    own = {
        "house-currency": "EUR",
        "house-bank": "Ownbank",
        "house-iban": "NL00",
        "house-key": str(new_id()),
    }
    assert browser.post(url("own_account"), own).status_code == 422
    browser.post(url("own_account"), own | {"house-iban": OTHER})
    assert OwnAccount.objects.get().iban == OTHER
    fee = bill_fee(case=case, kind="set_up", by=SYSTEM, at=AT)
    line = BankLine.objects.get(amount=44)
    browser.post(
        url("pays_invoice", line.id), {"pays-number": fee.number, "pays-key": str(new_id())}
    )
    laid = {
        "laid-case": case.number,
        "laid-amount": "32.00",
        "laid-what": "Court fee",
        "laid-key": str(new_id()),
    }
    assert browser.post(url("lay_out"), laid | {"laid-case": "R-1"}).status_code == 422
    assert browser.post(url("lay_out"), laid).status_code == 302
    outlay = Invoice.objects.get(kind="disbursement")
    credit = {"credit-net": "12.00", "credit-because": "Agreed", "credit-key": str(new_id())}
    browser.post(url("invoice_credit", outlay.id), credit)
    paid = {
        "paid-amount": "25.00",
        "paid-on": "2026-11-20",
        "paid-because": "Statement 3",
        "paid-key": str(new_id()),
    }
    browser.post(url("invoice_paid", outlay.id), paid)
    page = browser.get(url("invoices")).content.decode()
    assert page.count("Settled") == 2 and "CN-2026-000001" in page and "Set against" in page


def test_who_is_stopped_cannot_be_stopped_again_until_let_go_on(house, case):
    first, second = logged_in(house), logged_in(house, "supervisor")
    offered = f'<option value="{case.client_id}">'

    def stops():
        page = first.get(url("accounts")).content.decode()
        return page[page.index('id="stops"') : page.index('id="limits"')]

    assert offered in stops()
    given = {"stop-client": str(case.client_id), "stop-because": "Disputes", "stop-key": str(new_id())}  # fmt: skip
    assert first.post(url("stop"), given).status_code == 302
    assert offered not in stops() and "Disputes" in stops()
    row = PayoutStop.objects.get()
    on = {"resume-because": "Settled", "resume-key": str(new_id())}
    assert second.post(url("resume", row.id), on).status_code == 302
    assert offered in stops() and "Disputes" not in stops()


def test_what_is_wrong_with_a_stop_or_a_limit_stands_at_its_field_and_nothing_typed_is_lost(
    house, case
):
    from recoup.payments import operations as payments
    from recoup.payments.tests.cast import AT

    browser, chief = logged_in(house), logged_in(house, "administrator")
    answer = browser.post(url("stop"), {"stop-client": str(case.client_id), "stop-because": "", "stop-key": str(new_id())})  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422 and f'<option value="{case.client_id}" selected>' in page
    assert 'aria-invalid="true"' in page and not PayoutStop.objects.exists()
    member = house.members["finance_officer"]
    limit = {"limit-member": str(member.id), "limit-currency": "SEK", "limit-most": "12x", "limit-key": str(new_id())}  # fmt: skip
    answer = chief.post(url("limit"), limit)
    page = answer.content.decode()
    assert answer.status_code == 422 and 'value="12x"' in page and 'value="SEK"' in page
    assert f'<option value="{member.id}" selected>' in page and 'aria-invalid="true"' in page
    # The one who stopped it may not let it go on: said at the form, the reason still there.
    stop = payments.stop_payouts(client=case.client, because="odd", by=house.actor("finance_officer"), at=AT)  # fmt: skip
    answer = browser.post(url("resume", stop.id), {"resume-because": "It was nothing", "resume-key": str(new_id())})  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422 and 'value="It was nothing"' in page


def test_a_limit_is_set_by_an_administrator_and_nobody_else(house, case):
    member = house.members["finance_officer"]
    limit = {"limit-member": str(member.id), "limit-currency": "SEK", "limit-most": "9999999"}
    for role in ("supervisor", "finance_officer"):
        assert logged_in(house, role).post(url("limit"), limit | {"limit-key": str(new_id())}).status_code == 404  # fmt: skip
    assert not ApproverLimit.objects.exists()
    assert logged_in(house, "administrator").post(url("limit"), limit | {"limit-key": str(new_id())}).status_code == 302  # fmt: skip
    assert ApproverLimit.objects.get().most == 9999999


def test_an_invoice_wrongly_noted_as_paid_keeps_what_was_typed(house, case):
    from recoup.journeys.bill import bill_fee
    from recoup.kernel.actor import SYSTEM
    from recoup.payments.tests.cast import AT

    fee = bill_fee(case=case, kind="set_up", by=SYSTEM, at=AT)
    other = bill_fee(case=case_of(house.agency, "70.00"), kind="set_up", by=SYSTEM, at=AT)
    browser = logged_in(house)
    paid = {"paid-amount": "999999", "paid-on": "2026-11-20", "paid-because": "Statement 3", "paid-key": str(new_id())}  # fmt: skip
    answer = browser.post(url("invoice_paid", fee.id), paid)
    page = answer.content.decode()
    assert answer.status_code == 422 and page.count('value="999999"') == 1 == page.count('value="Statement 3"')  # fmt: skip
    assert page.count('aria-invalid="true"') == 1 and "<details open>" in page
    credit = {"credit-net": "x", "credit-because": "Agreed by phone", "credit-key": str(new_id())}
    answer = browser.post(url("invoice_credit", other.id), credit)
    page = answer.content.decode()
    assert answer.status_code == 422 and 'value="Agreed by phone"' in page and 'value="x"' in page
