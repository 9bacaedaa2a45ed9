"""The house's own words at the desk: written by one, looked at on a case, released by another, then used."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from recoup.cases.models import Case, Look, Task
from recoup.contact.models import LetterTemplate
from recoup.contact.operations import authorise, release_template, save_template
from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.journeys.day import run_day
from recoup.kernel.actor import SYSTEM
from recoup.outbox.models import Message
from recoup.paper.tests.reading import squeezed, text_of
from recoup.payments.tests.cast import trust_account
from recoup.web.desk.tests.cast import AT, TODAY, at_work, logged_in, sign_up

pytestmark = pytest.mark.django_db
WHERE = {"kind": "notice", "medium": "letter", "language": "de", "country": ""}


@pytest.fixture
def case(house: Any) -> Case:
    trust_account(house.agency)
    case = at_work(sign_up(house))
    case.debtor.language = "de"
    case.debtor.save()
    return case


def post(browser: Any, **said: str) -> Any:
    """The page's own fields with some changed, as a browser sends them."""
    page = browser.get(reverse("desk:template_edit"), WHERE)
    given = {
        f"text-{f['key']}": f["text"] for f in (*page.context["fields"], *page.context["labels"])
    }
    return browser.post(reverse("desk:template_edit"), {**WHERE, **given, **said})


def test_one_writes_another_releases_and_letters_are_written_in_it(house: Any, case: Case) -> None:
    writer, releaser = logged_in(house, "account_manager"), logged_in(house, "legal_officer")
    answer = post(writer, **{"text-letter.salutation": "Guten Tag {debtor},", "case": case.number})
    draft = LetterTemplate.objects.get()
    assert answer.url == reverse("desk:template", args=[draft.id]) + f"?case={case.number}"
    assert draft.texts == {"letter.salutation": "Guten Tag {debtor},"}
    page = writer.get(answer.url).content.decode()
    assert "somebody else releases it" in page
    picture = writer.get(reverse("desk:template_picture", args=[draft.id, case.number]))
    assert picture.content.startswith(b"\x89PNG")
    paper = writer.get(reverse("desk:template_pdf", args=[draft.id, case.number]))
    assert squeezed(f"Guten Tag {case.debtor.name},") in squeezed(text_of(paper.content))
    release = reverse("desk:template_release", args=[draft.id])
    # The desk's clock is the machine's: in force from that day on.
    writer.post(release, {"act": "release", "valid_from": "2099-01-01"})
    assert LetterTemplate.objects.get().state == "draft"
    releaser.post(release, {"act": "release", "valid_from": "2099-01-01"})
    draft.refresh_from_db()
    assert (draft.state, draft.released_by) == ("released", "Legal Officer")


def test_the_day_run_writes_in_the_version_of_the_day_and_the_message_keeps_it(
    house: Any, case: Case
) -> None:
    version = released(house, {"letter.salutation": "Guten Tag {debtor},"})
    mail = released(house, {"mail.subject": "Wichtig: {title}"}, medium="email")
    run_day(agency=house.agency, on=TODAY, by=SYSTEM, at=AT)
    by_channel = {m.channel: m.payload for m in Message.objects.filter(gated=True)}
    assert by_channel["letter"]["template"] == str(version)
    assert by_channel["email"]["template"] == str(mail)
    assert by_channel["email"]["subject"] == "Wichtig: Zahlungsaufforderung"
    document = Document.objects.get(kind="letter")
    text = squeezed(text_of(content_of(document)))
    assert squeezed(f"Guten Tag {case.debtor.name},") in text
    assert by_channel["letter"]["paper_id"] in text_of(content_of(document))
    with pytest.raises(DatabaseError), transaction.atomic():
        LetterTemplate.objects.filter(id=version.id).update(texts={})


def released(
    house: Any, texts: dict[str, str], medium: str = "letter", country: str = "", **more: Any
) -> LetterTemplate:
    made = save_template(
        agency=house.id, kind="notice", medium=medium, language="de", country=country, texts=texts,
        legal={}, by=house.actor("account_manager"), at=AT - timedelta(days=1), **more,
    )  # fmt: skip
    return release_template(
        template=made,
        valid_from=AT.date(),
        by=house.actor("legal_officer"),
        at=AT - timedelta(hours=1),
    )


def test_what_is_wrong_stands_at_its_sentence_and_nothing_is_lost(house: Any, case: Case) -> None:
    browser = logged_in(house, "account_manager")
    answer = post(browser, **{"text-letter.greeting": "{{ settings.SECRET_KEY }}"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "gaps are written as" in page
    assert "settings.SECRET_KEY" in page and not LetterTemplate.objects.exists()


def test_a_version_for_a_country_is_not_released_without_what_its_law_wants(house: Any) -> None:
    made = save_template(
        agency=house.id, kind="notice", medium="letter", language="en", country="FR", texts={}, legal={},
        by=house.actor("account_manager"), at=AT,
    )  # fmt: skip
    releaser = logged_in(house, "legal_officer")
    url = reverse("desk:template_release", args=[made.id])
    page = releaser.post(url, {"act": "release", "valid_from": "2099-01-01"}, follow=True)
    assert "CPCE R124-4" in page.content.decode()
    made.refresh_from_db()
    assert made.state == "draft"


def test_a_letter_that_would_not_say_it_is_not_written_and_a_person_is_asked(house: Any) -> None:
    trust_account(house.agency)
    case = at_work(sign_up(house), jurisdiction="FR")
    run_day(agency=house.agency, on=TODAY, by=SYSTEM, at=AT)
    assert not Message.objects.filter(gated=True).exclude(state="cancelled").exists()
    task = Task.objects.get(case=case, kind="ask")
    assert "France" in task.sentence or "%(country)s" in task.sentence
    assert "L111-8" in task.params["missing"]


def test_lt03_a_missing_value_makes_no_letter_and_a_task(house: Any, case: Case) -> None:
    released(house, {"letter.greeting": "Rufen Sie an: {collector_phone}"})
    house.agency.phone = ""
    house.agency.save()
    run_day(agency=house.agency, on=TODAY, by=SYSTEM, at=AT)
    assert not Document.objects.filter(kind="letter").exists()
    assert Task.objects.get(case=case, kind="ask").key.startswith(
        f"ask:{case.number}:value_missing"
    )


def test_words_that_announce_a_lawyer_need_somebody_to_have_authorised_it(
    house: Any, case: Case
) -> None:
    released(house, {"letter.greeting": "Danach klagt unser Anwalt."}, announces="lawyer")
    run_day(agency=house.agency, on=TODAY, by=SYSTEM, at=AT)
    assert not Document.objects.filter(kind="letter").exists()
    assert Task.objects.get(case=case, kind="ask").key.startswith(f"ask:{case.number}:no_authority")
    authorise(client=case.client, threat="lawyer", because="by e-mail of 1 Nov", by=SYSTEM, at=AT)
    later = AT + timedelta(days=1)
    Look.objects.filter(case_id=case.id).update(day=later.date())
    run_day(agency=house.agency, on=later.date(), by=SYSTEM, at=later)
    assert Document.objects.filter(kind="letter").exists()


def test_the_pages_ask_a_constant_number_of_questions(
    house: Any, case: Case, django_assert_max_num_queries: Any
) -> None:
    released(house, {"letter.greeting": "Gruß"})
    browser = logged_in(house, "account_manager")
    for url in (reverse("desk:templates"), reverse("desk:template_edit")):
        browser.get(url)
        with django_assert_max_num_queries(14):
            assert browser.get(url).status_code == 200
