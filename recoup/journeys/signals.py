"""Danger signals are computed from the books, observed by people, and told to those who watch."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from recoup.cases.operations import add_task
from recoup.cases.states import OPEN
from recoup.files.models import Document
from recoup.journeys.mail import mail_client
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_
from recoup.parties.models import Client, Debtor
from recoup.strategy.signals import count
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.watch.models import Alert, Signal, Watching
from recoup.watch.operations import (
    NewAlert,
    NewSignal,
    keep_alerts,
    observe_signal,
    publish_notice,
    raise_many,
)
from recoup.watch.operations.watching import note_told
from recoup.watch.queries import Whose, level_for, signals_by_debtor
from recoup.watch.rules import at_least, raised, rises
from recoup.watch.states import KINDS, Band

BATCH = 1000
DUE = """
SELECT d.id, d.name FROM parties_debtor d
WHERE d.agency_id = %(agency)s AND (
    EXISTS (SELECT 1 FROM cases_case c WHERE c.debtor_id = d.id AND c.stage = ANY(%(open)s))
    OR EXISTS (SELECT 1 FROM watch_item i WHERE i.debtor_id = d.id AND i.open > 0))
  AND NOT EXISTS (SELECT 1 FROM watch_look k WHERE k.debtor_id = d.id AND k.on >= %(on)s)
