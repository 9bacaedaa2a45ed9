"""What happens by the clock. Each line is a verb of the trade; times are UTC, days the agency's."""

import imaplib
import logging
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from procrastinate import builtin_tasks
from procrastinate.contrib.django import app

from recoup.eventlog.heads import publish_head
from recoup.eventlog.operations import seal_waiting
from recoup.jobs import notices_in
from recoup.jobs.bank_in import bank_line, fetch, take_folder
from recoup.jobs.digest import tell_people
from recoup.jobs.post_in import fetch_folder, fetch_imap
from recoup.jobs.worker import look_for_restores
from recoup.journeys.legal.alarms import alarm
from recoup.journeys.quarantine import scan_again
from recoup.kernel.actor import SYSTEM
from recoup.keys import operations as keys
from recoup.payments.operations.watch import watch_the_money
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.webhooks import operations as webhooks

log = logging.getLogger(__name__)
DAY_STARTS = 6  # local hour of the agency


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="seal", pass_context=False)
def seal_events(timestamp: int) -> None:
    """Put waiting events into each agency's chain and publish its head."""
    for agency in Agency.objects.values_list("id", flat=True):
        with scope(agency):
            while seal_waiting(agency=agency):
                pass
        # After the commit, so that nothing is published that a rollback takes back.
        publish_head(agency=agency, at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="restored", pass_context=False)
def look_whether_restored(timestamp: int) -> None:
    """Whether the database is an earlier one than what has left; then nothing leaves until it is released."""
    look_for_restores()


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="day", pass_context=False)
def live_the_day(timestamp: int) -> None:
    """The day run of each agency whose day has begun and that has not had it yet: a scheduler that was
    down catches up once, with today's facts, and neither bursts nor falls silent."""
    from recoup.jobs.day import live_day

    now = timezone.now()
    for agency in Agency.objects.filter(sandbox=False):
        local = now.astimezone(ZoneInfo(agency.time_zone))
        if local.hour >= DAY_STARTS:
            live_day(agency=agency, on=local.date(), at=now)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="review", pass_context=False)
def review_cases(timestamp: int) -> None:
    """What came in of late and the agency's rules let pass is accepted at once, each in its turn."""
    from recoup.journeys.review import review_by_rule

    now = timezone.now()
    for agency in Agency.objects.filter(sandbox=False):
        review_by_rule(agency=agency, at=now)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="scan-again", pass_context=False)
def scan_quarantine(timestamp: int) -> None:
    """Files that could not be scanned when they came in."""
    for agency in Agency.objects.values_list("id", flat=True):
        with scope(agency):
            scan_again(agency=agency, at=timezone.now())


@app.periodic(cron="13 * * * *")
@app.task(queueing_lock="signals", pass_context=False)
def look_for_signals(timestamp: int) -> None:
    """The danger signals of every debtor that has not been looked at on the agency's day."""
    from recoup.journeys.signals import compute_signals

    now = timezone.now()
    for agency in Agency.objects.filter(sandbox=False):
        local = now.astimezone(ZoneInfo(agency.time_zone))
        if local.hour >= DAY_STARTS:
            compute_signals(agency=agency, on=local.date(), by=SYSTEM, at=now)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="mail-in", pass_context=False)
def fetch_mail(timestamp: int) -> None:
    """Answers and bounces, from wherever the installation says they come back to."""
    agencies = Agency.objects.order_by("id")
    slug = os.environ.get("RECOUP_AGENCY")
    agency = agencies.filter(slug=slug).first() if slug else agencies.first()
    if agency is None:
        return
    if settings.MAIL_IN_ROOT:
        fetch_folder(agency=agency, folder=Path(settings.MAIL_IN_ROOT), now=timezone.now)
    if settings.IMAP_URL:
        try:
            fetch_imap(agency=agency, url=settings.IMAP_URL, now=timezone.now)
        except (OSError, imaplib.IMAP4.error) as error:
            log.error("the mailbox could not be read: %s", type(error).__name__)


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="absences", pass_context=False)
def hand_over(timestamp: int) -> None:
    """Who is away hands over, who is back gets theirs again."""
    from recoup.journeys.hand_over import hand_over_absences

    now = timezone.now()
    for agency in Agency.objects.all():
        with scope(agency.id):
            local = now.astimezone(ZoneInfo(agency.time_zone)).date()
            hand_over_absences(agency=agency, on=local, by=SYSTEM, at=now)


@app.periodic(cron="11 * * * *")
@app.task(queueing_lock="approvals", pass_context=False)
def let_approvals_lapse(timestamp: int) -> None:
    """Questions that nobody answered, and evidence that nobody showed, go as they said; after an outage each goes once."""
    from recoup.journeys.approve import let_lapse
    from recoup.journeys.dispute_days import look_at_disputes

    now = timezone.now()
    for agency in Agency.objects.filter(sandbox=False):
        on = now.astimezone(ZoneInfo(agency.time_zone)).date()
        let_lapse(agency=agency, on=on, at=now)
        look_at_disputes(agency=agency, on=on, by=SYSTEM, at=now)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="digest", lock="digest", pass_context=False)
def tell_clients(timestamp: int) -> None:
    """What happened in their cases, to the people of the clients, as each wishes."""
    now = timezone.now()
    for agency in Agency.objects.filter(sandbox=False):
        tell_people(agency=agency, now=now)


@app.periodic(cron="21 * * * *")
@app.task(queueing_lock="reports", pass_context=False)
def mail_reports(timestamp: int) -> None:
    """To those who subscribed, from the agency's morning on."""
    from recoup.journeys.send_reports import send_reports
    from recoup.web.kit.reports import write_for

    now = timezone.now()
    for agency in Agency.objects.filter(sandbox=False):
        local = now.astimezone(ZoneInfo(agency.time_zone))
        if local.hour >= DAY_STARTS:
            send_reports(agency=agency, on=local.date(), write=write_for, at=now)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="prove", pass_context=False)
