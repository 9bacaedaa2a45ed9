"""The outbox over a real SMTP conversation and into the letterbox's folder."""

import json
import smtplib
import threading
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.db import IntegrityError, transaction

from recoup.cases.models import Task
from recoup.cases.tests.cast import at_work, sign_up
from recoup.contact.channels import standard_channels
from recoup.contact.channels.refused import CannotSend, TryLater
from recoup.contact.door import NoPermit, Pass, opened
from recoup.contact.operations import own_mail, permit_message
from recoup.contact.rules import PERMITTED, denied
from recoup.eventlog.models import Event
from recoup.files.operations import keep, path_of
from recoup.jobs import dispatch
from recoup.jobs.dispatch import BACKOFF, MOST_ATTEMPTS, work_outbox
from recoup.jobs.tests.mail import caught, free_port, post_office
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.outbox.models import Message
from recoup.outbox.operations import LEASE, cancel, claim, next_due, queue, settle
from recoup.tenancy.context import scope
from tests.cast import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def places(tmp_path, settings):
    settings.MAIL_ROOT = tmp_path / "mail"
    settings.LETTERS_ROOT = tmp_path / "letters"
    settings.MAIL_CATCHER = True
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return tmp_path


@pytest.fixture
def office(places, settings):
    made = post_office(settings.MAIL_ROOT)
    settings.EMAIL_PORT = made.port
    yield made
    made.stop()


def mail(house, key="one", subject="Hello", **more):
    payload = {"subject": subject, "text": "Line one.\nLine two.", "attachments": []} | more
    return queue(agency=house.id, channel="email", key=key, recipient="eva@client.example", payload=payload,
                 at=NOW, gated=False)  # fmt: skip


def letter(house, key="letter"):
    paper = keep(agency=house.id, content=b"%PDF " + key.encode(), name="l.pdf", media_type="application/pdf",
                 kind="letter", by=SYSTEM, at=NOW)  # fmt: skip
    payload = {"document": str(paper.id), "sha256": paper.sha256}
    return queue(agency=house.id, channel="letter", key=key, recipient="Müller GmbH, Hamburg", payload=payload,
                 at=NOW, gated=False)  # fmt: skip


def state(message):
    message.refresh_from_db()
    return message.state


def read(path):
    return message_from_bytes(path.read_bytes(), policy=default)


def test_an_email_arrives_with_its_attachment_and_names_itself(house, office, settings):
    paper = keep(agency=house.id, content=b"%PDF-x", name="Mahnung.pdf", media_type="application/pdf",
                 kind="letter", by=SYSTEM, at=NOW)  # fmt: skip
    message = mail(house, subject="Fällig – 请付款", attachments=[str(paper.id)])
    assert work_outbox(agency=house.id, now=NOW) == {"sent": 1}
    [path] = caught(settings.MAIL_ROOT)
    got = read(path)
    assert got["Subject"] == "Fällig – 请付款"
    assert got["To"] == "eva@client.example"
    assert state(message) == "sent"
    assert message.provider_ref == got["Message-ID"]
    [attached] = got.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("Mahnung.pdf", b"%PDF-x")
    assert work_outbox(agency=house.id, now=NOW) == {}
    assert Event.objects.filter(kind="MessageSent").count() == 1


def test_a_letter_lies_in_the_box_with_its_index(house, places, settings):
    message = letter(house)
    assert work_outbox(agency=house.id, now=NOW) == {"sent": 1}
    folder = settings.LETTERS_ROOT / str(house.id)
    assert (folder / f"{message.id}.pdf").read_bytes() == b"%PDF letter"
    index = json.loads((folder / f"{message.id}.json").read_text())
    assert index["to"] == "Müller GmbH, Hamburg"
    assert {p.suffix for p in folder.iterdir()} == {".pdf", ".json"}


