"""A debtor found again though it is written differently, in Latin and Chinese letters, and who belongs to whom."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from recoup.cases.models import Case
from recoup.cases.tests.cast import AT, line, sign_up, submit
from recoup.journeys.accept_and_assign import findings_of
from recoup.journeys.same_debtor import Said, candidates, likeness, said_by
from recoup.kernel.actor import SYSTEM
from recoup.parties.models import Debtor, Relation
from recoup.parties.operations import find_or_add_debtor
from recoup.parties.queries import related_to
from recoup.web.client.tests.test_drafts import save
from recoup.web.client.tests.test_pages import logged_in, text
from recoup.web.client.tests.test_submit import KEY

KNOWN = Debtor(
    name="Kaufhaus Müller GmbH", country="DE", vat_number="DE136695976", postcode="50667", city="Köln",
    address=["Hohe Straße 1"], email="buch@kaufhaus.example", phone="+49 221 1234567",
)  # fmt: skip
HAN = Debtor(name="星河電子有限公司", country="HK", registration_number="1234567", city="九龍")


PAGE = (Path(__file__).parents[3] / "docs/algorithms/same-debtor.md").read_text("utf-8")
NAMES = {"A": KNOWN, "B": HAN}
TABLE = re.findall(r"^\| ([AB]) \| `(.+?)` \| (\d+) \| (.*?)\|$", PAGE, re.MULTILINE)
CODES = {"vat": "vat_number", "register": "registration_number"}


def as_said(text: str) -> Said:
    name, country, *more = text.split(", ")
    parts = dict(one.split(" ", 1) for one in more)
    return Said(name, country, **{CODES.get(key, key): value for key, value in parts.items()})


@pytest.mark.parametrize(("known", "text", "score", "because"), TABLE)
def test_the_worked_table(known, text, score, because):
    assert likeness(as_said(text), NAMES[known]) == (
        int(score),
        tuple(because.replace(",", "").split()),
    )


def test_the_table_is_read_and_its_known_ones_are_those_of_this_file():
    assert len(TABLE) == 18
    for letter, described in re.findall(r"([AB]): `(.+?)`", PAGE):
        assert as_said(described) == said_by(NAMES[letter])


def test_candidates_are_found_in_the_database_by_name_in_both_scripts(house):
    for name, land in (
        ("Kaufhaus Müller GmbH", "DE"),
        ("Norddeutsche Werft AG", "DE"),
        ("星河電子有限公司", "HK"),
    ):
        find_or_add_debtor(agency=house.id, name=name, country=land, city="X", by=SYSTEM, at=AT)

    def names(*said):
        return [c.debtor.name for c in candidates(agency=house.id, said=Said(*said))]

    assert names("Kaufhaus Muller", "DE") == ["Kaufhaus Müller GmbH"]
    assert names("Kaufhuas Müller GmbH", "DE") == ["Kaufhaus Müller GmbH"]
    assert names("星河电子有限公司", "HK") == ["星河電子有限公司"]
    assert names("Ganz Anders AG", "DE") == []


@pytest.fixture
def standing(house):
    return sign_up(house)


@pytest.fixture
def desk(standing):
    return logged_in(standing.house.members["account_manager"].user)


def written_twice(standing):
    """The known debtor of an earlier case, and a case against it as another row."""
    submit(standing, line("RE-1"), key="first")
    other = find_or_add_debtor(agency=standing.house.id, name="Muller Logistic GmbH", country="DE", city="Hamburg",
                               email="buchhaltung@mueller.example", by=SYSTEM, at=AT)  # fmt: skip
    return submit(standing, line("RE-2"), key="second", debtor=other)


def test_one_click_takes_the_known_debtor(standing, desk):
    case = written_twice(standing)
    page = reverse("desk:review", args=[case.number])
    shown = text(desk.get(page))
    assert "Perhaps known already" in shown and "the same e-mail address" in shown
    desk.post(reverse("desk:same_debtor", args=[case.number]), {"debtor": str(standing.debtor.id)})
    assert Case.objects.get(id=case.id).debtor_id == standing.debtor.id
    assert (
        desk.post(
            reverse("desk:same_debtor", args=[case.number]), {"debtor": "nonsense"}
        ).status_code
        == 404
    )


def test_the_same_invoice_is_not_moved_into_a_double(standing, desk):
    case = written_twice(standing)
    double = submit(standing, line("RE-1"), key="double", debtor=case.debtor)
    desk.post(
        reverse("desk:same_debtor", args=[double.number]), {"debtor": str(standing.debtor.id)}
    )
    assert Case.objects.get(id=double.id).debtor_id != standing.debtor.id


def test_related_debtors_are_linked_and_count_for_conflicts(standing, desk):
    case = written_twice(standing)
    url = reverse("desk:same_debtor", args=[case.number])
    for _ in range(2):
        desk.post(url, {"debtor": str(standing.debtor.id), "kind": "group"})
    assert Relation.objects.count() == 1
    assert [one for one, _kind in related_to(case.debtor)] == [standing.debtor]
    assert "Belongs together with" in text(desk.get(reverse("desk:review", args=[case.number])))
    codes = {f.code for f in findings_of(case, AT.date())}
    assert "no_conflict" in codes
    Debtor.objects.filter(id=standing.debtor.id).update(
        country="SE", registration_number=standing.client.registration_number
    )
    assert "conflict" in {f.code for f in findings_of(Case.objects.get(id=case.id), AT.date())}


def test_a_client_is_offered_its_own_debtors_only_and_takes_one_with_a_click(standing):
    submit(standing, line("RE-1"), key="first")
    other = sign_up(standing.house, "Norra Virke AB", "5560360793")
    url = reverse("client:claim", args=[KEY])
    mine, theirs = logged_in(standing.member.user), logged_in(other.member.user)
    for browser in (mine, theirs):
        save(browser, url, name="Muller Logistic GmbH", vat_number="", postcode="", city="Hamburg")
    assert "Müller Logistik GmbH" not in text(theirs.get(url))
    shown = mine.get(url)
    assert "You have cases against a company like this" in text(
        shown
    ) and "Müller Logistik GmbH" in text(shown)
    mine.post(url, {"do": "take", "debtor": str(standing.debtor.id)})
    page = mine.get(url).content.decode()
    assert 'value="DE136695976"' in page and 'value="R-1001"' in page, "the rest stays"
