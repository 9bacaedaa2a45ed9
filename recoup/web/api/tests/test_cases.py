"""Cases through the API: handed over once, read, changed, with the same sentences as the pages."""

from recoup.cases.models import Case
from recoup.cases.tests.cast import at_work, line
from recoup.tenancy.context import scope
from recoup.web.api.tests.cast import World, asked, caller


def test_a_case_is_submitted_and_read(world: World) -> None:
    made = world.ask.post("/cases", asked())
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    read = world.ask.get(f"/cases/{number}")
    assert read.status_code == 200
    assert read.json() == made.json() and read["ETag"] == made["ETag"]
    assert read.json()["claimed"] == {"amount": "1250.00", "currency": "EUR"}
    assert read.json()["next_step"].startswith("An account manager reviews")
    listed = world.ask.get("/cases").json()
    assert [row["number"] for row in listed["items"]] == [number, world.case.number]


def test_the_same_key_and_body_make_one_case_and_the_same_answer(world: World) -> None:
    body = asked()
    first = world.ask.post("/cases", body, Idempotency_Key="a")
    again = world.ask.post("/cases", body, Idempotency_Key="a")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content and again["ETag"] == first["ETag"]
    assert again["Idempotent-Replayed"] == "true"
    with scope(world.house.id):  # type: ignore[arg-type]
        assert Case.objects.count() == 2


def test_the_same_key_with_another_body_or_address_is_refused(world: World) -> None:
    world.ask.post("/cases", asked(), Idempotency_Key="a")
    for path, body in (("/cases", asked()), ("/placements", {"cases": [asked()]})):
        other = world.ask.post(path, body, Idempotency_Key="a")
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_refusal_is_remembered_too(world: World) -> None:
    body = asked(lines=[{"ref": "X", "due_on": "2026-02-30", "amount": "1.00"}])
    first = world.ask.post("/cases", body, Idempotency_Key="a")
    assert (first.status_code, first.json()["code"]) == (422, "day_unknown")
    assert first.json()["detail"] == "lines.0.due_on: there is no day 2026-02-30."
    assert world.ask.post("/cases", body, Idempotency_Key="a").content == first.content


def test_the_sentence_is_the_pages_sentence_in_the_readers_language(world: World) -> None:
    body = asked()
    body["debtor"]["business"] = False
    said = world.ask.post("/cases", body, Accept_Language="sv").json()
    from django.utils import translation
    from django.utils.translation import gettext

    from recoup.parties.rules import SAID_CONSUMER

    with translation.override("sv"):
        assert said["detail"] == gettext(SAID_CONSUMER) != SAID_CONSUMER
    assert (said["code"], said["status"]) == ("consumer", 422)


def test_eligibility_says_what_would_happen_and_leaves_nothing(world: World) -> None:
    said = world.ask.post("/eligibility", asked()).json()
    assert (
        said["eligible"] and said["jurisdiction"] == "DE" and said["claimed"]["amount"] == "1250.00"
    )
    assert {f["code"] for f in said["findings"]} >= {"documents_missing", "business_debtor"}
    dear = asked(currency="KWD")
    assert world.ask.post("/eligibility", dear).json()["problem"]["code"] == "currency_not_in_card"
    with scope(world.house.id):  # type: ignore[arg-type]
        assert Case.objects.count() == 1


def test_many_cases_each_for_itself(world: World) -> None:
    """HOSTILE AP23: item 1 is bad; it is named by its place, the others are taken."""
    bad = asked()
    bad["debtor"]["vat_number"] = "DE000000000"
    cases = [asked(), bad, asked()]
    said = world.ask.post("/placements", {"cases": cases}).json()
    assert (said["accepted"], said["refused"]) == (2, 1)
    assert [row["index"] for row in said["results"]] == [0, 1, 2]
    assert said["results"][1]["problem"]["code"] == "number_invalid"
    with scope(world.house.id):  # type: ignore[arg-type]
        assert Case.objects.count() == 3


def test_amending_needs_the_state_that_was_read(world: World) -> None:
    path = f"/cases/{world.case.number}"
    tag = world.ask.get(path)["ETag"]
    changed = world.ask("PATCH", path, {"client_reference": "PO 7"}, If_Match=tag)
    assert changed.status_code == 200 and changed.json()["client_reference"] == "PO 7"
    late = world.ask("PATCH", path, {"client_reference": "PO 8"}, If_Match=tag)
    assert (late.status_code, late.json()["code"]) == (412, "match_failed")
    assert world.ask("PATCH", path, {"client_reference": "PO 8"}, If_Match=changed["ETag"]).status_code == 200  # fmt: skip


