"""What happened in a client's cases, to each of its people as they wish: one e-mail, never several.

Built from the event log, from the last event told to the newest one: a worker that was down sends one
digest with all of it. The watermark moves in the transaction that queues the e-mail; the key is the
watermark's, so that nothing is told twice.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, ngettext, override

from recoup.approvals.models import Approval
from recoup.approvals.states import ApprovalState
from recoup.cases.models import Case, Task
from recoup.eventlog.models import Event
from recoup.jobs.digest_look import NEEDS, NOTICES, News, Told, as_html, as_text, shortened
from recoup.journeys.mail import mail_person
from recoup.kernel.ids import id_at
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_
from recoup.notices.models import Notice
from recoup.notices.operations import notice_of, told
from recoup.notices.rules import How, is_due
from recoup.paper import figures
from recoup.paper.languages import Language, spoken_or_english
from recoup.tenancy.context import apply, limited_to, scope
from recoup.tenancy.models import Agency, Member
from recoup.tenancy.roles import CLIENT_ROLES
from recoup.web.kit.formats import html_lang
from recoup.web.kit.timeline import entry

LAG = timedelta(seconds=20)  # an event's transaction may commit a little after its id was made
MOST_EVENTS, MOST_CASES, MOST_LINES = 400, 30, 6
# Not news to who reads its own post: our e-mails to the client, and what the portal shows anyway.
QUIET = ("MessageSent", "MessageFailed", "MessageUnclear", "TaskFinished")


def tell_people(*, agency: Agency, now: datetime) -> int:
    """One round for an agency; returns how many digests were queued. Two rounds at once: each person is
    told by one of them."""
    local = now.astimezone(ZoneInfo(agency.time_zone))
    with scope(agency.id):
        people = list(
            Member.objects.filter(agency=agency, active=True, user__is_active=True, role__in=list(CLIENT_ROLES))
            .select_related("user", "notice").order_by("id")
        )  # fmt: skip
    sent = 0
    for member in people:
        known = getattr(member, "notice", None)
        if known is not None and not is_due(known.how, told_on=known.told_on, today=local.date(), hour=local.hour):  # fmt: skip
            continue
        with scope(agency.id), transaction.atomic():
            sent += tell(agency, member, now=now, local=local)
    return sent


def tell(agency: Agency, member: Member, *, now: datetime, local: datetime) -> bool:
    first = notice_of(member, at=now)
    notice = Notice.objects.select_for_update(skip_locked=True).filter(id=first.id).first()
    if notice is None or not is_due(notice.how, told_on=notice.told_on, today=local.date(), hour=local.hour):  # fmt: skip
        return False
    upto = id_at(now - LAG)
    with as_reader(member):
        events = news(agency, member, notice, upto)
    if upto > notice.told_upto:
        told(notice=notice, upto=upto, on=local.date())
    if not events:
        return False
    write(agency, member, notice, events, now)
    return True


@contextmanager
def as_reader(member: Member) -> Iterator[None]:
    """What this person may see, and no more: of their divisions where they are limited to some."""
    with scope(member.agency_id):
        apply(
            {
                "agency_id": str(member.agency_id),
                "client_id": str(member.client_id),
                **limited_to(member.divisions),
            }
        )
        yield


def news(agency: Agency, member: Member, notice: Notice, upto: UUID) -> list[Event]:
    """The newest of what others did, the newest first."""
    found = Event.objects.filter(
        agency=agency, client_id=member.client_id, id__gt=notice.told_upto, id__lt=upto, case_id__isnull=False
    ).exclude(audience="internal").exclude(kind__in=QUIET).exclude(by_id=member.user_id)  # fmt: skip
    return list(found.order_by("-id")[:MOST_EVENTS])


def write(
    agency: Agency, member: Member, notice: Notice, events: Sequence[Event], now: datetime
) -> None:
    spoken = spoken_or_english(member.user.language)
    with as_reader(member), override(spoken.code.lower()):
        cases = Case.objects.select_related("debtor").in_bulk(
            {e.case_id for e in events if e.case_id}
        )
        told, subject = told_of(events, cases), subject_of(events, cases, notice)
        waiting, money = waiting_for(member), money_line(events, spoken)
        needs, title = needs_text(waiting), needs_title(waiting)
        html = as_html(
            told,
            house=agency.name,
            needs=title,
            money=money,
            language=html_lang(spoken.code.lower()),
        )
    mail_person(
        agency=agency, recipient=member.user.email, language=spoken.code, template="digest", purpose="updates",
        key=f"digest:{member.id}:{events[0].id}", subject=subject, client=member.client_id, at=now,
        paragraphs=[
            *(["%(needs)s"] if needs else []), *(["%(money)s"] if money else []),
            N_("This has happened in your cases:"), "%(text)s",
            N_("How often we write to you is chosen here: %(link)s"),
        ],
        params={"text": as_text(told), "needs": needs, "money": money, "link": NOTICES}, html=html,
    )  # fmt: skip


def subject_of(events: Sequence[Event], cases: dict[UUID, Case], notice: Notice) -> str:
    """Neither an amount nor a debtor's name: subjects are read over shoulders."""
    known = {e.case_id for e in events if e.case_id in cases}
    if notice.how == How.AT_ONCE and len(known) == 1:
        number = cases[next(iter(known))].number
        return gettext("Case %(number)s: news") % {"number": number}
    return ngettext("News in %(count)s of your cases", "News in %(count)s of your cases", len(known)) % {
        "count": len(known)
    }  # fmt: skip


