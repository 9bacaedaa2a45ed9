"""What the day run does with the decisions of a batch: few statements for many cases, rows as by the
single verbs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from recoup.agreements.models import Agreement
from recoup.cases.models import Case
from recoup.cases.operations import NewCharge, NewTask, add_tasks, charge_many, move_case
from recoup.cases.states import Stage
from recoup.contact.operations import NewDenial, Planned, plan_letters, record_denials
from recoup.contact.queries import WordsBook
from recoup.contact.rules import Verdict, gate
from recoup.contact.wording import Words, refuse_lacking
from recoup.eventlog.operations import Happened, record_many
from recoup.journeys.evaluate import DECIDE_DAYS, weigh
from recoup.journeys.letter import own_payment, refuse_unauthorised, spoken_with
from recoup.journeys.typesetting import ask_a_person
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.rules import CODES
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, NotAnswered, NotKnown, Refusal
from recoup.parties.models import Client, Debtor
from recoup.payments.models import TrustAccount
from recoup.strategy.facts import CaseFacts
from recoup.strategy.operations import keep_decisions
from recoup.strategy.plans import Step
from recoup.strategy.rules import Decision
from recoup.tenancy.bulk import among, read_many
from recoup.tenancy.models import Agency, Member

Cases = QuerySet[Case]
Letter = tuple[CaseFacts, Decision, tuple[str, ...]]  # to be written, by which channels
WAYS = {"no_address", "opted_out", "bad_address"}  # what only a person can mend


@dataclass(frozen=True)
class Work:
    """One batch's day. `planned`: how many letters it has planned for a debtor; `words`: those of each kind
    of letter, with its ways, language and country, that it has met."""

    agency: Agency
    on: date
    by: Actor
    at: datetime
    planned: Counter[UUID] = field(default_factory=Counter)
    words: dict[tuple[object, ...], tuple[dict[str, Words], Refusal | None]] = field(
        default_factory=dict
    )

    @cached_property
    def book(self) -> WordsBook:
        return WordsBook(self.agency.id, self.on)


@dataclass
class Done:
    """What came of a batch: the next look of each case, and the counts of the report."""

    looks: dict[UUID, date | None] = field(default_factory=dict)
    letters: int = 0
    emails: int = 0
    calls: int = 0
    tasks: int = 0
    denied: Counter[str] = field(default_factory=Counter)
    asks: list[tuple[Case, Refusal]] = field(default_factory=list)


LOADED = ("client", "debtor", "agreement", "collector")


def load(cases: Sequence[Case]) -> None:
    """Give cases their client, debtor, collector and agreement, each read once for all that share it."""
    clients = Client.objects.in_bulk({c.client_id for c in cases})
    theirs = among({c.debtor_id for c in cases})
    debtors = {d.id: d for d in read_many(Debtor.objects.filter(id__among=theirs))}
    agreements = Agreement.objects.in_bulk({c.agreement_id for c in cases})
    people = Member.objects.select_related("user").in_bulk(
        {c.collector_id for c in cases if c.collector_id}
    )
    # By the fields: the descriptors would look again whether the key is the one that was just read.
    fields: dict[str, Any] = {name: Case._meta.get_field(name) for name in LOADED}
    for case in cases:
        fields["client"].set_cached_value(case, clients[case.client_id])
        fields["debtor"].set_cached_value(case, debtors[case.debtor_id])
        fields["agreement"].set_cached_value(case, agreements[case.agreement_id])
        if case.collector_id:
            fields["collector"].set_cached_value(case, people[case.collector_id])


def act(work: Work, decided: Sequence[tuple[CaseFacts, Decision]]) -> Done:
    """Do the decisions of a batch. In the caller's transaction; raises `Refusal` as the verbs do."""
    done = Done()
    letters: list[Letter] = []
    calls: list[tuple[CaseFacts, Decision, str]] = []
    denials: list[NewDenial] = []
    keep_decisions(agency=work.agency.id, taken=decided, on=work.on, at=work.at)
    for known, decision in decided:
        step = decision.plan_step
        if decision.step == "close":
            done.looks[known.case.id] = None
        elif decision.step == "evaluate":
            evaluate(work, known, decision)
            done.looks[known.case.id] = None
        else:
            assert step is not None
            for channel in step.channels:
                if channel in ("call", "visit"):
                    calls.append((known, decision, channel))
            if step.written:
                write(work, known, decision, letters, denials, done)
            else:
                done.looks[known.case.id] = work.on + timedelta(days=1)
    for case, refusal in done.asks:
        done.tasks += ask_a_person(case, refusal, work.on, work.by, work.at)
    weigh_all(work, [(known, d) for known, d in decided if d.step == "evaluate"])
    refuse_without_account(work, letters)
    charge(work, letters)
    plan(work, letters)
    record_denials(agency=work.agency.id, denials=denials, by=work.by, at=work.at)
    done.denied.update(d.verdict.code for d in denials)
    done.letters = sum("letter" in channels for _, _, channels in letters)
    done.emails = sum("email" in channels for _, _, channels in letters)
    call(work, calls)
    done.calls = len(calls)
    done.tasks += closing(work, [known for known, d in decided if d.step == "close"])
    done.tasks += sum(d.step == "evaluate" for _, d in decided)
    return done


