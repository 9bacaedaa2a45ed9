"""PF03: of two who change the same thing the second sees what the first has entered, and chooses."""

from typing import Any

from django.urls import reverse

from recoup.cases.models import Assignment, Case
from recoup.cases.tests.cast import sign_up, submit
from recoup.web.client.tests.test_pages import logged_in, text
from recoup.web.desk.tests.cast import at_work


def test_pf03_the_second_correction_sees_the_first_and_may_replace_it(house: Any) -> None:
    case = submit(sign_up(house))
    browser = logged_in(sign_up_member(case))
    url = reverse("client:act", args=[case.number])
    page = browser.get(url).content.decode()
    assert 'name="seen_reference"' in page
    sent = {"act": "correct", "seen_reference": case.client_reference, "seen_dispute": "False"}
    assert browser.post(url, sent | {"client_reference": "PO 1"}).status_code == 302
    second = browser.post(url, sent | {"client_reference": "PO 2"})
    assert second.status_code == 422 and "has entered “PO 1”" in text(second)
    assert 'value="PO 2"' in second.content.decode(), "nothing typed is lost"
    assert 'name="seen_reference" value="PO 1"' in second.content.decode()
    case.refresh_from_db()
    assert case.client_reference == "PO 1"
    again = sent | {"client_reference": "PO 2", "seen_reference": "PO 1"}
    assert browser.post(url, again).status_code == 302
    case.refresh_from_db()
    assert case.client_reference == "PO 2"


def sign_up_member(case: Case) -> Any:
    from recoup.tenancy.models import Member

    return Member.objects.select_related("user").get(client_id=case.client_id).user


def test_pf03_the_same_correction_twice_is_one(house: Any) -> None:
    case = submit(sign_up(house))
    browser = logged_in(sign_up_member(case))
    sent = {"act": "correct", "seen_reference": "", "seen_dispute": "False", "client_reference": "PO 1"}  # fmt: skip
    for _ in range(2):
        assert browser.post(reverse("client:act", args=[case.number]), sent).status_code == 302


def test_pf03_a_case_given_away_meanwhile_is_not_given_away_unseen(house: Any) -> None:
    case = at_work(sign_up(house))
    first, second = house.members["collector"], house.members["supervisor"]
    browser = logged_in(second.user)
    url = reverse("desk:assign", args=[case.number])
    was = str(case.collector_id or "")
    before = Assignment.objects.filter(case=case).count()
    sent = {"assign-key": first.id, "assign-collector": second.id, "assign-seen": was}
    browser.post(url, sent)
    case.refresh_from_db()
    assert case.collector_id == second.id
    late = browser.post(url, sent | {"assign-collector": first.id}, follow=True)
    assert "Meanwhile the case has been given to" in text(late)
    case.refresh_from_db()
    assert case.collector_id == second.id
    browser.post(url, sent | {"assign-collector": first.id, "assign-seen": str(second.id)})
    case.refresh_from_db()
    assert case.collector_id == first.id and Assignment.objects.filter(case=case).count() == before + 2  # fmt: skip