def test_a_damaged_or_missing_document_is_never_sent(house, places, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"  # others at work beside us would mend the damage
    message = letter(house)
    path_of(message.payload["sha256"]).write_bytes(b"something else")
    assert work_outbox(agency=house.id, now=NOW) == {"failed": 1}
    assert "does not match" in Message.objects.get(id=message.id).outcome["because"]


def test_an_unknown_recipient_is_refused_for_good(house, office, settings):
    office.handler.at_recipient = ["550 No such user"]
    message = mail(house)
    assert work_outbox(agency=house.id, now=NOW) == {"failed": 1}
    assert state(message) == "failed"
    assert "550" in message.outcome["because"]
    assert work_outbox(agency=house.id, now=NOW + timedelta(days=1)) == {}
    assert not caught(settings.MAIL_ROOT)


@pytest.mark.parametrize("where", ["at_recipient", "at_data"])
def test_a_busy_server_is_tried_again_with_growing_pauses(house, office, settings, where):
    setattr(office.handler, where, ["451 Greylisted"] * 2)
    message = mail(house)
    assert work_outbox(agency=house.id, now=NOW) == {"ready": 1}
    message.refresh_from_db()
    assert (message.due_at, message.doubt) == (NOW + BACKOFF[0], False)
    assert work_outbox(agency=house.id, now=NOW + BACKOFF[0] / 2) == {}
    assert work_outbox(agency=house.id, now=NOW + BACKOFF[0]) == {"ready": 1}
    later = NOW + BACKOFF[0] + BACKOFF[1]
    assert work_outbox(agency=house.id, now=later) == {"sent": 1}
    assert len(caught(settings.MAIL_ROOT)) == 1


def test_an_unreachable_server_is_given_up_after_five_times(house, places, settings):
    settings.EMAIL_PORT = free_port()
    settings.MAIL_CATCHER = False
    message, at = mail(house), NOW
    for n in range(MOST_ATTEMPTS):
        assert work_outbox(agency=house.id, now=at) == {
            "ready" if n < MOST_ATTEMPTS - 1 else "failed": 1
        }
        at += max(BACKOFF)
    assert state(message) == "failed", "certainly not taken, so never unclear"


def test_a_line_that_breaks_after_the_message_leaves_doubt_and_is_asked(house, office, settings):
    """The catcher can be asked: it kept the message before it said 'try later'. Nothing doubles."""

    message = mail(house)
    channels = standard_channels()
    original = channels["email"].hand_over

    def breaks(taken):
        original(taken)
        raise TimeoutError

    channels["email"].hand_over = breaks
    assert work_outbox(agency=house.id, now=NOW, channels=channels) == {"ready": 1}
    message.refresh_from_db()
    assert message.doubt
    assert work_outbox(agency=house.id, now=NOW + BACKOFF[0]) == {"sent": 1}
    assert len(caught(settings.MAIL_ROOT)) == 1


def test_a_server_that_cannot_be_asked_makes_it_unclear_and_a_task(house, office, settings):
    settings.MAIL_CATCHER = False
    message = mail(house)
    claim(message=message.id, now=NOW)  # a worker took it and died
    after = NOW + LEASE + MINUTE
    assert work_outbox(agency=house.id, now=after) == {"unclear": 1}
    assert state(message) == "unclear"
    assert not caught(settings.MAIL_ROOT), "sent by nobody rather than twice"


def test_a_good_bye_that_fails_takes_back_nothing(house, office, monkeypatch):
    def rude(self):
        self.close()
        raise smtplib.SMTPException("no")

    monkeypatch.setattr(smtplib.SMTP, "quit", rude)
    mail(house)
    assert work_outbox(agency=house.id, now=NOW) == {"sent": 1}


# Header injection ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Müller\r\nBcc: all@evil.example",
        "A\nB",
        "A\x0bB",
        "A\u2028Bcc: x@evil.example",
        "O'Brien, D'Arcy & Söhne <GmbH>",
    ],
)
def test_a_name_never_becomes_a_header(house, office, settings, name):
    mail(house, subject=f"Case against {name}", from_name=name)
    assert work_outbox(agency=house.id, now=NOW) == {"sent": 1}
    got = read(caught(settings.MAIL_ROOT)[0])
    assert got["Bcc"] is None
    assert got["From"].addresses[0].addr_spec == settings.DEFAULT_FROM_EMAIL
    assert len(got["From"].addresses) == 1
    assert got["To"] == "eva@client.example"
    if "GmbH" in name:
        assert got["From"].addresses[0].display_name == name


def test_an_address_with_a_line_break_fails_visibly(house, office, settings):
    mail(house)
    bad = queue(agency=house.id, channel="email", key="bad", recipient="a@b.example\nBcc: c@d.example",
                payload={"subject": "x", "text": "y", "attachments": []}, at=NOW, gated=False)  # fmt: skip
    assert work_outbox(agency=house.id, now=NOW) == {"sent": 1, "failed": 1}
    assert state(bad) == "failed"
    assert len(caught(settings.MAIL_ROOT)) == 1


# The gate at dispatch --------------------------------------------------------------------------


class Slow:
    """A channel with memory."""

    def __init__(self, *raises):
        self.raises, self.took, self.asked = list(raises), [], 0

    def look_up(self, message):
        self.asked += 1
        return message.id.hex if message.id in self.took else False

    def hand_over(self, message):
        if self.raises:
            raise self.raises.pop(0)
        self.took.append(message.id)
        return message.id.hex


