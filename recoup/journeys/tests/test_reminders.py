"""A client's own reminders: decided by the machine of cases, asked of the same gate, sent in its name."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from recoup.cases.models import Case
from recoup.cases.tests.cast import AT, TODAY, at_work, profile, sign_up
from recoup.contact.models import ContactAttempt, Denial, Permit, Reminder
from recoup.contact.operations.templates import release_template, save_template
from recoup.files.operations import content_of
from recoup.jobs.dispatch import work_outbox
from recoup.journeys.day import run_day
from recoup.journeys.dry_run import dry_run, replay
from recoup.journeys.reminders import remind
from recoup.journeys.watch_items import load_file, place_debtor
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.paper.tests.reading import text_of
from recoup.parties.models import Contact, Debtor
from recoup.parties.operations import mark_contact_bad, opt_contact_out
from recoup.strategy.facts import gather
from recoup.strategy.operations import release_plan, save_draft
from recoup.strategy.plans import STANDARD_OWN, PlanKind
from recoup.strategy.reading import as_kept
from recoup.strategy.rules import decide
from recoup.tenancy.context import scope
from recoup.watch.models import Item
from recoup.watch.operations.items import begin_ladder, end_ladder, rest_item, touch_item

HEAD = "Company;Country;Street;City;E-mail;Invoice number;Due date;Open amount;Currency\n"
KOLN = "Kaufhaus Köln GmbH;DE;Domstr. 1;Köln;rechnung@kaufhaus.example;"
DUE = date(2026, 11, 13)  # a Friday, a week before TODAY


class Post:
    """A channel that takes everything, with what was handed over."""

    def __init__(self) -> None:
        self.took: list[Message] = []

    def look_up(self, message: Message) -> bool:
        return False

    def hand_over(self, message: Message) -> str:
        self.took.append(message)
        return message.id.hex


@pytest.fixture
def standing(house: Any) -> Any:
    profile(house)
    made = sign_up(house)
    begin_ladder(client=made.client, by=made.by, at=AT)
    return made


def load(standing: Any, *rows: str, at: datetime = AT) -> Any:
    text = HEAD + "".join(f"{KOLN}{row};EUR\n" for row in rows)
    return load_file(agency=standing.house.agency, client=standing.client, content=text.encode(), file="open.csv", whole=True, by=standing.by, at=at)  # fmt: skip


def on(day: date) -> datetime:
    return datetime.combine(day, AT.timetz())


def morning(standing: Any, day: date) -> dict[str, int]:
    return dict(remind(agency=standing.house.agency, on=day, by=SYSTEM, at=on(day)).steps)


def deliver(standing: Any, day: date) -> Post:
    post = Post()
    work_outbox(agency=standing.house.id, now=on(day) + timedelta(hours=1), channels={"email": post, "letter": post})  # fmt: skip
    return post


def test_a_whole_ladder_in_the_clients_name_each_step_on_its_day(house: Any, standing: Any) -> None:
    load(standing, "A-1;2026-11-27;1200,00")
    due, went = date(2026, 11, 27), {}
    for number in range(-7, 30):
        day = due + timedelta(days=number)
        for step in morning(standing, day):
            went[step] = number
        deliver(standing, day)
    assert went["friendly"] == -3 and went["due_day"] == 0 and went["first_day"] == 1
    assert list(went) == ["friendly", "due_day", "first_day", "reminder", "last"]
    assert went["reminder"] >= 7 and went["last"] >= 14 and went["last"] <= 17
    assert set(Reminder.objects.values_list("message__state", flat=True)) == {"sent"}
    assert Permit.objects.filter(reminder__isnull=False).count() == Reminder.objects.count() == 7
    assert Case.objects.count() == 0


def test_it_speaks_in_the_clients_name_and_the_words_are_templates(
    house: Any, standing: Any
) -> None:
    draft = save_template(agency=house.id, kind="own_reminder", medium="email", language="en", country="", texts={"own.mail.subject": "{creditor} reminds you [{invoices}]"}, legal={}, announces="", by=SYSTEM, at=AT)  # fmt: skip
    release_template(
        template=draft, valid_from=TODAY, by=house.members["supervisor"].user.actor(), at=AT
    )
    load(standing, f"A-1;{DUE};1200,00", f"A-2;{DUE};30,00")
    Debtor.objects.update(language="en")
    assert morning(standing, TODAY) == {"reminder": 1}, "two invoices, one paper"
    post = deliver(standing, TODAY)
    mail = next(m for m in post.took if m.channel == "email")
    assert mail.payload["subject"] == "Fjäll Trä AB reminds you [A-1, A-2]"
    assert (mail.payload["from_name"], mail.payload["reply_to"]) == (
        "Fjäll Trä AB",
        standing.client.email,
    )
    said = text_of(content_of(Reminder.objects.filter(channel="letter").get().document))
    assert "Fjäll Trä AB" in said and "1,230.00" in said and house.agency.name not in said


def test_run_again_it_does_nothing_more_and_the_day_run_does_it(house: Any, standing: Any) -> None:
    load(standing, f"A-1;{DUE};1200,00")
    report = run_day(agency=house.agency, on=TODAY, by=SYSTEM, at=AT)
    assert (report.letters, report.emails) == (1, 1)
    assert morning(standing, TODAY) == {}
    deliver(standing, TODAY)
    assert morning(standing, TODAY + timedelta(days=1)) == {}, "the debtor has time to answer"
    assert Reminder.objects.count() == 2


@pytest.mark.parametrize("what", ["paid", "part", "placed", "stopped", "rests", "opted_out", "bad"])
def test_what_changed_since_it_was_written_stops_it_at_the_door(
    house: Any, standing: Any, what: str
) -> None:
    load(standing, f"A-1;{DUE};1200,00")
    morning(standing, TODAY)
    item, contact = Item.objects.get(), Contact.objects.get(debtor__items__ref="A-1")
    if what == "paid":
        load(standing, "X-9;2026-12-24;1,00")
    elif what == "part":
        load(standing, f"A-1;{DUE};700,00")
    elif what == "placed":
        place_debtor(agency=house.agency, client=standing.client, debtor=item.debtor, currency="EUR", by=standing.by, at=AT)  # fmt: skip
    elif what == "stopped":
        end_ladder(client=standing.client, by=standing.by, at=AT)
    elif what == "rests":
        rest_item(item=item, until=TODAY + timedelta(days=5), by=standing.by, at=AT)
    elif what == "opted_out":
        opt_contact_out(contact=contact, by=SYSTEM, at=AT)
    else:
        mark_contact_bad(contact=contact, only_phone=False, by=SYSTEM, at=AT)
    post = deliver(standing, TODAY)
    gone = {m.channel for m in post.took if m.gated}
    assert gone == ({"letter"} if what in ("opted_out", "bad") else set())
    codes = set(Denial.objects.filter(message_id__isnull=False).values_list("code", flat=True))
    expected = {"paid": "nothing_owed", "part": "changed", "placed": "not_in_contact", "stopped": "not_in_contact",
                "rests": "client_asks", "opted_out": "opted_out", "bad": "bad_address"}  # fmt: skip
    assert codes == {expected[what]}


def test_no_message_in_a_clients_name_is_sent_without_a_permit(house: Any, standing: Any) -> None:
    load(standing, f"A-1;{DUE};1200,00")
    morning(standing, TODAY)
    with pytest.raises(IntegrityError, match="no permit"), transaction.atomic():
        Message.objects.update(state="sent")


def test_a_client_that_sends_its_own_gets_nothing_sent(house: Any, standing: Any) -> None:
    end_ladder(client=standing.client, by=standing.by, at=AT)
    load(standing, f"A-1;{DUE};1200,00")
    assert morning(standing, TODAY) == {} and not Message.objects.exists()


def test_without_an_address_of_its_own_nobody_could_answer(house: Any, standing: Any) -> None:
    standing.client.email = ""
    with pytest.raises(Refusal) as caught:
        begin_ladder(client=standing.client, by=standing.by, at=AT)
    assert caught.value.code == "client_email_missing"


def test_the_gates_no_is_kept_with_its_reason_once_a_week(house: Any, standing: Any) -> None:
    load(standing, f"A-1;{DUE};1200,00")
    Contact.objects.all().delete()
    Debtor.objects.update(address=[], city="", postcode="")
    for number in range(3):
        morning(standing, TODAY + timedelta(days=number))
    assert sorted(Denial.objects.values_list("channel", "code", "step")) == [
        ("email", "no_address", "reminder"), ("letter", "no_address", "reminder"),
    ]  # fmt: skip


def test_a_case_with_the_same_debtor_of_the_same_client_counts_for_the_frequency_another_clients_does_not(house: Any, standing: Any) -> None:  # fmt: skip
    load(standing, f"A-1;{DUE};1200,00")
    debtor = Debtor.objects.get(name="Kaufhaus Köln GmbH")
    other = sign_up(house, "Annan AB", "5560743089")
    theirs = at_work(other, debtor=debtor, key="theirs")
    wrote(theirs)
    assert morning(standing, TODAY) == {"reminder": 1}, "what another has sent is nobody's business"
    deliver(standing, TODAY)
    mine = at_work(standing, debtor=debtor, key="mine")
    wrote(mine, TODAY + timedelta(days=10))
    again = remind(agency=house.agency, on=TODAY + timedelta(days=10), by=SYSTEM, at=on(TODAY + timedelta(days=10)))  # fmt: skip
    assert not again.steps and again.denied["written_today"] == 2


def wrote(case: Case, day: date = TODAY) -> None:
    ContactAttempt.objects.create(agency_id=case.agency_id, case=case, client_id=case.client_id, step="own_contact", channel="email",
                                  outcome="client_wrote", made_at=on(day), by_name="x")  # fmt: skip


def test_what_the_client_did_itself_is_a_step_done(house: Any, standing: Any) -> None:
    load(standing, f"A-1;{DUE};1200,00")
    touch_item(
        item=Item.objects.get(),
        on=TODAY,
        channel="call",
        reached=True,
        key="1",
        by=standing.by,
        at=AT,
    )
    assert morning(standing, TODAY) == {}
    assert morning(standing, DUE + timedelta(days=14)) == {"last": 1}


def test_placed_the_contacts_go_with_it_and_waits_count_from_the_last_one(
    house: Any, standing: Any
) -> None:
    load(standing, f"A-1;{DUE};1200,00")
    item = Item.objects.get()
    touch_item(
        item=item,
        on=TODAY - timedelta(days=4),
        channel="call",
        reached=False,
        key="1",
        by=standing.by,
        at=AT,
    )
    morning(standing, TODAY)
    deliver(standing, TODAY)
    until = Reminder.objects.first().answer_by
    placed_at = on(TODAY + timedelta(days=2))
    made = place_debtor(agency=house.agency, client=standing.client, debtor=item.debtor, currency="EUR", by=standing.by, at=placed_at)  # fmt: skip
    assert sorted(ContactAttempt.objects.filter(case=made.case).values_list("step", "channel", "outcome")) == [
        ("own_contact", "call", "client_tried"), ("own_reminder", "email", ""), ("own_reminder", "letter", ""),
    ]  # fmt: skip
    for day, step in ((TODAY + timedelta(days=3), "wait"), (until, "wait"), (until + timedelta(days=1), "first_demand")):  # fmt: skip
        case = Case.objects.select_related("client", "debtor").get(id=made.case.id)
        case.stage = "contact"
        known = gather(house.id, [case], day)[case.id]
        decision = decide(known.facts, known.plan)
        assert decision.step == step, decision.because
        assert known.facts.last.on == TODAY
    facts = known.gate_facts("email")
    assert [d for d, _ in facts.written_on] == [TODAY], "the frequency counts it too"


def test_one_under_way_when_it_is_placed_counts_in_the_case_when_it_arrives(
    house: Any, standing: Any
) -> None:
    load(standing, f"A-1;{DUE};1200,00")
    morning(standing, TODAY)
    made = place_debtor(agency=house.agency, client=standing.client, debtor=Item.objects.get().debtor, currency="EUR", by=standing.by, at=AT)  # fmt: skip
    known = gather(house.id, [made.case], TODAY)[made.case.id]
    assert known.facts.waiting == ("own_reminder",) and not known.facts.contacts


def test_a_plan_of_its_own_by_version_and_only_what_a_client_may_say(
    house: Any, standing: Any
) -> None:
    steps = as_kept(STANDARD_OWN)[2:3]
    draft = save_draft(agency=house.id, client=standing.client, name="short", steps=steps, kind=PlanKind.OWN, by=SYSTEM, at=AT)  # fmt: skip
    assert (
        dry_run(agency=house.agency, on=TODAY, at=AT, by=SYSTEM, kind=PlanKind.OWN).looked_at == 0
    )
    load(standing, f"A-1;{DUE};1200,00")
    plain = dry_run(agency=house.agency, on=TODAY, at=AT, by=SYSTEM, kind=PlanKind.OWN)
    assert dict(plain.does) == {"email": 1, "letter": 1} and not Message.objects.exists()
    release_plan(plan=draft, valid_from=TODAY, by=SYSTEM, at=AT)
    found = dry_run(agency=house.agency, on=TODAY, at=AT, by=SYSTEM, kind=PlanKind.OWN)
    assert dict(found.does) == {"email": 1} and dict(found.steps) == {"first_day": 1}
    assert morning(standing, TODAY) == {"first_day": 1} and Reminder.objects.get().plan == "short 1"
    for change, code in (({"letter": "notice"}, "plan_letter"), ({"channels": ["call"], "letter": None}, "plan_channels"),
                         ({"charge": "reminder"}, "plan_charge"), ({"consequence": "letter"}, "plan_consequence"),
                         ({"after": None}, "plan_number")):  # fmt: skip
        with pytest.raises(Refusal) as caught:
            save_draft(agency=house.id, client=None, name="x", steps=[steps[0] | change], kind=PlanKind.OWN, by=SYSTEM, at=AT)  # fmt: skip
        assert caught.value.code == code
    with pytest.raises(Refusal) as caught:
        save_draft(agency=house.id, client=None, name="x", steps=as_kept(STANDARD_OWN)[::-1], kind=PlanKind.OWN, by=SYSTEM, at=AT)  # fmt: skip
    assert caught.value.code == "plan_after"


def test_the_replay_walks_the_ladder_of_each_item_while_it_was_open(
    house: Any, standing: Any
) -> None:
    load(standing, "A-1;2026-11-20;1200,00", "A-2;2026-11-20;10,00")
    load(standing, "A-1;2026-11-20;1200,00", at=on(TODAY + timedelta(days=4)))  # A-2 was paid
    found = replay(
        agency=house.agency, plan=STANDARD_OWN, first=TODAY, last=TODAY + timedelta(days=30)
    )
    assert found.looked_at == 2
    assert dict(found.steps) == {"due_day": 2, "first_day": 2, "reminder": 1, "last": 1}
    assert found.does["evaluate"] == 1, "the ladder is at its end: place it"


def test_each_client_sees_only_its_own(house: Any, standing: Any) -> None:
    load(standing, f"A-1;{DUE};1200,00")
    morning(standing, TODAY)
    other = sign_up(house, "Annan AB", "5560743089")
    with scope(house.id, client=other.client.id):
        assert not Reminder.objects.exists()
    with scope(house.id, client=standing.client.id):
        assert Reminder.objects.count() == 2
    assert Decimal(Reminder.objects.first().items[0]["open"]) == 1200
