"""A list of debts: received, looked at, confirmed, placed, corrected, sent again, undone."""

import pytest

from recoup.cases.models import Case, ClaimLine, Task
from recoup.cases.queries import principal_of
from recoup.intake.models import KeptMapping, PlacedRow, Placement
from recoup.journeys.place import (
    confirm,
    corrections,
    look,
    place_now,
    receive_file,
    run_placement,
    undo_placement,
)
from recoup.journeys.tests.cast import AT, nordlicht
from recoup.kernel.refusal import Refusal
from recoup.ledger.models import Posting
from recoup.outbox.models import Message
from recoup.parties.models import Contact, Debtor
from recoup.screening.models import Hit, Screening
from recoup.screening.tests.cast import load

HEAD = "Debtor;VAT number;Country;Invoice number;Invoice date;Due date;Amount;Currency;E-mail\n"
GOOD = (
    "Müller GmbH;DE136695976;DE;F-1;2026-03-01;2026-04-01;1.200,50;EUR;buch@mueller.example\n"
    "Müller GmbH;DE136695976;DE;F-2;2026-03-02;2026-04-02;300,00;EUR;\n"
    "Müller GmbH;DE136695976;DE;G-1;2026-03-03;2026-04-02;-100,00;EUR;\n"
    "Huber AG;;AT;F-9;2026-03-02;2026-04-02;99,90;EUR;\n"
)
BAD = (
    "Anna Svensson;;SE;F-3;2026-03-02;2026-04-02;50,00;EUR;\n"
    "Nord AB;;SE;F-4;2026-03-02;;70,00;EUR;\n"
)


@pytest.fixture
def standing(house):
    return nordlicht(house)


def sent(standing, text=HEAD + GOOD + BAD, name="liste.csv"):
    return receive_file(
        client=standing.client, name=name, content=text.encode(), by=standing.by, at=AT
    )


def placed(standing, text=HEAD + GOOD + BAD, name="liste.csv"):
    placement = sent(standing, text, name)
    confirm(placement=placement, by=standing.by, at=AT)
    run_placement(agency=standing.house.agency, placement=placement.id, at=AT)
    placement.refresh_from_db()
    return placement


def test_good_rows_become_cases_by_debtor_and_bad_ones_are_named(standing):
    placement = placed(standing)
    assert placement.state == "done"
    counts = {
        k: placement.summary[k] for k in ("rows", "accepted", "rejected", "duplicates", "cases")
    }
    assert counts == {"rows": 6, "accepted": 4, "rejected": 2, "duplicates": 0, "cases": 2}
    assert placement.summary["amounts"] == {"EUR": "1500.40"}
    mueller = Case.objects.get(debtor__country="DE")
    assert str(principal_of([mueller.id])[mueller.id]) == "1400.50 EUR"
    assert mueller.lines.count() == 3 and mueller.jurisdiction == "DE"
    codes = {
        row.row: [p["code"] for p in row.problems if p["error"]]
        for row in PlacedRow.objects.filter(placement=placement, state="rejected")
    }
    assert codes == {6: ["consumer_suspected"], 7: ["missing"]}
    assert Task.objects.filter(kind="review").count() == 2
    mail = Message.objects.get(key=f"placement-taken:{placement.id}")
    assert "1500.40" in mail.payload["text"] or "1 500,40" in mail.payload["text"]


def test_every_person_that_the_rows_name_is_a_contact(standing):
    row = "Beta GmbH;;DE;F-{0};2026-03-01;2026-04-01;5,00;EUR;{1}@beta.example\n"
    placed(standing, HEAD + row.format(1, "first") + row.format(2, "second") + row.format(3, "first"))  # fmt: skip
    found = Contact.objects.filter(debtor__name="Beta GmbH").order_by("email").values_list("email", flat=True)  # fmt: skip
    assert list(found) == ["first@beta.example", "second@beta.example"]


def test_im28_an_invoice_that_the_law_seems_to_bar_is_taken_and_said(standing):
    old = "Huber AG;;AT;F-10;2021-03-02;2021-04-02;10,00;EUR;\nBeta GmbH;;DE;F-11;2022-03-02;2022-04-02;10,00;EUR;\n"
    placement = placed(standing, HEAD + GOOD + old)
    told = {
        row.row: [(p["code"], p["params"]["on"]) for p in row.problems]
        for row in PlacedRow.objects.filter(placement=placement).exclude(problems=[])
    }
    assert told == {6: [("time_barred", "2024-04-02")], 7: [("time_barred", "2025-12-31")]}
    assert placement.summary["accepted"] == 6