# Written ---------------------------------------------------------------------------------------


def write(
    work: Work, known: CaseFacts, decision: Decision,
    letters: list[Letter], denials: list[NewDenial], done: Done,
) -> None:  # fmt: skip
    """Ask the gate for each written channel of the step; those it permits share one paper."""
    step, case = decision.plan_step, known.case
    assert step is not None
    if unfit := cannot_be_written(work, known, step):
        # Planned, it would be taken back when it is typeset, and stand in the way of the debtor's other cases.
        done.asks.append((case, unfit))
        done.looks[case.id] = work.on + timedelta(days=1)
        return
    already = ((work.on, "planned"),) * work.planned[case.debtor_id]
    verdicts: dict[str, Verdict] = {}
    for channel in step.written:
        facts = known.gate_facts(channel, step)
        if already:
            facts = replace(facts, written_on=facts.written_on + already)
        verdicts[channel] = gate(facts, work.at)
    permitted = tuple(c for c, v in verdicts.items() if v.ok)
    if not permitted:
        put_off(work, known, step, verdicts, denials, done)
        return
    # An e-mail address that nobody knows is no news; the letter goes.
    denials += [
        NewDenial(case, step.name, c, v) for c, v in verdicts.items() if not v.ok and v.code != "no_address"
    ]  # fmt: skip
    work.planned[case.debtor_id] += 1
    letters.append((known, decision, permitted))
    done.looks[case.id] = deadline(case.jurisdiction, work.on, step.answer_days) + timedelta(days=1)


def cannot_be_written(work: Work, known: CaseFacts, step: Step) -> Refusal | None:
    """Why a step's letter lacks what the law wants said, or announces what nobody has authorised."""
    assert step.letter is not None
    key = (step.letter, step.written, spoken_with(known), known.case.jurisdiction)
    if key not in work.words:
        work.words[key] = words_for(work, *key)
    words, wrong = work.words[key]
    if wrong is not None:
        return wrong
    try:
        refuse_unauthorised(known, words)
    except Refusal as refusal:
        return refusal
    return None


def words_for(
    work: Work, kind: str, ways: tuple[str, ...], language: str, country: str
) -> tuple[dict[str, Words], Refusal | None]:
    """The words in force for all letters of this kind, and what the law of the country misses in them."""
    media = dict.fromkeys(("letter", *ways))
    words = {medium: work.book.of(kind, medium, language, country) for medium in media}
    try:
        refuse_lacking(kind, language, country, words["letter"].texts, words["letter"].legal)
    except Refusal as refusal:
        return words, refusal
    return words, None


def put_off(
    work: Work, known: CaseFacts, step: Step, verdicts: dict[str, Verdict], denials: list[NewDenial],
    done: Done,
) -> None:  # fmt: skip
    """No way is open. When the gate says from when, that is the day of the next look; where it cannot
    say (no address, all opted out, no authority), a person must find a way."""
    refusals = {v.code: (c, v) for c, v in reversed(verdicts.items())}
    denials += [NewDenial(known.case, step.name, c, v) for c, v in refusals.values()]
    opens = [v.earliest_at.date() for v in verdicts.values() if v.earliest_at]
    blocked = next((code for code in refusals if code in WAYS | FOR_A_PERSON), None)
    if not opens and blocked:
        verdict = refusals[blocked][1]
        asked = Refusal(verdict.code, verdict.because, **verdict.params)
        done.asks.append((known.case, asked))
        done.looks[known.case.id] = work.on + timedelta(days=7)
        return
    done.looks[known.case.id] = max(work.on + timedelta(days=1), min(opens, default=work.on))


FOR_A_PERSON = {"no_authority", "not_used_there", "too_little", "demand_made"}


def refuse_without_account(work: Work, letters: Sequence[Letter]) -> None:
    """Before anything is charged: a letter that does not say where to pay is not sent."""
    for currency in {known.case.currency for known, _, _ in letters if known.case.client.own}:
        own_payment(work.agency, currency, "")
    wanted = {known.case.currency for known, _, _ in letters if not known.case.client.own}
    held = set(
        TrustAccount.objects.filter(agency_id=work.agency.id, currency__in=wanted).values_list(
            "currency", flat=True
        )
    ) if wanted else set()  # fmt: skip
    for currency in sorted(wanted - held):
        raise Refusal(
            "no_trust_account", N_("There is no trust account in %(currency)s, so nobody could be told where to pay."),
            currency=currency,
        )  # fmt: skip


