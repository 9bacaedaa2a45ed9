"""The worker places a confirmed list: cases in chunks, each chunk one transaction with its rows' verdicts.

Killed anywhere, it begins again: rows that have their verdict are passed over, the rest is judged anew
from the kept file. A chunk's cases, postings, events and verdicts come together or not at all, so that
no row is ever placed twice or lost.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from recoup.cases.models import Case
from recoup.cases.operations import NewCase, NewLine, one_at_a_time, submit_many
from recoup.files.models import Document
from recoup.intake.columns import Problem
from recoup.intake.models import PlacedRow, Placement
from recoup.intake.operations import (
    finish_placement,
    keep_rows,
    limit_of,
    move_placement,
    plain,
    refuse_placement,
)
from recoup.intake.states import RowState, State
from recoup.journeys.mail import mail_client
from recoup.journeys.place.check import Checked, Group, check, mark_placed
from recoup.journeys.place.links import placement_link
from recoup.journeys.place.read import confirm, looked, receive_rows
from recoup.journeys.place.receipt import receipt_of
from recoup.journeys.screen import screen_anew
from recoup.journeys.submit_invoice import agreement_of, law_of
from recoup.kernel.actor import Actor, ActorKind
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.bulk import find_or_add_debtors
from recoup.parties.models import Client
from recoup.tenancy.bulk import doubled, fresh_statistics
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

SMALL = 500  # cases: fewer need no fresh statistics
GROWN = (
    "parties_debtor", "parties_contact", "cases_case", "cases_look", "cases_claimline", "cases_task", "ledger_book", "ledger_entry",
    "ledger_posting", "eventlog_event", "intake_placedrow",
)  # fmt: skip
CHUNK = 1500  # rows in one transaction: about a second, so that nobody waits long behind it


def run_placement(
    *, agency: Agency, placement: UUID, at: datetime, wait: bool = False
) -> Placement | None:
    """Place a confirmed list, or go on with one that was cut short. None when another worker has it; with
    `wait` its end is waited for, and what it left undone is done.

    One at a time: a lock of the session is held for as long as it runs, and is gone with the process.
    """
    lock = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtextextended(%s, 12))", [str(placement)])
        if cursor.fetchone()[0] is False:
            return None
    try:
        return placed(agency, placement, at)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 12))", [str(placement)])


def waiting_placements(*, agency: Agency) -> list[UUID]:
    """Lists that are confirmed or were cut short, the oldest first."""
    with scope(agency.id):
        found = Placement.objects.filter(agency=agency, state__in=(State.QUEUED, State.RUNNING))
        return list(found.order_by("confirmed_at", "id").values_list("id", flat=True))


@contextmanager
def as_placed(agency: Agency, id: UUID) -> Iterator[None]:
    """The whole agency in view; what is made belongs to whoever placed the list, with their divisions."""
    with scope(agency.id):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.within', within::text, true) FROM intake_placement WHERE id = %s AND within <> '{}'", [id])  # fmt: skip
        yield


def placed(agency: Agency, id: UUID, at: datetime) -> Placement:
    with as_placed(agency, id):
        one = Placement.objects.select_related(
            "client__account_manager", "client__agency", "document"
        ).get(id=id)
        if one.state == State.QUEUED:
            move_placement(placement=one, now=State.RUNNING)
        if one.state != State.RUNNING:
            return one
        by = actor_of(one)
        try:
            found = looked(one)
            checked = check(placement=one, found=found, today=(one.confirmed_at or at).date())
        except Refusal as refusal:
            refuse_placement(placement=one, refusal=refusal, by=by, at=at)
            return one
        done = set(PlacedRow.objects.filter(placement=one).values_list("row", flat=True))
        keep_rows(placement=one, rows=[r for r in without_case(one, checked) if r.row not in done])
    fault("placement.judged")
    tell(one)
    groups = [g for g in checked.groups if g.first not in done]
    for number, chunk in enumerate(chunks(groups), 1):
        with as_placed(agency, id):
            place_chunk(one, checked, chunk, by, at)
        if doubled(number) and len(groups) > SMALL:
            with scope(agency.id):
                fresh_statistics(*GROWN)
        fault("placement.chunk_placed")
        tell(one)
    with as_placed(agency, id):
        finished(agency, one, checked, by, at)
    fault("placement.finished")
    return one


def actor_of(placement: Placement) -> Actor:
    return Actor(ActorKind(placement.by_kind), placement.by_name, placement.by_id)


def chunks(groups: Sequence[Group]) -> list[list[Group]]:
    made: list[list[Group]] = []
    size = CHUNK
    for group in groups:
        if size >= CHUNK:
            made.append([])
            size = 0
        made[-1].append(group)
        size += len(group.debts)
    return made


def without_case(placement: Placement, checked: Checked) -> list[PlacedRow]:
    """The verdicts of the rows that become no line."""
    by_row = problems_by_row(checked.problems)
    rows = {**dict.fromkeys(checked.rejected, RowState.REJECTED),
            **dict.fromkeys(checked.duplicates, RowState.DUPLICATE)}  # fmt: skip
    return [
        PlacedRow(
            agency_id=placement.agency_id, placement=placement, client_id=placement.client_id, row=row,
            state=state, problems=by_row.get(row, []),
        )
        for row, state in sorted(rows.items())
    ]  # fmt: skip


def problems_by_row(problems: Sequence[Problem]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for p in problems:
        one = {
            "field": p.field,
            "code": p.code,
            "text": p.text,
            "params": plain(p.params),
            "error": p.error,
        }
        found.setdefault(p.row, []).append(one)
    return found


def place_chunk(
    placement: Placement, checked: Checked, groups: list[Group], by: Actor, at: datetime
) -> None:
    """One transaction: debtors, duplicates looked for again under the client's lock, cases, verdicts."""
    client = placement.client
    with transaction.atomic():
        one_at_a_time(client=client.id)
        places = sorted({g.debtor for g in groups})
        ids = find_or_add_debtors(
            agency=placement.agency_id,
            wanted=[checked.read.debtors[p] for p in places],
            by=by,
            at=at,
        )
        checked.known |= dict(zip(places, ids, strict=True))
        fault("placement.debtors_added")
        screen_anew(agency=placement.client.agency, debtors=ids, by=by, at=at)
        late = Checked(checked.read, known=checked.known)
        mark_placed(late, client, [d for g in groups for d in g.debts])
        fresh = [g for g in groups if not any(d.row in late.duplicates for d in g.debts)]
        beaten = {
            d.row: late.duplicates.get(d.row, "") for g in groups if g not in fresh for d in g.debts
        }
        cases = submit_many(
            agency=placement.agency_id, client=client, agreement=agreement_of(client),
            cases=[new_case(placement, checked, g) for g in fresh], by=by, at=at,
        )  # fmt: skip
        fault("placement.cases_made")
        keep_rows(placement=placement, rows=verdicts(placement, checked, fresh, cases, beaten))
        fault("placement.chunk_uncommitted")


