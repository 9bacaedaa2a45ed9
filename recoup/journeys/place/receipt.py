"""The confirmation of a placement as a sealed paper with the list of its cases."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from recoup.agreements.papers import sender
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.intake.models import Placement
from recoup.journeys.accept_and_assign import address_of, person
from recoup.journeys.place.links import placement_link
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.paper.documents.placement_receipt import PlacedCase, PlacementReceipt, placement_receipt
from recoup.tenancy.models import Agency

KIND = "placement_receipt"
LISTED = 500  # cases on the paper; the rest stand in the portal
CASES = """
    SELECT c.number, d.name, c.currency, count(*), sum(CASE l.kind WHEN 'invoice' THEN l.amount ELSE -l.amount END)
    FROM cases_case c JOIN cases_claimline l ON l.case_id = c.id JOIN parties_debtor d ON d.id = c.debtor_id
    WHERE c.id IN (SELECT case_id FROM intake_placedrow WHERE placement_id = %s AND case_id IS NOT NULL)
    GROUP BY c.number, d.name, c.currency ORDER BY c.number LIMIT %s
"""


def receipt_of(
    *, agency: Agency, placement: Placement, summary: dict[str, Any], by: Actor, at: datetime
) -> Document | None:
    """None where no case was made: there is nothing to confirm."""
    if not summary["cases"]:
        return None
    client = placement.client
    with connection.cursor() as cursor:
        cursor.execute(CASES, [placement.id, LISTED])
        rows = cursor.fetchall()
    data = PlacementReceipt(
        paper_id=f"PL-{placement.number}", number=placement.number, file_name=placement.name, written_on=at.date(),
        sender=sender(agency), recipient=address_of(client), manager=person(agency, client.account_manager),
        rows=summary["rows"], accepted=summary["accepted"], rejected=summary["rejected"],
        duplicates=summary["duplicates"], count=summary["cases"],
        totals=tuple(Money(Decimal(a), c).rounded() for c, a in summary["amounts"].items()),
        cases=tuple(PlacedCase(n, d, k, Money(a, c).rounded()) for n, d, c, k, a in rows), link=placement_link(placement),
    )  # fmt: skip
    made = placement_receipt(data, language=client.language, at=at)
    return keep(
        agency=agency.id, content=made.content, name=made.filename, media_type="application/pdf", kind=KIND,
        title=f"{made.title}", language=client.language, by=by, at=at, client=client.id,
    )  # fmt: skip


def receipt_kept(placement: Placement) -> Document | None:
    found = Document.objects.filter(
        agency_id=placement.agency_id, client_id=placement.client_id, kind=KIND
    )
    return found.filter(title__contains=placement.number).order_by("-made_at").first()