def prove_the_books(timestamp: int) -> None:
    """The checks of `recoup prove`, in operation; what does not hold is an alarm in the log."""
    from recoup.journeys.prove import prove

    for check in prove(now=timezone.now()):
        if not check.holds:
            log.critical("%s does not hold: %s", check.name, check.found)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="bank-in", lock="bank-in", pass_context=False)
def take_bank_files(timestamp: int) -> None:
    """What is new at each agency's bank, and what lies in its bank folder."""
    for agency in Agency.objects.all():
        if there := bank_line(agency):
            try:
                fetch(agency=agency, there=there, folder=settings.BANK_IN_ROOT)
            except OSError as error:
                log.error("the bank of %s was not reached: %s", agency.slug, error)
        take_folder(agency=agency, folder=settings.BANK_IN_ROOT, now=timezone.now())


@app.periodic(cron="*/15 * * * *")
@app.task(queueing_lock="print-house", lock="print-house", pass_context=False)
def hand_letters_over(timestamp: int) -> None:
    """What the print house answered is read, then what left since goes to it; nothing where there is none."""
    from recoup.jobs.print_house import hand_batches, print_house, read_answers

    for agency in Agency.objects.filter(sandbox=False):
        house = print_house(agency)
        if house is None:
            continue
        try:
            read_answers(agency=agency, house=house, by=SYSTEM, at=timezone.now())
            hand_batches(agency=agency, house=house, by=SYSTEM, at=timezone.now())
        except OSError as error:
            log.error("the print house of %s was not reached: %s", agency.slug, error)


@app.periodic(cron="11 * * * *")
@app.task(queueing_lock="legal-alarms", pass_context=False)
def sound_legal_alarms(timestamp: int) -> None:
    """Deadlines of courts, ends of limitation and of titles, last days to file a claim."""
    now = timezone.now()
    for agency in Agency.objects.filter(sandbox=False):
        on = now.astimezone(ZoneInfo(agency.time_zone)).date()
        with scope(agency.id):
            alarm(agency=agency, on=on, by=SYSTEM, at=now)


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="notices-in", lock="notices-in", pass_context=False)
def take_notice_files(timestamp: int) -> None:
    """What registers of insolvency have published, from each agency's folder."""
    for agency in Agency.objects.all():
        notices_in.take_folder(agency=agency, folder=settings.NOTICES_IN_ROOT, now=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="invoices", pass_context=False)
def send_the_invoices(timestamp: int) -> None:
    """Invoices that have been issued since: their papers, and each to its client."""
    from recoup.journeys.bill import remind_overdue, send_invoices

    for agency in Agency.objects.all():
        with scope(agency.id):
            send_invoices(agency=agency, at=timezone.now())
            remind_overdue(agency=agency, on=timezone.now().date(), at=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="cards", pass_context=False)
def look_after_card_payments(timestamp: int) -> None:
    """Card payments of which nothing was heard: the provider is asked."""
    from recoup.journeys.card import look_after
    from recoup.payments.cards import provider

    known = provider()
    if known is None:
        return
    for agency in Agency.objects.all():
        look_after(agency=agency, provider=known, at=timezone.now())


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="money-watch", pass_context=False)
def watch_money(timestamp: int) -> None:
    """Statements that did not come, clients who wait too long: tasks, and an alarm in the log."""
    now = timezone.now()
    for agency in Agency.objects.all():
        on = now.astimezone(ZoneInfo(agency.time_zone)).date()
        with scope(agency.id):
            found = watch_the_money(agency=agency.id, on=on, by=SYSTEM, at=now)
        if any(found.values()):
            log.error("money of %s: %s", agency.slug, found)


@app.periodic(cron="* * * * *")
@app.task(pass_context=False)
async def retry_stalled(timestamp: int) -> None:
    """Jobs whose worker was killed are run again; the sweep itself carries no lock (it must never wait
    behind a stalled one)."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job, retry_at=datetime.now(ZoneInfo("UTC")))


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="tidy", pass_context=True)
async def tidy(context: object, timestamp: int) -> None:
    """Forget finished jobs after three days."""
    await builtin_tasks.remove_old_jobs(context, max_hours=72, remove_failed=True)  # type: ignore[arg-type]


@app.periodic(cron="5 4 * * *")
@app.task(queueing_lock="mail-heads", pass_context=False)
def mail_heads(timestamp: int) -> None:
    """The chain's newest place to addresses outside the house: what nobody here can write any more."""
    from recoup.journeys.witness import mail_head

    for agency in Agency.objects.filter(sandbox=False):
        mail_head(agency=agency, addresses=settings.HEADS_MAIL, at=timezone.now())


@app.periodic(cron="31 3 * * *")
@app.task(queueing_lock="retention", pass_context=False)
def erase_what_is_due(timestamp: int) -> None:
    """Personal data whose term is over, where the agency has set one."""
    from recoup.journeys.retain import retain

    now = timezone.now()
    for agency in Agency.objects.filter(sandbox=False):
        retain(
            agency=agency, on=now.astimezone(ZoneInfo(agency.time_zone)).date(), by=SYSTEM, at=now
        )


@app.periodic(cron="43 3 * * *")
@app.task(queueing_lock="forget", pass_context=False)
def forget_kept_answers(timestamp: int) -> None:
    """What is kept for thirty days only: answers to repeated requests, webhooks that were delivered."""
    now = timezone.now()
    for agency in Agency.objects.values_list("id", flat=True):
        with scope(agency):
            keys.forget_old(agency=agency, at=now)
            webhooks.forget_old(agency=agency, at=now)
