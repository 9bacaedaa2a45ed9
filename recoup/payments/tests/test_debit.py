"""Direct debits: by a mandate only, announced before, approved by a second person, booked when the bank shows it."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from pypdf import PdfReader

from recoup.cases.models import Task
from recoup.contact.operations import permit_message
from recoup.files.operations import content_of
from recoup.journeys.debits import announce, collect, paper_of, sign_mandate
from recoup.journeys.sending import ask_the_gate
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.outbox.operations import claim, settle
from recoup.payments.bankfiles import PaymentStatus
from recoup.payments.bankfiles.tests.samples import tx
from recoup.payments.models import Allocation, BankFile, DirectDebit
from recoup.payments.operations import (
    approve_payout,
    cancel_debit,
    make_mandate,
    reject_payout,
    revoke_mandate,
    set_creditor_id,
)
from recoup.payments.operations.debit import paid_by, standing_mandate
from recoup.payments.operations.release import note_statuses
from recoup.payments.queries import open_lines, owed, to_pay
from recoup.payments.tests.cast import AT, case_of, trust_account
from recoup.payments.tests.test_remit import Bank, agrees
from recoup.payments.transfers import validate_payment_file

PAYER = "DE02120300000000202051"
CREDITOR_ID = "DE98ZZZ09999999999"
DAY = date(2026, 12, 10)
MONDAY = AT + timedelta(days=3)
LATER = AT + timedelta(days=18)


@pytest.fixture
def account(house):
    made = trust_account(house.agency)
    set_creditor_id(account=made, creditor_id="DE98 ZZZ 09999999999", by=SYSTEM, at=AT)
    made.refresh_from_db()
    return made


@pytest.fixture
def bank(house, account):
    return Bank(house)


@pytest.fixture
def case(house, account):
    return case_of(house.agency, "1000.00")


@pytest.fixture
def first(house):
    return house.actor("finance_officer")


@pytest.fixture
def second(house):
    return house.actor("supervisor")


def signed(house, case, **changed):
    given = {
        "holder": "Müller Feinkost GmbH", "iban": PAYER, "bic": "", "email": "buchhaltung@example.com",
        "signatory": "Anna Müller", "agreed": True, "ip": "192.0.2.1", "browser": "x", "language": "de",
    } | changed  # fmt: skip
    return sign_mandate(agency=house.agency, case=case, by=SYSTEM, at=AT, **given)


def planned(house, mandate, amount="400.00", on=DAY, key="", leaves=True, at=AT):
    money = Money.parse(amount, "EUR")
    debit = announce(
        agency=house.agency, mandate=mandate, amount=money, collect_on=on, key=key, by=SYSTEM, at=at
    )
    return sent(debit, at) if leaves else debit


def sent(debit, at=AT):
    """The announcement through the gate, as the worker does it."""
    taken = claim(message=debit.message_id, now=at)
    answer = ask_the_gate(taken, at)
    assert answer.verdict.ok and answer.step == "debit_notice", answer.verdict
    permit_message(message=taken, step=answer.step, facts=answer.facts, at=at)
    assert settle(message=taken.id, fence=taken.fence, state="sent", now=at, outcome={})
    return debit


def in_a_file(house, debit, first, second):
    (payout,) = collect(agency=house.id, up_to=debit.collect_on, by=first, at=LATER)
    payout.refresh_from_db()
    approve_payout(payout=payout, sha256=payout.document.sha256, by=second, at=LATER)
    debit.refresh_from_db()
    return payout


def test_signed_announced_approved_collected_and_taken_back(house, bank, case, first, second):
    debit = planned(house, signed(house, case))
    said = Message.objects.get(id=debit.message_id)
    assert said.gated and "MND-2026-000001" in said.payload["text"] and CREDITOR_ID in said.payload["text"]  # fmt: skip
    assert "400,00" in said.payload["text"], "in the debtor's own German"
    (payout,) = collect(agency=house.id, up_to=DAY, by=first, at=LATER)
    payout.refresh_from_db()
    content = content_of(payout.document)
    found = validate_payment_file(content, file="x")
    assert (found["format"], found["transactions"], found["sum"]) == ("pain.008.001.08", 1, "400.00")  # fmt: skip
    assert b"<SeqTp>FRST<" in content and b"<MndtId>MND-2026-000001<" in content
    assert not collect(agency=house.id, up_to=DAY, by=first, at=LATER), "in one file only"
    with pytest.raises(Refusal, match="another person"):
        approve_payout(payout=payout, sha256=payout.document.sha256, by=first, at=LATER)
    approve_payout(payout=payout, sha256=payout.document.sha256, by=second, at=LATER)
    bank.shows(("400.00", tx("400.00", "Müller", e2e=debit.number, iban=PAYER)))
    assert Allocation.objects.get().case_id == case.id and paid_by([debit]) == {debit.number: "collected"}  # fmt: skip
    assert not open_lines(house.id) and agrees(house)
    before = owed(case=case, on=DAY).total
    bank.shows(("-400.00", tx("400.00", "Müller", e2e=debit.number, reason="AM04", role="Dbtr")))
    assert owed(case=case, on=DAY).total > before and paid_by([debit]) == {debit.number: "returned"}  # fmt: skip
    assert Task.objects.get(kind="direct_debit").case_id == case.id and agrees(house)
    assert standing_mandate(case.id), "too little money: the mandate is still good"
    again = planned(house, standing_mandate(case.id), at=MONDAY)
    assert in_a_file(house, again, first, second) and again.sequence == "RCUR"


def test_a_mandate_that_is_of_no_use_any_more_ends_with_the_return(
    house, bank, case, first, second
):
    debit = planned(house, signed(house, case))
    in_a_file(house, debit, first, second)
    bank.shows(("400.00", tx("400.00", "Müller", e2e=debit.number, iban=PAYER)))
    bank.shows(("-400.00", tx("400.00", "Müller", e2e=debit.number, reason="MD01", role="Dbtr")))
    assert standing_mandate(case.id) is None and agrees(house)


def test_what_the_bank_refuses_by_pain_002_is_told_and_ended(house, bank, case, first, second):
    debit = planned(house, signed(house, case))
    payout = in_a_file(house, debit, first, second)
    bank.shows(("1.00", tx("1.00", "X", e2e="E")))
    file = BankFile.objects.get()
    status = PaymentStatus("transaction", "RJCT", payout.message_id, None, debit.number, "AC04", None)  # fmt: skip
    counts = note_statuses(file=file, statuses=(status,), by=SYSTEM, at=LATER)
    debit.refresh_from_db()
    assert counts == {"answers": 1, "unknown": 0, "refused": 1}
    assert (debit.end, standing_mandate(case.id)) == ("refused", None)


def test_it_is_announced_in_time_or_not_collected(house, case, first):
    mandate = signed(house, case)
    with pytest.raises(Refusal, match="14 days before"):
        planned(house, mandate, on=AT.date() + timedelta(days=13))
    debit = planned(house, mandate, leaves=False)
    assert not collect(agency=house.id, up_to=DAY, by=first, at=LATER)
    sent(debit)
    assert collect(agency=house.id, up_to=DAY, by=first, at=LATER)
    assert not collect(agency=house.id, up_to=DAY, by=first, at=LATER)


def test_never_more_than_is_owed_whatever_is_under_way(house, case):
    mandate = signed(house, case)
    planned(house, mandate, "600.00", leaves=False)
    with pytest.raises(Refusal) as refused:
        planned(house, mandate, "600.00")
    assert refused.value.code == "debit_more_than_owed"
    one, same = (planned(house, mandate, "100.00", key="P-1:1", leaves=False) for _ in range(2))
    assert one == same and Message.objects.count() == 2


def test_what_the_gate_kept_in_is_announced_again(house, case, first):
    mandate = signed(house, case)
    planned(house, mandate, "300.00")
    debit = planned(house, mandate, "200.00", key="P-1:2", leaves=False)
    taken = claim(message=debit.message_id, now=AT)
    assert ask_the_gate(taken, AT).verdict.code == "written_today"
    settle(message=taken.id, fence=taken.fence, state="denied", now=AT, outcome={})
    again = planned(house, mandate, "200.00", key="P-1:2", at=MONDAY)
    assert again == debit and again.message_id != taken.id
    (payout,) = collect(agency=house.id, up_to=DAY, by=first, at=LATER)
    assert payout.debits.count() == 2


def test_what_was_paid_meanwhile_is_not_collected(house, bank, case, first, second):
    mandate = signed(house, case)
    debit, other = planned(house, mandate, "300.00"), planned(house, mandate, "200.00", at=MONDAY)
    (payout,) = collect(agency=house.id, up_to=DAY, by=first, at=LATER)
    payout.refresh_from_db()
    whole = str(to_pay(case=case, on=AT.date()).total)
    bank.shows((whole, tx(whole, "Müller", ref=case.reference, iban=PAYER)))
    with pytest.raises(Refusal, match="must not be collected"):
        approve_payout(payout=payout, sha256=payout.document.sha256, by=second, at=LATER)
    reject_payout(payout=payout, because="paid meanwhile", by=second, at=LATER)
    assert not collect(agency=house.id, up_to=DAY, by=first, at=LATER)
    ended = DirectDebit.objects.filter(id__in=[debit.id, other.id], end="cancelled")
    assert ended.count() == 2 and Task.objects.filter(kind="direct_debit").count() == 2


def test_the_debtor_takes_its_word_back(house, case, first):
    mandate = signed(house, case)
    debit = planned(house, mandate)
    revoke_mandate(mandate=mandate, because="changed bank", by=SYSTEM, at=AT)
    debit.refresh_from_db()
    assert debit.end == "cancelled" and not collect(agency=house.id, up_to=DAY, by=first, at=LATER)
    with pytest.raises(Refusal, match="revoked already"):
        planned(house, mandate)
    assert signed(house, case).reference == "MND-2026-000002"


def test_a_planned_collection_is_taken_back(house, case):
    debit = planned(house, signed(house, case))
    cancel_debit(debit=debit, because="they transfer it", by=SYSTEM, at=AT)
    with pytest.raises(Refusal, match="ended already"):
        cancel_debit(debit=debit, because="they transfer it", by=SYSTEM, at=AT)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"agreed": False}, "box_not_ticked"), ({"iban": "DE00370400440532013000"}, "iban_invalid"),
        ({"email": "nobody"}, "email_missing"), ({"signatory": "A"}, "mandate_unsigned"),
        ({"iban": "QA30AAAA123456789012345678901"}, "account_not_sepa"), ({"holder": "水"}, "name_not_writable"),
    ],
)  # fmt: skip
def test_what_is_no_mandate_is_refused(house, case, changed, code):
    with pytest.raises(Refusal) as refused:
        signed(house, case, **changed)
    assert refused.value.code == code and standing_mandate(case.id) is None


def test_one_on_paper_says_where_the_paper_is_and_only_one_stands(house, case):
    given = {"case": case, "holder": "X AG", "iban": PAYER, "email": "a@example.com", "signed_by": "Anna", "by": SYSTEM, "at": AT}  # fmt: skip
    with pytest.raises(Refusal, match="where the signed paper is"):
        make_mandate(signed_on=AT.date(), **given)
    with pytest.raises(Refusal, match="still to come"):
        make_mandate(signed_on=date(2026, 11, 21), paper="folder 3", **given)
    made = make_mandate(signed_on=AT.date(), paper="folder 3", scheme="B2B", **given)
    with pytest.raises(Refusal, match="has a mandate already"):
        make_mandate(signed_on=AT.date(), paper="folder 3", **given)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE payments_debitmandate SET iban = 'X' WHERE id = %s", [made.id])


def test_without_a_creditor_identifier_nobody_is_debited(house):
    trust_account(house.agency)
    with pytest.raises(Refusal, match="creditor identifier yet"):
        signed(house, case_of(house.agency))


@pytest.mark.parametrize(("language", "title"), [
    ("de", "SEPA-Lastschriftmandat"), ("sv", "Medgivande för SEPA-autogirering"), ("zh-hant", "SEPA 直接扣款授權書"),
])  # fmt: skip
def test_a_signed_mandate_is_a_sealed_paper_in_its_language_for_debtor_and_house(house, bank, case, language, title):  # fmt: skip
    mandate = signed(house, case, language=language)
    paper = paper_of(mandate)
    assert paper is not None
    assert (paper.title, paper.audience, paper.case_id) == (f"{title} {mandate.reference}", "debtor", case.id)  # fmt: skip
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(content_of(paper))).pages)
    for said in (mandate.reference, CREDITOR_ID, "Anna Müller", mandate.trail["sha256"][:16]):
        assert said in words, said
    plain = "".join(words.split())
    assert "".join(mandate.trail["shown"].split())[:60] in plain, "word for word as it was shown"
    assert b"/ByteRange" in content_of(paper), "sealed"
