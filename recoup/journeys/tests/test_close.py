"""A case ends: the report with its advice, and the certificate for the client's books."""

from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings

from recoup.cases.tests.cast import AT, at_work, line, sign_up
from recoup.contact.models import ContactAttempt
from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.journeys.close import close_with_report
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.paper.seal import ensure_seal_keys, verify_seal
from recoup.paper.tests.reading import squeezed, text_of
from recoup.payments.operations.allocate import report_direct_payment


@pytest.fixture
def case(house: Any) -> Any:
    made = at_work(sign_up(house), lines=[line("RE-1", "1200.00")])
    report_direct_payment(case=made, amount=Money(Decimal("250.00"), "EUR"), on=AT.date(), by=SYSTEM, at=AT)  # fmt: skip
    return made


def close(house: Any, case: Any, code: str) -> None:
    close_with_report(agency=house.agency, case=case, code=code, because="as seen", by=SYSTEM, at=AT)  # fmt: skip


def tried(case: Any, *channels: str) -> None:
    for channel in channels:
        ContactAttempt.objects.create(
            agency_id=case.agency_id, case=case, client_id=case.client_id, step="x", channel=channel, made_at=AT,
            outcome="no_answer", by_name="t",
        )  # fmt: skip


def test_who_was_not_sought_is_not_untraceable_and_nothing_has_changed(house: Any, case: Any) -> None:  # fmt: skip
    with pytest.raises(Refusal, match="fewer than two ways"):
        close(house, case, "untraceable")
    case.refresh_from_db()
    assert case.stage == "contact" and not Document.objects.filter(case_id=case.id, kind="closing_report").exists()  # fmt: skip


def test_a_claim_written_off_gets_advice_and_a_sealed_certificate(house: Any, case: Any) -> None:
    tried(case, "call", "letter")
    close(house, case, "untraceable")
    papers = {d.kind: d for d in Document.objects.filter(case_id=case.id)}
    report = squeezed(text_of(content_of(papers["closing_report"])))
    assert squeezed("Vi råder er att skriva av fordran och låta bevaka registret") in report  # fmt: skip
    content = content_of(papers["certificate"])
    said = squeezed(text_of(content))
    # 250.00 went to costs, interest and compensation first, as the law of the case orders.
    assert squeezed("RE-1") in said and squeezed("Ej influtet kapital") in said
    trust = ensure_seal_keys(settings.SECRETS_ROOT, organisation="x", at=AT).trust
    assert verify_seal(content, trust=trust).ok
    message = Message.objects.get(key__startswith="case-closed")
    assert message.payload["attachments"] == [str(papers["closing_report"].id), str(papers["certificate"].id)]  # fmt: skip


def test_who_takes_the_claim_back_gets_no_certificate(house: Any, case: Any) -> None:
    close(house, case, "withdrawn")
    assert not Document.objects.filter(case_id=case.id, kind="certificate").exists()