def test_what_is_unchanged_is_not_sent_again(world: World) -> None:
    first = world.ask.get(f"/cases/{world.case.number}")
    again = world.ask.get(f"/cases/{world.case.number}", If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_a_credit_note_a_hold_and_a_withdrawal(world: World) -> None:
    path = f"/cases/{world.case.number}"
    noted = world.ask.post(
        f"{path}/credit-notes", {"ref": "CN-1", "amount": "200.00", "on": "2026-11-01"}
    )
    assert noted.status_code == 201 and noted.json()["claimed"]["amount"] == "1000.00"
    held = world.ask.post(f"{path}/holds", {"because": "We talk to them", "until": "2026-12-24"})
    assert held.status_code == 201
    twice = world.ask.post(f"{path}/holds", {"because": "Again"})
    assert (twice.status_code, twice.json()["code"]) == (409, "hold_stands_already")
    lifted = world.ask.post(f"{path}/holds/{held.json()['id']}/lift", {"because": "Done"})
    assert lifted.status_code == 200
    gone = world.ask.post(f"{path}/withdrawal", {"because": "They paid"})
    assert gone.status_code == 200 and gone.json()["stage"] == "closed", gone.content
    late = world.ask.post(f"{path}/withdrawal", {"because": "They paid"})
    assert (late.status_code, late.json()["code"]) == (409, "case_not_open")


def test_a_credit_note_on_a_case_that_is_worked_names_its_invoice(world: World) -> None:
    with scope(world.house.id):  # type: ignore[arg-type]
        case = at_work(world.standing, key="w", lines=[line("RE-9")])
    path = f"/cases/{case.number}/credit-notes"
    said = {
        "ref": "CN-9",
        "amount": "200.00",
        "on": "2026-11-01",
        "invoice": "RE-9",
        "because": "Broken",
    }
    noted = world.ask.post(path, said)
    assert noted.status_code == 201 and noted.json()["claimed"]["amount"] == "1000.00", (
        noted.content
    )
    wrong = world.ask.post(path, said | {"ref": "CN-10", "invoice": "RE-10"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invoice_unknown")
    dear = world.ask.post(path, said | {"ref": "CN-11", "amount": "9999.00"})
    assert (dear.status_code, dear.json()["code"]) == (422, "credit_too_large")


def test_the_story_of_a_case_is_told_and_internal_matters_are_not(world: World) -> None:
    said = world.ask.get(f"/cases/{world.case.number}/timeline").json()["items"]
    assert [row["kind"] for row in said] == ["CaseSubmitted"]
    assert "Müller Logistik GmbH" in said[0]["sentence"]
    house = caller(world.house)
    kinds = {r["kind"] for r in house.get(f"/cases/{world.case.number}/timeline").json()["items"]}
    assert "TaskAdded" in kinds


def test_pages_follow_one_another_without_gap_or_double(world: World) -> None:
    world.ask.post("/placements", {"cases": [asked() for _ in range(5)]})
    seen, cursor = [], ""
    while cursor is not None:
        page = world.ask.get(f"/cases?limit=2{f'&cursor={cursor}' if cursor else ''}").json()
        seen += [row["number"] for row in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 6


ODD = '=HYPERLINK("http://x","y") <script>alert(1)</script> {{7*7}} O\'Brien & Söhne GmbH %s {0} $1'


def test_im25_en05_an_odd_name_is_the_same_byte_for_byte_in_every_answer(world: World) -> None:
    body = asked()
    body["debtor"]["name"] = ODD
    made = world.ask.post("/cases", body)
    assert made.status_code == 201 and made.json()["debtor"]["name"] == ODD
    number = made.json()["number"]
    assert world.ask.get(f"/cases/{number}").json()["debtor"]["name"] == ODD
    listed = world.ask.get("/cases")
    assert ODD in [row["debtor"]["name"] for row in listed.json()["items"]]
    assert listed.headers["Content-Type"].startswith("application/json")
    story = world.ask.get(f"/cases/{number}/timeline").json()["items"]
    assert any(ODD in row["sentence"] for row in story)


def test_en08_a_text_that_stands_for_nothing_is_refused(world: World) -> None:
    body = asked(client_reference="PO\ue000 7")
    refused = world.ask.post("/cases", body)
    assert (refused.status_code, refused.json()["code"]) == (400, "json_wrong")