def new_case(placement: Placement, checked: Checked, group: Group) -> NewCase:
    debtor = checked.read.debtors[group.debtor]
    debts = group.debts
    return NewCase(
        key=f"placement:{placement.id}:{group.first}", debtor=checked.known[group.debtor],
        debtor_name=debtor.name, currency=group.currency,
        jurisdiction=law_of(debtor.country, placement.client.country),
        lines=tuple(NewLine(d.kind, d.ref, d.issued_on, d.due_on, d.amount) for d in debts),
        client_reference=next((d.reference for d in debts if d.reference), ""),
        known_dispute=any(d.dispute for d in debts),
        so_far="\n".join(dict.fromkeys(d.note for d in debts if d.note)), division=group.division,
    )  # fmt: skip


def verdicts(
    placement: Placement,
    checked: Checked,
    groups: list[Group],
    cases: list[Case],
    beaten: dict[int, str],
) -> list[PlacedRow]:
    warnings = problems_by_row([p for p in checked.problems if not p.error])
    rows = [
        PlacedRow(
            agency_id=placement.agency_id, placement=placement, client_id=placement.client_id, row=debt.row,
            state=RowState.ACCEPTED, case=case, problems=warnings.get(debt.row, []),
        )
        for group, case in zip(groups, cases, strict=True)
        for debt in group.debts
    ]  # fmt: skip
    text = N_(
        "Somebody placed the same invoice in the meantime (case %(number)s); send the row again if it is another."
    )
    rows += [
        PlacedRow(
            agency_id=placement.agency_id, placement=placement, client_id=placement.client_id, row=row,
            state=RowState.DUPLICATE if number else RowState.REJECTED,
            problems=[{"field": "invoice", "code": "placed_meanwhile", "text": text,
                       "params": {"number": number or "?", "row": row}, "error": True}],
        )
        for row, number in beaten.items()
    ]  # fmt: skip
    return rows