def test_sent_again_only_what_is_new_is_taken(standing):
    placed(standing)
    again = placed(standing, HEAD + GOOD + "Huber AG;;AT;F-10;2026-03-02;2026-04-02;10,00;EUR;\n")
    assert again.summary["duplicates"] == 4 and again.summary["cases"] == 1
    assert Case.objects.count() == 3
    # Huber has neither number nor place, and is the same company all the same.
    assert Debtor.objects.filter(match_name="huber").count() == 1


def test_a_debtor_without_number_is_placed_once_however_it_is_written(standing):
    placed(standing)
    placed(standing, "Debtor;Country;Postcode;City;Invoice;Due;Amount;Currency\n"
                     "Kehrwieder GmbH;DE;20457;Hamburg;K-1;2026-04-01;50,00;EUR\n", "kehr.csv")  # fmt: skip
    again = placed(standing, "Debtor;Country;City;Invoice;Due;Amount;Currency\n"
                             "HUBER AG;AT;Wien;F-9;2026-04-02;99,90;EUR\n"
                             "Kehrwieder;DE;;K-1;2026-04-01;50,00;EUR\n"
                             "Kehrwieder GmbH;DE;Bremen;K-1;2026-04-01;77,00;EUR\n", "spaeter.csv")  # fmt: skip
    rows = {r.row: r.state for r in PlacedRow.objects.filter(placement=again)}
    assert rows[2] == "duplicate" and rows[4] == "accepted"
    assert rows[3] != "accepted", (
        "no legal form: it is a duplicate or a person, never a second case"
    )
    assert again.summary["cases"] == 1


def test_the_debtors_of_a_list_are_compared_with_the_sanctions_list(standing):
    load(standing.house, {"id": "s1", "name": "Sever Holding AG", "countries": "ch"})
    text = HEAD + "Sever Holding AG;;CH;F-1;2026-03-01;2026-04-01;10,00;EUR;\n"
    placed(standing, text)
    hit = Hit.objects.get()
    assert hit.party_id == Debtor.objects.get(name="Sever Holding AG").id
    assert Task.objects.filter(kind="sanctions_hit").count() == 1
    placed(standing, text.replace("F-1", "F-2"))
    assert Screening.objects.filter(party_kind="debtor").count() == 1, (
        "once for each version of the list"
    )


def test_the_same_bytes_say_when_they_came_and_bring_nothing(standing):
    text = HEAD + GOOD.splitlines(keepends=True)[0]
    first = placed(standing, text)
    second = placed(standing, text)
    assert second.earlier_id == first.id and second.id != first.id
    assert (second.summary["accepted"], second.summary["duplicates"]) == (0, 1)
    assert Case.objects.count() == 1


def test_two_uploads_at_once_are_one_placement(standing):
    assert sent(standing).id == sent(standing).id
    assert Placement.objects.count() == 1


def test_the_correction_file_brings_only_the_bad_rows_and_only_they_are_new(standing):
    placement = placed(standing)
    content = corrections(placement=placement, say=lambda r: r.sentence(), heading="Reasons")
    lines = content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3 and lines[0].endswith(";Reasons") and "private person" in lines[1]
    mended = content.decode("utf-8-sig").replace("2026-03-02;;70", "2026-03-02;2026-04-02;70")
    again = placed(standing, mended, "korrektur.csv")
    assert (again.summary["accepted"], again.summary["rejected"]) == (1, 1)


def test_the_mapping_is_remembered_for_the_same_headings(standing):
    odd = "Wer;Nr;Wann;Wieviel\nMüller GmbH;F-1;2026-04-01;10,00\n"
    placement = sent(standing, odd, "odd.csv")
    assert placement.state == "refused" and placement.refusal["code"] == "header_missing"
    text = "Debtor;Invoice number;Wann;Wieviel\nMüller GmbH;F-1;2026-04-01;10,00\n"
    placement = sent(standing, text, "half.csv")
    assert placement.preview["missing"] == ["due_on", "amount"]
    chosen = {
        "columns": {"debtor": 0, "invoice": 1, "due_on": 2, "amount": 3},
        "country": "DE",
        "currency": "EUR",
    }
    look(placement=placement, chosen=chosen)
    confirm(placement=placement, by=standing.by, at=AT)
    run_placement(agency=standing.house.agency, placement=placement.id, at=AT)
    assert KeptMapping.objects.count() == 1
    other = sent(standing, text.replace("F-1", "F-2"), "next.csv")
    assert other.mapping["columns"] == chosen["columns"] and not other.preview["missing"]


