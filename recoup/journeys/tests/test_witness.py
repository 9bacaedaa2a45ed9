"""The chain's head goes out of the house once a day, to each address that was named."""

from datetime import timedelta

from recoup.cases.tests.cast import AT
from recoup.eventlog.heads import publish_head, published_heads
from recoup.eventlog.operations import record, seal_waiting
from recoup.journeys.witness import mail_head
from recoup.kernel.actor import SYSTEM
from recoup.outbox.models import Message

TO = ("notary@witness.example", "auditor@witness.example")


def test_the_head_goes_to_each_address_once_a_day_with_its_place_and_hash(
    house, settings, tmp_path
):
    settings.HEADS_ROOT, settings.HEADS_COPY = str(tmp_path), ""
    assert mail_head(agency=house.agency, addresses=TO, at=AT) == 0, "nothing is sealed yet"
    record(agency=house.id, kind="NoteAdded", by=SYSTEM, at=AT)
    seal_waiting(agency=house.id)
    publish_head(agency=house.id, at=AT)
    head = published_heads(house.id)[-1]
    for hours in (0, 3):
        assert mail_head(agency=house.agency, addresses=TO, at=AT + timedelta(hours=hours)) == 2
    sent = list(Message.objects.filter(payload__template="head").order_by("recipient"))
    assert [m.recipient for m in sent] == sorted(TO), "once a day"
    assert all(head.hash in str(m.payload) and str(head.seq) in str(m.payload) for m in sent)
    mail_head(agency=house.agency, addresses=TO, at=AT + timedelta(days=1))
    assert Message.objects.filter(payload__template="head").count() == 4