def charge(work: Work, letters: Sequence[Letter]) -> None:
    """Charge what the law's tariff grants for each step, once per case, before the letter says what is
    owed. No tariff, or one in another currency: nothing is charged."""
    charges = []
    for known, decision, _ in letters:
        step, case = decision.plan_step, known.case
        if step is None or step.charge is None:
            continue
        try:
            tariff, currency = law(case.jurisdiction).cost(
                step.charge, value=known.facts.principal, on=work.on
            )
        except (NotAnswered, NotKnown):
            continue
        if currency == case.currency and tariff.amount > 0:
            amount = Money(tariff.amount, currency).rounded()
            charges.append(NewCharge(case, step.charge, amount, step.charge, tariff.source))
    if charges:
        charge_many(agency=work.agency.id, charges=charges, on=work.on, by=work.by, at=work.at)
    fault("day.charged")


def plan(work: Work, letters: Sequence[Letter]) -> None:
    if not letters:
        return
    plan_letters(
        agency=work.agency.id, on=work.on, by=work.by, at=work.at,
        letters=[
            Planned(
                case=known.case, step=step.name, plan=known.plan.label, kind=step.letter or "", answer_days=step.answer_days,
                consequence=step.consequence or "", channels=channels,
                email_to=known.email_to.id if known.email_to else None,
                sms_to=known.sms_to.id if "sms" in channels and known.sms_to else None, because=decision.because,
                params=decision.params,
            )
            for known, decision, channels in letters if (step := decision.plan_step) is not None
        ],
    )  # fmt: skip


# By a person -----------------------------------------------------------------------------------

ASKED = {
    "call": N_("Call %(debtor)s about %(case)s: %(phone)s"),
    "visit": N_("Visit %(debtor)s about %(case)s."),
}
ROLE = {"call": "collector", "visit": "field_agent"}


def call(work: Work, calls: Sequence[tuple[CaseFacts, Decision, str]]) -> None:
    """A task for each call or visit, due on the next business day there."""
    if not calls:
        return
    tasks, events = [], []
    for known, decision, channel in calls:
        case = known.case
        day = business_day(case.jurisdiction, work.on)
        tasks.append(NewTask(
            case, f"{channel}:{case.number}:{work.on.isoformat()}", channel, ASKED[channel],
            {"debtor": case.debtor.name, "case": case.number, "phone": case.debtor.phone or "?", "step": decision.step},
            ROLE[channel], day, N_("The call stays on the list and is shown to the supervisor."),
        ))  # fmt: skip
        events.append(Happened(
            "CallPlanned" if channel == "call" else "VisitDue", work.at, work.by, case.id, case.client_id, "client",
            {"due_on": day.isoformat(), "because": decision.because, "params": decision.params},
        ))  # fmt: skip
    add_tasks(agency=work.agency.id, tasks=tasks, by=work.by, at=work.at)
    record_many(agency=work.agency.id, events=events)


def evaluate(work: Work, known: CaseFacts, decision: Decision) -> None:
    """The phase's contacts are done: a person weighs the case, by a day."""
    case = known.case
    move_case(
        case=case, was=Stage.CONTACT, now=Stage.EVALUATION, because=decision.because % decision.params,
        by=work.by, at=work.at,
    )  # fmt: skip
    add_tasks(agency=work.agency.id, by=work.by, at=work.at, tasks=[NewTask(
        case, f"evaluate:{case.number}:{work.on.isoformat()}", "evaluate",
        N_("Weigh what to do with %(case)s: %(debtor)s has not paid."),
        {"case": case.number, "debtor": case.debtor.name}, "collector",
        law(case.jurisdiction).add_business_days(work.on, DECIDE_DAYS),
        N_("It goes as recommended; the client is asked where its word is needed."),
    )])  # fmt: skip


def weigh_all(work: Work, decided: Sequence[tuple[CaseFacts, Decision]]) -> None:
    """What the person finds on its desk: each case weighed, with the ways on and a recommendation."""
    reasons = {(d.because, tuple(sorted(d.params.items()))) for _, d in decided}
    for because, params in sorted(reasons, key=str):
        cases = [k.case for k, d in decided if (d.because, tuple(sorted(d.params.items()))) == (because, params)]  # fmt: skip
        weigh(agency=work.agency, cases=cases, on=work.on, because=because, params=dict(params), by=work.by, at=work.at)  # fmt: skip


def closing(work: Work, cases: Sequence[CaseFacts]) -> int:
    """A task for each case on which nothing is owed any more; those that have one keep it."""
    if not cases:
        return 0
    add_tasks(agency=work.agency.id, by=work.by, at=work.at, tasks=[
        NewTask(
            known.case, f"close:{known.case.number}", "close",
            N_("Nothing is owed on %(case)s any more: close it."), {"case": known.case.number}, "collector",
            work.on + timedelta(days=3), N_("The supervisor closes it."),
        )
        for known in cases
    ])  # fmt: skip
    return len(cases)


# The calendar, asked once for many ---------------------------------------------------------------


@lru_cache(maxsize=20_000)
def deadline(code: str, on: date, days: int) -> date:
    return law(code).deadline(sent_on=on, days=days)


@lru_cache(maxsize=20_000)
def business_day(code: str, on: date) -> date:
    return law(code).next_business_day(on) if code in CODES else on