def test_what_can_be_read_two_ways_is_asked_and_never_guessed(standing):
    text = (
        HEAD.replace(";", "\t")
        + "Müller GmbH\tDE136695976\tDE\tF-1\t03/04/2026\t05/06/2026\t1.200\tEUR\t\n"
    )
    placement = sent(standing, text)
    with pytest.raises(Refusal) as unclear:
        confirm(placement=placement, by=standing.by, at=AT)
    assert unclear.value.code == "format_unclear"
    look(placement=placement, chosen={"decimal": ",", "order": "mdy"})
    confirm(placement=placement, by=standing.by, at=AT)
    run_placement(agency=standing.house.agency, placement=placement.id, at=AT)
    line = ClaimLine.objects.get()
    assert (str(line.amount), line.due_on.isoformat()) == ("1200.0000", "2026-05-06")


def test_undone_whole_it_leaves_nothing_owed_and_can_be_placed_again(standing):
    placement = placed(standing)
    assert undo_placement(placement=placement, by=standing.by, at=AT) == 2
    placement.refresh_from_db()
    assert placement.state == "undone" and not Case.objects.exclude(stage="closed").exists()
    assert sum(p.amount for p in Posting.objects.filter(account="principal")) == 0
    assert not Task.objects.filter(done_at__isnull=True).exists()
    assert placed(standing, HEAD + GOOD + BAD + "\n").summary["accepted"] == 4


def test_undo_is_refused_once_a_case_is_worked(standing):
    from recoup.cases.operations import accept_case, assign_case
    from recoup.kernel.actor import SYSTEM

    placement = placed(standing)
    case = Case.objects.order_by("number").first()
    accept_case(case=case, by=SYSTEM, at=AT)
    assign_case(
        case=case, collector=standing.house.members["collector"], because={}, by=SYSTEM, at=AT
    )
    with pytest.raises(Refusal) as refused:
        undo_placement(placement=placement, by=standing.by, at=AT)
    assert refused.value.code == "placement_begun"
    assert Case.objects.filter(stage="closed").count() == 0


def test_a_request_of_rows_is_placed_once_per_key_and_can_be_tried_dry(standing):
    rows = [{"debtor": "Müller GmbH", "vat_number": "DE136695976", "invoice": "F-1", "due_on": "2026-04-01",
             "amount": "10.00", "currency": "EUR"}]  # fmt: skip
    ask = {
        "agency": standing.house.agency,
        "client": standing.client,
        "rows": rows,
        "by": standing.by,
        "at": AT,
    }
    _, checked = place_now(key="k1", dry_run=True, **ask)
    assert (
        checked.accepted == 1
        and not Placement.objects.exists()
        and not Debtor.objects.filter(name="Müller GmbH").exists()
    )
    first, _ = place_now(key="k1", **ask)
    second, _ = place_now(key="k1", **ask)
    assert first.id == second.id and Case.objects.count() == 1 and first.summary["accepted"] == 1
    with pytest.raises(Refusal) as unknown:
        place_now(key="k2", **{**ask, "rows": [{"status": "closed"}]})
    assert unknown.value.code == "field_unknown"


def test_cut_short_anywhere_it_goes_on_and_places_nothing_twice(standing, monkeypatch):
    """IM23. The worker dies after a chunk is committed; the next round finishes the rest."""
    from recoup.journeys.place import run as running

    monkeypatch.setattr(running, "CHUNK", 2)
    text = (
        HEAD
        + "".join(
            f"Firma {i} GmbH;;DE;F-{i};2026-03-01;2026-04-01;10,5{i};EUR;\n" for i in range(8)
        )
        + BAD
    )
    placement = sent(standing, text)
    confirm(placement=placement, by=standing.by, at=AT)
    for nth in ("1", "2"):
        monkeypatch.setenv("RECOUP_FAULT", f"placement.chunk_placed:raise:{nth}")
        monkeypatch.setattr("recoup.kernel.faults._seen", {})
        with pytest.raises(RuntimeError):
            run_placement(agency=standing.house.agency, placement=placement.id, at=AT)
    assert 0 < Case.objects.count() < 8
    monkeypatch.delenv("RECOUP_FAULT")
    run_placement(agency=standing.house.agency, placement=placement.id, at=AT)
    placement.refresh_from_db()
    assert (placement.state, placement.summary["accepted"], placement.summary["rejected"]) == (
        "done",
        8,
        2,
    )
    assert Case.objects.count() == 8 and ClaimLine.objects.count() == 8
    assert PlacedRow.objects.filter(placement=placement).count() == placement.rows == placement.done
    run_placement(agency=standing.house.agency, placement=placement.id, at=AT)
    assert (
        Case.objects.count() == 8
        and Message.objects.filter(key__startswith="placement-taken").count() == 1
    )
