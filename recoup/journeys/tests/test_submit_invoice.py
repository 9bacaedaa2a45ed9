"""Dropping an e-invoice, and the hostile things people drop."""

import pytest

from recoup.cases.models import Case, ClaimLine, Task
from recoup.cases.tests.cast import sign_up
from recoup.cases.tests.test_races import at_once
from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.journeys.submit_invoice import IN_CASE, UPLOAD, proposal_of
from recoup.journeys.tests.cast import asked, nordlicht, pdf, submitted, ubl, upload
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.parties.models import Contact, Debtor
from recoup.tenancy.context import scope


@pytest.fixture
def standing(house):
    return nordlicht(house)


def test_an_invoice_is_kept_read_and_becomes_a_case(standing):
    (taken,) = upload(standing, ("faktura.pdf", pdf({"factur-x.xml": ubl()})))
    assert taken.refusal is None
    proposal = proposal_of(
        agency=standing.house.id, client=standing.client, documents=[taken.document]
    )
    assert proposal.lines[0].ref == "R-1001"
    case = submitted(standing, asked(taken.document)).case
    line = ClaimLine.objects.get(case=case)
    assert (line.document.kind, line.document.case_id) == (IN_CASE, case.id)
    assert content_of(line.document).startswith(b"%PDF-")
    assert (case.currency, case.jurisdiction, case.agreement_id) == (
        "EUR",
        "DE",
        standing.agreement.id,
    )
    assert Contact.objects.get(debtor=case.debtor).email == "buch@kaufhaus.example"


def test_the_client_is_told_in_its_language_once(standing):
    case = submitted(standing, asked()).case
    submitted(standing, asked())
    message = Message.objects.get(key=f"case-received:{case.id}")
    assert (message.channel, message.gated, message.recipient) == (
        "email",
        False,
        standing.client.email,
    )
    assert message.payload["language"] == "sv" and case.number in message.payload["subject"]
    assert f"/client/cases/{case.number}/" in message.payload["text"]


def test_it_works_within_the_clients_own_view_and_finds_a_debtor_of_another_client(standing):
    other = sign_up(standing.house)
    first = submitted(other, asked()).case
    with scope(standing.house.id, client=standing.client.id):
        assert not Debtor.objects.filter(name="Kaufhaus Müller GmbH").exists()
        case = submitted(standing, asked()).case
        assert case.debtor_id == first.debtor_id
        assert Case.objects.count() == 1


def test_the_same_submission_again_says_so(standing):
    assert submitted(standing, asked()).fresh is True
    again = submitted(standing, asked())
    assert again.fresh is False
    assert Case.objects.count() == Task.objects.count() == 1


@pytest.mark.parametrize(("what", "code"), [
    (asked(business=False), "consumer"),
    (asked(name="Anna Svensson"), "consumer_suspected"),
    (asked(currency="KWD"), "currency_not_in_card"),
    (asked(vat_number="DE123456789"), "number_invalid"),
    (asked("00000000-0000-0000-0000-000000000001"), "document_unknown"),
])  # fmt: skip
def test_what_cannot_be_taken_is_refused_whole(standing, what, code):
    debtors = Debtor.objects.count()
    with pytest.raises(Refusal) as refused:
        submitted(standing, what)
    assert refused.value.code == code and refused.value.sentence().endswith(".")
    assert not Case.objects.exists() and not Message.objects.exists()
    assert Debtor.objects.count() == debtors


def test_without_an_agreement_nothing_is_submitted(standing):
    standing.agreement.__class__.objects.filter(id=standing.agreement.id).update(
        countersigned_at=None
    )
    with pytest.raises(Refusal, match="no signed agreement"):
        submitted(standing, asked())


def test_the_same_invoice_again_names_the_case(standing):
    submitted(standing, asked())
    with pytest.raises(
        Refusal, match="R-1001 against Kaufhaus Müller GmbH is already in case R-2026-000001"
    ):
        submitted(standing, asked(key="two"))


DOCTYPE = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    + ubl().split(b"?>", 1)[1]
)