def finished(
    agency: Agency, placement: Placement, checked: Checked, by: Actor, at: datetime
) -> Placement:
    states = Counter(PlacedRow.objects.filter(placement=placement).values_list("state", flat=True))
    cases = (
        PlacedRow.objects.filter(placement=placement, case__isnull=False)
        .values("case_id")
        .distinct()
    )
    summary = {
        "rows": placement.rows, "accepted": states[RowState.ACCEPTED], "rejected": states[RowState.REJECTED],
        "duplicates": states[RowState.DUPLICATE], "cases": cases.count(), "amounts": amounts_of(placement),
        "warnings": sum(1 for p in checked.problems if not p.error),
    }  # fmt: skip
    finish_placement(placement=placement, summary=summary, by=by, at=at)
    paper = receipt_of(agency=agency, placement=placement, summary=summary, by=by, at=at)
    confirm_by_mail(agency, placement, summary, paper, at)
    fault("placement.finished_uncommitted")
    return placement


AMOUNTS = """
    SELECT c.currency, sum(CASE l.kind WHEN 'invoice' THEN l.amount ELSE -l.amount END)
    FROM cases_case c JOIN cases_claimline l ON l.case_id = c.id
    WHERE c.id IN (SELECT case_id FROM intake_placedrow WHERE placement_id = %s AND case_id IS NOT NULL)
    GROUP BY c.currency ORDER BY c.currency
"""


def amounts_of(placement: Placement) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(AMOUNTS, [placement.id])
        return {currency: f"{amount:.2f}" for currency, amount in cursor.fetchall()}


def confirm_by_mail(
    agency: Agency, placement: Placement, summary: dict[str, Any], paper: Document | None, at: datetime
) -> None:  # fmt: skip
    mail_client(
        agency=agency, client=placement.client, key=f"placement-taken:{placement.id}", template="placement_taken",
        subject=N_("We have received placement %(number)s: %(cases)d cases"),
        paragraphs=[
            N_("Thank you. Of the %(rows)d rows of %(name)s we have taken %(accepted)d as %(cases)d cases (%(amounts)s)."),
            N_("%(rejected)d rows could not be taken and %(duplicates)d were placed before; the reasons stand in the portal, with a file to correct and send again."),
            N_("An account manager reviews the cases within two working days. You can see it all here: %(link)s"),
        ],
        params={
            "number": placement.number, "name": placement.name, "link": placement_link(placement),
            "amounts": ", ".join(f"{a} {c}" for c, a in summary["amounts"].items()) or "0",
            **{k: summary[k] for k in ("rows", "accepted", "rejected", "duplicates", "cases")},
        },
        attachments=[paper.id] if paper else [], at=at,
    )  # fmt: skip


def tell(placement: Placement) -> None:
    """A word to the open pages that something has moved; they fetch it themselves."""
    with scope(placement.agency_id):
        within = [str(id) for id in limit_of(placement)]
    payload = json.dumps({
        "within": within, "agency": str(placement.agency_id), "client": str(placement.client_id), "case": "", "audience": "client",
        "kind": "PlacementProgress",
    })  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('timeline', %s)", [payload])


def place_now(
    *, agency: Agency, client: Client, rows: Sequence[dict[str, str]], key: str, by: Actor, at: datetime,
    dry_run: bool = False,
) -> tuple[Placement, Checked | None]:  # fmt: skip
    """A request's rows, received, confirmed and placed in one go: for a few hundred. Dry: only checked
    (the second of the answer), nothing is kept. The same `key` again is the same placement.

    Raises `Refusal` as `receive_rows` and `confirm`.
    """
    with scope(agency.id):
        before = transaction.savepoint()
        placement = receive_rows(client=client, rows=rows, key=key, by=by, at=at)
        if dry_run:
            checked = check(placement=placement, found=looked(placement), today=at.date())
            transaction.savepoint_rollback(before)
            return placement, checked
    if placement.state == State.READ:
        with scope(agency.id):
            confirm(placement=placement, by=by, at=at)
    run_placement(agency=agency, placement=placement.id, at=at, wait=True)
    with scope(agency.id):
        placement.refresh_from_db()
    return placement, None