def gated(house, key="first_demand:x", case=None):
    return queue(agency=house.id, channel="email", key=key, recipient="d@debtor.example",
                 payload={"subject": "s", "text": "t"}, at=NOW, gated=True,
                 case=case.id if case else None, client=case.client_id if case else None)  # fmt: skip


def test_the_gate_is_asked_again_before_every_new_try(house):
    message, slow, answers = (
        gated(house, case=at_work(sign_up(house))),
        Slow(TryLater("busy")),
        [PERMITTED, denied("nothing_owed", "Paid.")],
    )
    channels = {"email": slow}

    def gate(_message, _now):
        return answers.pop(0)

    assert work_outbox(agency=house.id, now=NOW, channels=channels, gate=gate) == {"ready": 1}
    assert work_outbox(agency=house.id, now=NOW + MINUTE, channels=channels, gate=gate) == {
        "denied": 1
    }
    assert (slow.took, state(message)) == ([], "denied")


def test_in_doubt_the_provider_speaks_first_and_then_the_gate(house):
    case = at_work(sign_up(house))
    arrived, lost, slow = gated(house, "a:1", case), gated(house, "a:2", case), Slow()
    for message in (arrived, lost):
        taken = claim(message=message.id, now=NOW)
        permit_message(message=taken, step="first_demand", facts=None, at=NOW)
    slow.took = [arrived.id]
    after = NOW + LEASE + MINUTE
    done = work_outbox(agency=house.id, now=after, channels={"email": slow},
                       gate=lambda *_: denied("nothing_owed", "Paid."))  # fmt: skip
    assert done == {"sent": 1, "denied": 1}
    assert (state(arrived), state(lost)) == ("sent", "denied")
    assert slow.took == [arrived.id]


def test_what_the_gate_puts_off_is_not_sent_later_with_an_old_deadline(house):
    message = gated(house)
    opens = NOW + timedelta(days=3)
    done = work_outbox(agency=house.id, now=NOW, channels={"email": Slow()},
                       gate=lambda *_: denied("written_today", "Today.", opens))  # fmt: skip
    assert done == {"denied": 1}
    message.refresh_from_db()
    assert message.outcome["earliest_at"] == opens.isoformat()
    assert (
        work_outbox(
            agency=house.id, now=opens, channels={"email": Slow()}, gate=lambda *_: PERMITTED
        )
        == {}
    )


def test_a_message_to_a_client_asks_no_gate(house):
    mail(house)

    def gate(*_):
        raise AssertionError

    assert work_outbox(agency=house.id, now=NOW, channels={"email": Slow()}, gate=gate) == {
        "sent": 1
    }


def test_a_message_without_its_case_is_denied(house):
    gated(house)
    assert work_outbox(agency=house.id, now=NOW, channels={"email": Slow()}) == {"denied": 1}


# One bad message, one slow worker --------------------------------------------------------------


def test_a_message_that_breaks_us_stands_before_no_other_and_is_parked(house):
    bad, good = gated(house), mail(house)

    def gate(*_):
        raise KeyError("poison")

    channels = {"email": Slow()}
    assert work_outbox(agency=house.id, now=NOW, channels=channels, gate=gate) == {
        "broken": 1,
        "sent": 1,
    }
    at = NOW
    for _ in range(MOST_ATTEMPTS):
        at += MINUTE * 2
        work_outbox(agency=house.id, now=at, channels=channels, gate=gate)
    assert (state(bad), state(good)) == ("failed", "sent")
    assert bad.outcome["because"] == "KeyError"


def test_a_channel_nobody_knows_fails_visibly(house):
    queue(
        agency=house.id, channel="pigeon", key="p", recipient="x", payload={}, at=NOW, gated=False
    )
    assert work_outbox(agency=house.id, now=NOW) == {"failed": 1}


def test_a_lease_is_held_until_it_lapses(house):
    message = mail(house)
    first = claim(message=message.id, now=NOW)
    assert claim(message=message.id, now=NOW + LEASE) is None
    assert next_due(agency=house.id, now=NOW + LEASE) == []
    second = claim(message=message.id, now=NOW + LEASE + MINUTE)
    assert (second.fence, second.doubt) == (first.fence + 1, True)


