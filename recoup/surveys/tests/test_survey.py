"""Surveys: asked once at the end of a case, answered once, counted only as answered."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser

from recoup.cases.tests.cast import AT, at_work, line, sign_up
from recoup.journeys.close import close_with_report
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.surveys.models import Survey
from recoup.surveys.operations import answer_survey
from recoup.surveys.queries import satisfaction
from recoup.tenancy.context import scope


@pytest.fixture
def ended(house):
    standing = sign_up(house)
    cases = [at_work(standing, lines=[line(f"RE-{n}")], key=str(n)) for n in range(3)]
    for case in cases:
        close_with_report(agency=house.agency, case=case, code="uncollectable", because="x", by=SYSTEM, at=AT)  # fmt: skip
    return cases


def test_the_figure_is_of_real_answers_only(house, ended):
    before = satisfaction(house.id, AT - timedelta(days=1))
    assert (before.asked, before.answered, before.mean) == (3, 0, None)
    one, two, _ = Survey.objects.order_by("id")
    answer_survey(survey=one, mark=5, comment="", by=SYSTEM, at=AT)
    answer_survey(survey=two, mark=2, comment="Too slow", by=SYSTEM, at=AT)
    after = satisfaction(house.id, AT - timedelta(days=1))
    assert (after.asked, after.answered, after.mean) == (3, 2, Decimal("3.5"))
    with pytest.raises(Refusal) as caught:
        answer_survey(survey=one, mark=1, comment="", by=SYSTEM, at=AT)
    assert caught.value.code == "survey_answered"


def test_the_closing_mails_link_opens_it_once_and_a_wrong_one_is_404(house, ended):
    message = Message.objects.filter(key__startswith="case-closed").first()
    path = re.search(r"/survey/[\w-]+/", message.payload["text"])[0]
    Survey.objects.update(expires_at=AT + timedelta(days=3650))
    browser = Browser()
    assert browser.get(path).status_code == 200
    assert browser.post(path, {"comment": "x"}).status_code == 422
    assert browser.post(path, {"mark": "4", "comment": "Good"}).status_code == 200
    browser.post(path, {"mark": "1"})
    assert browser.get("/survey/" + "x" * 32 + "/").status_code == 404
    with scope(house.id):
        assert list(Survey.objects.exclude(mark=None).values_list("mark", flat=True)) == [4]
