"""E-mails to a client and its people, in the language that they read."""

import pytest

from recoup.cases.tests.cast import AT, sign_up
from recoup.journeys.mail import mail_person

SUBJECT = "We have received case %(number)s"


@pytest.mark.parametrize("written", ["zh-Hant", "zh-hant", "zh-Hans", "zh-hans"])
def test_a_reader_of_chinese_is_written_to_in_chinese(house, written):
    """An account keeps its language in small letters (`zh-hant`), an agreement as BCP 47 has it (`zh-Hant`)."""
    sign_up(house)
    message = mail_person(
        agency=house.agency, recipient="ada@harbour.example", language=written, key=f"k:{written}", template="t",
        subject=SUBJECT, paragraphs=[], params={"number": "R-1"}, at=AT,
    )  # fmt: skip
    assert message.payload["language"].lower() == written.lower()
    assert any("\u4e00" <= sign <= "\u9fff" for sign in message.payload["subject"])


def test_who_reads_a_language_that_nothing_is_written_in_reads_english(house):
    sign_up(house)
    message = mail_person(
        agency=house.agency, recipient="k@kunde.example", language="fi", key="k", template="t",
        subject=SUBJECT, paragraphs=[], params={"number": "R-1"}, at=AT,
    )  # fmt: skip
    assert message.payload["language"] == "en"
