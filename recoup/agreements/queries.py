"""Reads of cards, quotes and agreements."""

import re
from datetime import date
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from recoup.agreements.models import Agreement, Quote, RateCard
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client

TOKEN = re.compile(r"[A-Za-z0-9_-]{20,43}", re.ASCII)


def card_on(agency: UUID, on: date) -> RateCard:
    """The rate card in force on a day. Raises `Refusal` `no_rate_card`."""
    card = RateCard.objects.filter(agency_id=agency, valid_from__lte=on).first()
    if card is None:
        raise Refusal(
            "no_rate_card", N_("No rate card is in force on %(day)s: an administrator publishes one first."),
            day=on,
        )  # fmt: skip
    return card


def standing_agreement(client: Client) -> Agreement | None:
    """The client's newest agreement that both sides have signed; None while there is none."""
    return (
        Agreement.objects.filter(
            agency_id=client.agency_id, client=client, countersigned_at__isnull=False
        )
        .select_related("rate_card")
        .order_by("-version")
        .first()
    )


def not_on_card(card: RateCard) -> QuerySet[Client]:
    """Active clients whose newest agreement, signed or waiting, is by another card."""
    newest = Agreement.objects.filter(client=OuterRef("pk")).order_by("-version")
    active = Client.objects.filter(agency_id=card.agency_id, stage=Client.Stage.ACTIVE, own=False)
    return (
        active.annotate(by_card=Subquery(newest.values("rate_card_id")[:1]))
        .exclude(by_card=card.id)
        .order_by("reference")
    )


def latest_agreement(client: Client) -> Agreement | None:
    """The client's newest agreement, signed or not."""
    agreements = Agreement.objects.filter(agency_id=client.agency_id, client=client)
    return agreements.select_related("rate_card").order_by("-version").first()


def quote_by(agency: UUID, token: str) -> Quote | None:
    """The quote of a link, where the asker may see it."""
    if not TOKEN.fullmatch(token):
        return None
    return Quote.objects.filter(agency_id=agency, token=token).select_related("rate_card").first()


def agreement_by(agency: UUID, token: str) -> Agreement | None:
    """The agreement of a link with its papers, where the asker may see it."""
    if not TOKEN.fullmatch(token):
        return None
    rows = Agreement.objects.select_related(
        "agency", "client", "rate_card", "quote", "agreement_document", "power_document",
        "sealed_agreement", "sealed_power",
    )  # fmt: skip
    return rows.filter(agency_id=agency, token=token).first()