@pytest.mark.parametrize(("name", "content", "code", "kept"), [
    ("broken.pdf", b"%PDF-1.7\nnonsense\n%%EOF\n", "pdf_broken", False),
    ("cut.pdf", pdf({"factur-x.xml": ubl()})[:400], "pdf_cut", False),
    ("scan.pdf", pdf(), "pdf_without_xml", True),
    ("wrong.xml", ubl().replace(b"ubl:schema:xsd:Invoice-2", b"ubl:schema:xsd:Rechnung-2"), "namespace_unknown", True),
    ("doctype.xml", DOCTYPE, "xml_doctype", False),
    ("truncated.xml", ubl()[:700], "xml_broken", False),
    ("invoice\u202efdp.exe", b"MZ" + b"\0" * 200, "file_kind", False),
    ("empty.pdf", b"", "file_empty", False),
])  # fmt: skip
def test_each_hostile_file_gets_one_sentence(standing, name, content, code, kept):
    (taken,) = upload(standing, (name, content))
    assert taken.refusal.code == code
    assert (taken.document is not None) == kept
    assert Document.objects.filter(kind=UPLOAD).count() == int(kept)
    assert "\u202e" not in taken.refusal.sentence() and "\n" not in taken.refusal.sentence()


def test_a_scan_is_kept_and_asked_for_by_hand(standing):
    (taken,) = upload(standing, ("scan.pdf", pdf()))
    proposal = proposal_of(
        agency=standing.house.id, client=standing.client, documents=[taken.document]
    )
    assert proposal.lines[0].document == taken.document and proposal.lines[0].amount is None
    case = submitted(standing, asked(taken.document)).case
    assert case.lines.get().document.name == "scan.pdf"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.xml",
        "a\r\nSet-Cookie: x.xml",
        "con.xml",
        "\u202ea.xml",
        "é😀.xml",
        "x" * 300 + ".xml",
        '"quoted".xml',
        "",
    ],
)
def test_a_file_name_is_only_ever_shown(standing, name):
    (taken,) = upload(standing, (name, ubl()))
    document = Document.objects.get(id=taken.document)
    assert 0 < len(document.name) <= 120
    assert not set(document.name) & set("/\\\r\n\u202e")


def test_the_same_file_is_kept_once_per_client_and_case(standing):
    (one, two) = (upload(standing, ("a.xml", ubl()))[0], upload(standing, ("b.xml", ubl()))[0])
    assert one.document == two.document
    other = sign_up(standing.house)
    theirs = upload(other, ("a.xml", ubl()))[0]
    assert theirs.document != one.document
    with pytest.raises(Refusal, match="not there"):
        submitted(other, asked(one.document))


def test_too_many_files_are_refused(standing):
    with pytest.raises(Refusal, match="201 files at once"):
        upload(standing, *[("a.xml", b"<a/>")] * 201)
    with pytest.raises(Refusal, match="at least one"):
        upload(standing)


def test_eight_identical_submissions_at_once_make_one_case(committed_house):
    with scope(committed_house.id):
        standing = nordlicht(committed_house)
        (taken,) = upload(standing, ("a.xml", ubl()))
    results = at_once(committed_house, [lambda: submitted(standing, asked(taken.document))] * 8)
    assert sorted(r.fresh for r in results) == [False] * 7 + [True], results
    with scope(committed_house.id):
        assert (
            Case.objects.count() == Debtor.objects.filter(name__startswith="Kaufhaus").count() == 1
        )
        assert Message.objects.count() == Document.objects.filter(kind=IN_CASE).count() == 1


def test_two_uploads_of_the_same_file_at_once_are_one_document(committed_house):
    with scope(committed_house.id):
        standing = nordlicht(committed_house)
    results = at_once(committed_house, [lambda: upload(standing, ("a.xml", ubl()))[0].document] * 3)
    assert len(set(results)) == 1, results


def test_up03_a_locked_document_is_kept_and_the_reviewer_asks_for_an_open_one(standing):
    (locked,) = upload(standing, ("locked.pdf", pdf({"factur-x.xml": ubl()}, password="x")))
    (plain,) = upload(standing, ("plain.pdf", pdf({"factur-x.xml": ubl()})))
    assert locked.refusal.code == "pdf_password" and locked.document
    case = submitted(standing, asked(locked.document)).case
    task = Task.objects.get(case=case, kind="locked")
    assert task.role == "account_manager" and task.params["files"] == "locked.pdf"
    assert Document.objects.filter(case_id=case.id, kind=IN_CASE, name="locked.pdf").exists()
    other = submitted(standing, asked(plain.document, key="two", name="Kieler Werft GmbH")).case
    assert not Task.objects.filter(case=other, kind="locked").exists()