def test_the_slow_worker_comes_too_late_to_write(house):
    message = mail(house)
    first = claim(message=message.id, now=NOW)
    second = claim(message=message.id, now=NOW + LEASE + MINUTE)
    assert not settle(message=message.id, fence=first.fence, state="failed", now=NOW + LEASE)
    assert settle(
        message=message.id, fence=second.fence, state="sent", now=NOW + LEASE, provider_ref="r"
    )
    assert state(message) == "sent"


def test_a_worker_that_slept_past_its_time_hands_nothing_over(house, monkeypatch):
    """Stopped between claim and hand-over, overtaken, woken: the other has sent it, this one must not."""
    message, slow = mail(house), Slow()
    clock = iter([0.0, LEASE.total_seconds() + 1])
    nested = []

    def overtaken():
        now = next(clock)
        if now:  # while this worker slept, another took over and sent
            monkeypatch.setattr(dispatch.time, "monotonic", lambda: 0.0)
            nested.append(
                work_outbox(agency=house.id, now=NOW + LEASE + MINUTE, channels={"email": slow})
            )
        return now

    monkeypatch.setattr(dispatch.time, "monotonic", overtaken)
    assert work_outbox(agency=house.id, now=NOW, channels={"email": slow}) == {"taken": 1}
    assert nested == [{"sent": 1}]
    assert (slow.took, state(message)) == ([message.id], "sent")


def test_cancelled_before_the_claim_and_not_after(house):
    one, two = mail(house, "one"), mail(house, "two")
    claim(message=two.id, now=NOW)
    assert cancel(message=one.id, now=NOW, because="withdrawn")
    assert not cancel(message=two.id, now=NOW, because="withdrawn")
    assert work_outbox(agency=house.id, now=NOW, channels={"email": Slow()}) == {}


def test_the_same_key_is_queued_once(house):
    assert mail(house).id == mail(house, subject="Another").id
    assert Message.objects.count() == 1


def test_a_final_refusal_by_a_channel_makes_no_second_try(house):
    mail(house)
    slow = Slow(CannotSend("no"))
    assert work_outbox(agency=house.id, now=NOW, channels={"email": slow}) == {"failed": 1}
    assert work_outbox(agency=house.id, now=NOW + timedelta(days=2), channels={"email": slow}) == {}
    assert Task.objects.count() == 0, "a message without a case has no case's task"


# Two at once -----------------------------------------------------------------------------------


def test_two_dispatchers_at_once_send_each_message_once(committed_house, places, settings):
    from django.db import connections

    house, office = committed_house, post_office(settings.MAIL_ROOT)
    settings.EMAIL_PORT = office.port
    with scope(house.id):
        sent = [mail(house, f"m{n}") for n in range(12)] + [
            letter(house, f"l{n}") for n in range(12)
        ]
    start, done = threading.Barrier(3), []

    def run():
        start.wait()
        done.append(work_outbox(agency=house.id, now=NOW))
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    office.stop()
    assert sum(d.get("sent", 0) for d in done) == len(sent)
    assert len(caught(settings.MAIL_ROOT)) == 12
    assert len(list((settings.LETTERS_ROOT / str(house.id)).glob("*.pdf"))) == 12
    with scope(house.id):
        assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
        assert Event.objects.filter(kind="MessageSent").count() == len(sent)


# One door out ----------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["email", "letter"])
def test_a_channel_reached_past_the_gate_refuses(house, places, channel):
    message = mail(house) if channel == "email" else letter(house)
    with pytest.raises(NoPermit):
        standard_channels()[channel].hand_over(message)
    assert not list((places / "letters").rglob("*.pdf"))


def test_a_pass_opens_the_door_for_its_own_message_only(house, places):
    one, other = letter(house), letter(house, key="other")
    with opened(own_mail(one)), pytest.raises(NoPermit):
        standard_channels()["letter"].hand_over(other)
    with opened(own_mail(one)):
        assert standard_channels()["letter"].hand_over(one)


def test_a_pass_for_a_debtor_is_not_had_without_a_permit_nor_made_by_hand(house):
    message = gated(house)
    with pytest.raises(NoPermit):
        own_mail(message)
    with pytest.raises(NoPermit):
        Pass(message.id, "email", 0, new_id(), object())


def test_the_database_refuses_a_sent_message_without_a_permit(house):
    message = gated(house, case=at_work(sign_up(house)))
    taken = claim(message=message.id, now=NOW)
    with pytest.raises(IntegrityError, match="no permit of the gate"), transaction.atomic():
        settle(message=taken.id, fence=taken.fence, state="sent", now=NOW)
    permit_message(message=taken, step="first_demand", facts=None, at=NOW)
    assert settle(message=taken.id, fence=taken.fence, state="sent", now=NOW)