ORDER BY d.id LIMIT %(most)s FOR UPDATE OF d SKIP LOCKED"""
LOOKED = """
INSERT INTO watch_look (id, agency_id, debtor_id, "on")
SELECT gen_random_uuid(), %(agency)s, d, %(on)s FROM unnest(%(ids)s::uuid[]) AS d
ON CONFLICT (debtor_id) DO UPDATE SET "on" = excluded."on" WHERE watch_look."on" < excluded."on" """


@dataclass
class SignalsReport:
    """What a run did."""

    debtors: int = 0
    raised: int = 0
    alerts: int = 0


def compute_signals(
    *, agency: Agency, on: date, by: Actor, at: datetime, batch: int = BATCH
) -> SignalsReport:
    """Compute the signals of every debtor that is due on a day: batch by batch, each a transaction with a
    constant number of statements. Again for the same day it does nothing more; killed, the next run
    goes on."""
    report = SignalsReport()
    while True:
        with scope(agency.id):
            due = due_debtors(agency.id, on, batch)
            if not due:
                return report
            compute(agency, due, on, report, by, at)
        fault("signals.batch_done")


def due_debtors(agency: UUID, on: date, most: int) -> dict[UUID, str]:
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"agency": agency, "open": list(OPEN), "on": on, "most": most})
        return dict(cursor.fetchall())


def compute(
    agency: Agency, due: dict[UUID, str], on: date, report: SignalsReport, by: Actor, at: datetime
) -> None:
    found = [
        NewSignal(debtor, due[debtor], client, one)
        for (debtor, client), counted in count(due, on).items()
        for one in raised(counted, on)
        if one.on + timedelta(days=KINDS[one.kind].lasts) > on
    ]
    report.debtors += len(due)
    report.raised += raise_many(agency=agency.id, signals=found, by=by, at=at)
    report.alerts += len(tell_watchers(agency=agency, debtors=due, on=on, by=by, at=at))
    with connection.cursor() as cursor:
        cursor.execute(LOOKED, {"agency": agency.id, "on": on, "ids": list(due)})


# Told -----------------------------------------------------------------------------------------------


def tell_watchers(
    *, agency: Agency, debtors: Iterable[UUID], on: date, by: Actor, at: datetime
) -> list[Alert]:
    """Whose watched debtor has risen to the level they asked for is told: an event (which webhooks carry),
    an e-mail to a client, a task for the house. Each hears of what it may see, and of nothing else."""
    ids = list(debtors)
    watchings = list(
        Watching.objects.filter(agency_id=agency.id, debtor_id__in=ids, ended_at__isnull=True)
        .select_related("debtor")
        .select_for_update(of=("self",))
    )  # fmt: skip
    if not watchings:
        return []
    known = signals_by_debtor({w.debtor_id for w in watchings}, on)
    risen, now = [], {}
    for one in watchings:
        level = level_for(known[one.debtor_id], one.client_id, on)
        now[one.id] = level.band
        if rises(Band(one.told), level.band) and at_least(level.band, Band(one.band)):
            risen.append(NewAlert(one, level))
    alerts = keep_alerts(agency=agency.id, risen=risen, on=on, by=by, at=at)
    note_told(watchings=now)
    told = {w.id: w.debtor for w in watchings}
    clients = Client.objects.in_bulk({a.client_id for a in alerts if a.client_id})
    for alert in alerts:
        debtor = told[alert.watching_id]
        if alert.client_id:
            mail_alert(agency, clients[alert.client_id], debtor, alert, at)
        else:
            ask_the_house(agency, debtor, alert, on, by, at)
    return alerts


def mail_alert(agency: Agency, client: Client, debtor: Debtor, alert: Alert, at: datetime) -> None:
    mail_client(
        agency=agency, client=client, key=f"alert:{alert.id}", template="alert",
        subject=N_("Danger signals of one of your customers have risen to %(score)s of 100"),
        paragraphs=[
            N_("the danger signals of %(debtor)s, which you watch, have risen to %(score)s of 100."),
            N_("What we advise, and from what it follows, stands here: %(link)s"),
            N_("It rests on your own data and on what courts and registers publish, on nothing else."),
        ],
        params={"debtor": debtor.name, "score": f"{alert.score:.0f}", "link": f"{settings.ORIGIN}/client/signals/{debtor.id}/"},
        at=at,
    )  # fmt: skip


def ask_the_house(
    agency: Agency, debtor: Debtor, alert: Alert, on: date, by: Actor, at: datetime
) -> None:
    add_task(
        agency=agency.id, key=f"alert:{alert.id}", kind="alert", role="supervisor",
        sentence=N_("The danger signals of %(debtor)s have risen to %(score)s of 100: decide what to do."),
        params={"debtor": debtor.name, "score": f"{alert.score:.0f}"}, due_on=on + timedelta(days=2),
        default=N_("Each of its cases is weighed with them at its next evaluation."), by=by, at=at,
    )  # fmt: skip


# Seen -----------------------------------------------------------------------------------------------


def observe(
    *, agency: Agency, debtor: Debtor, kind: str, on: date, note: str, document: Document | None = None,
    client: UUID | None = None, key: UUID, by: Actor, at: datetime,
) -> Signal:  # fmt: skip
    """A person has seen something; who watches the debtor is told at once. Raises as `observe_signal`."""
    with transaction.atomic():
        made = observe_signal(
            debtor=debtor, kind=kind, on=on, note=note, document=document, client=client, key=key, by=by, at=at
        )  # fmt: skip
        tell_watchers(agency=agency, debtors=[debtor.id], on=at.date(), by=by, at=at)
        return made


def published(
    *, agency: Agency, debtor: Debtor, kind: str, on: date, because: str, params: dict[str, Any], key: str,
    client: UUID | None = None, by: Actor, at: datetime,
) -> Signal:  # fmt: skip
    """A court or a register has said something; who watches the debtor is told at once."""
    made = publish_notice(
        debtor=debtor, kind=kind, on=on, because=because, params=params, key=key, client=client, by=by, at=at
    )  # fmt: skip
    tell_watchers(agency=agency, debtors=[debtor.id], on=at.date(), by=by, at=at)
    return made


def level_now(debtor: UUID, client: UUID | None, on: date) -> Band:
    """The band as the house or one client sees it: where a watch begins."""
    whose: list[Whose] = signals_by_debtor([debtor], on)[debtor]
    return level_for(whose, client, on).band