def told_of(events: Sequence[Event], cases: dict[UUID, Case]) -> Told:
    """Case by case, the newest first, in the reader's language."""
    by_case: dict[UUID, list[Event]] = {}
    for event in events:
        if event.case_id in cases:
            by_case.setdefault(event.case_id, []).append(event)
    shown = [news_of(cases[id], found) for id, found in list(by_case.items())[:MOST_CASES]]
    more = len(by_case) - MOST_CASES
    rest = ngettext("… and %(n)s further case", "… and %(n)s further cases", more) % {"n": more} if more > 0 else ""  # fmt: skip
    return Told(shown, rest)


def news_of(case: Case, events: Sequence[Event]) -> News:
    """What happened in one case; the same line said twice stands there once."""
    lines: list[str] = []
    for event in events[:MOST_LINES]:
        shown = entry(event)
        between = " – " if ":" in shown.what else ": "
        line = f"{shown.what}{between}{shown.body}" if shown.body else str(shown.what)
        lines += [shortened(line)] if shortened(line) not in lines else []
    more = len(events) - MOST_LINES
    rest = ngettext("%(n)s more event", "%(n)s more events", more) % {"n": more} if more > 0 else ""
    href = f"{settings.ORIGIN}/client/cases/{case.number}/"
    return News(case.number, case.debtor.name, lines, rest, href)


def money_line(events: Sequence[Event], spoken: Language) -> str:
    """What debtors have paid meanwhile, by currency; payments that were undone are told below."""
    sums: dict[str, Money] = {}
    for event in events:
        if event.kind == "PaymentReceived":
            paid = Money(Decimal(event.data["amount"]), event.data["currency"])
            sums[paid.currency] = sums.get(paid.currency, Money.zero(paid.currency)) + paid
    if not sums or len(events) == MOST_EVENTS:  # of a part of the news there is no sum
        return ""
    told = ", ".join(figures.money(sums[currency].rounded(), spoken) for currency in sorted(sums))
    return gettext("Received from debtors: %(sums)s") % {"sums": told}


def waiting_for(member: Member) -> int:
    """How much waits for the client, of what this person may see."""
    assert member.client_id is not None
    waiting = Approval.objects.filter(client_id=member.client_id, state=ApprovalState.ASKED).count()
    return waiting + Task.objects.filter(client_id=member.client_id, done_at__isnull=True).count()


def needs_text(waiting: int) -> str:
    """With the way there; blank for nothing."""
    said = ngettext("%(n)s thing needs you: %(link)s", "%(n)s things need you: %(link)s", waiting)
    return said % {"n": waiting, "link": NEEDS} if waiting else ""


def needs_title(waiting: int) -> str:
    said = ngettext("%(n)s thing needs you", "%(n)s things need you", waiting)
    return said % {"n": waiting} if waiting else ""
