"""Writers of rate cards, quotes and agreements."""

import secrets
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from recoup.agreements.models import Agreement, Quote, RateCard
from recoup.agreements.papers import UNSIGNED, Signed, both
from recoup.agreements.queries import card_on
from recoup.agreements.rules import Asked, Terms, quote
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.files.operations import content_of, keep
from recoup.jurisdictions.overlay import using
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.lawbook.queries import overlay_of
from recoup.paper.parts import Paper, Signature
from recoup.paper.seal import ensure_seal_keys, seal
from recoup.parties.models import Client
from recoup.parties.operations import mark_client
from recoup.parties.rules import clean, words
from recoup.screening.queries import why_not_served
from recoup.tenancy.models import Agency
from recoup.tenancy.operations import next_number

OWN = "OWN"  # number of the agreement and version of the card of the agency's own cases
BOXES = ("authority", "terms", "power")  # what a signatory ticks, all of them


def publish_rate_card(
    *, agency: UUID, version: str, valid_from: date, currency: str, terms: dict[str, Any], by: Actor,
    at: datetime,
) -> RateCard:  # fmt: skip
    """Publish a version of the price; never changed afterwards.

    Raises `Refusal` `rate_card_broken`, `currency_not_in_card`, `rate_card_version_known`,
    `rate_card_backdated`, `rate_card_day_taken`.
    """
    Terms.read(terms).prices(currency)
    with transaction.atomic():
        with connection.cursor() as cursor:  # two at once: the second sees the first
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 33))", [str(agency)])
        if RateCard.objects.filter(agency_id=agency, version=version).exists():
            raise Refusal(
                "rate_card_version_known", N_("There is a rate card %(found)s already; a changed price is a new version."),
                field="version", found=version,
            )  # fmt: skip
        _not_backdated(agency, valid_from, at)
        card = RateCard.objects.create(
            agency_id=agency, version=version, valid_from=valid_from, currency=currency, terms=terms,
            published_at=at, by_name=by.name,
        )  # fmt: skip
        record(agency=agency, kind="RateCardPublished", by=by, at=at, audience="internal",
               version=version, valid_from=valid_from.isoformat())  # fmt: skip
    return card


def _not_backdated(agency: UUID, valid_from: date, at: datetime) -> None:
    """A price is not changed afterwards, nor two on one day; the first card may begin at any time."""
    known = RateCard.objects.filter(agency_id=agency)
    if not known.exists():
        return
    if valid_from <= day_at(Agency.objects.get(id=agency), at):
        raise Refusal("rate_card_backdated", N_("A new price begins tomorrow at the earliest; quotes and agreements rest on the present one."),
                      field="valid_from", found=valid_from)  # fmt: skip
    if known.filter(valid_from=valid_from).exists():
        raise Refusal("rate_card_day_taken", N_("Another rate card begins on that day already."), field="valid_from", found=valid_from)  # fmt: skip


def answer(*, agency: Agency, asked: Asked, on: date) -> tuple[RateCard, dict[str, Any]]:
    """The price as it would be quoted on a day, by the law with what the agency has confirmed beside it.

    Writes nothing. Raises `Refusal` as `give_quote`.
    """
    card = card_on(agency.id, on)
    terms = Terms.read(card.terms)
    with using(overlay_of(agency.id)):
        given = quote(terms, asked, version=card.version, agency_country=agency.country, on=on)
    return card, given


def day_at(agency: Agency, at: datetime) -> date:
    """The day it is at the agency."""
    return at.astimezone(ZoneInfo(agency.time_zone)).date()


def give_quote(
    *, agency: Agency, asked: Asked, by: Actor, at: datetime, on: date | None = None
) -> Quote:
    """Give a price that holds until `valid_until`: a number, a link, the card it comes from.

    `on` is the day it is for, else the agency's day at `at`. Raises `Refusal` `no_rate_card`, `currency_not_in_card`.
    """
    on = on or day_at(agency, at)
    with transaction.atomic():
        card, given = answer(agency=agency, asked=asked, on=on)
        kept = Quote.objects.create(
            agency=agency, number=f"Q-{on.year}-{next_number(agency=agency.id, series=f'quote {on.year}'):06d}",
            token=secrets.token_urlsafe(24), rate_card=card, asked=asked.as_json(), answer=given,
            made_at=at, valid_until=date.fromisoformat(given["valid_until"]),
        )  # fmt: skip
        record(agency=agency.id, kind="QuoteGiven", by=by, at=at, audience="internal", number=kept.number,
               rate_card=card.version, **asked.as_json())  # fmt: skip
    return kept


def take_quote(*, quote: Quote, client: Client, by: Actor, at: datetime) -> bool:
    """A client takes up a quote that was given to nobody yet; False when it is somebody's already."""
    with transaction.atomic():
        taken = _given_to(quote, client)
        if taken:
            record(agency=quote.agency_id, kind="QuoteTaken", by=by, at=at, client=client.id, audience="internal",
                   number=quote.number)  # fmt: skip
    return taken


def _given_to(quote: Quote, client: Client) -> bool:
    free = Quote.objects.filter(id=quote.id, client_id=None)
    return bool(free.update(client_id=client.id))


def prepare_agreement(
    *, agency: Agency, client: Client, rate_card: RateCard, quote: Quote | None = None, language: str,
    by: Actor, at: datetime,
) -> Agreement:  # fmt: skip
    """Write the agreement and the power of attorney, unsigned, in `language` with English abreast.

    A new version replaces an unsigned one only in order, never in fact: the old row stays. Raises
    `Refusal` `value_missing`, `glyph_missing`, `agreement_raced`.
    """
    try:
        with transaction.atomic():
            return _prepare(agency, client, rate_card, quote, language, by, at)
    except IntegrityError:
        raise Refusal("agreement_raced", N_("The agreement was prepared by somebody else at the same moment; look again.")) from None  # fmt: skip


def _prepare(
    agency: Agency,
    client: Client,
    card: RateCard,
    quote: Quote | None,
    language: str,
    by: Actor,
    at: datetime,
) -> Agreement:
    earlier = Agreement.objects.filter(agency=agency, client=client).order_by("-version").first()
    number = (
        earlier.number.partition("/")[0]
        if earlier
        else f"A-{next_number(agency=agency.id, series='agreement'):06d}"
    )
    version = earlier.version + 1 if earlier else 1
    row = Agreement(
        agency=agency, client=client, number=number if version == 1 else f"{number}/{version}",
        version=version, rate_card=card, quote=quote, language=language,
        token=secrets.token_urlsafe(24), made_at=at,
    )  # fmt: skip
    contract, power = both(row, UNSIGNED, at=at)
    row.agreement_document = _keep(row, contract, "agreement", by, at)
    row.power_document = _keep(row, power, "power_of_attorney", by, at)
    row.save()
    if quote is not None and quote.client_id is None:
        _given_to(quote, client)
    record(
        agency=agency.id, kind="AgreementPrepared", by=by, at=at, client=client.id, number=row.number,
        version=version, rate_card=card.version, language=language,
        quote=quote.number if quote else "",
    )  # fmt: skip
    return row


def sign_agreement(
    *,
    agreement: Agreement,
    signatory: str,
    ticked: list[str],
    ip: str,
    browser: str,
    by: Actor,
    at: datetime,
) -> Agreement:
    """The client signs both papers by typing the signatory's name and ticking every box; both are sealed.

    Keeps who, when, from where and the hashes of what was shown. Signing again what the same person
    signed changes nothing. Raises `Refusal` `name_differs`, `box_not_ticked`, `agreement_signed`,
    `agreement_superseded`, `agreement_changed`.
    """
    with transaction.atomic():
        row = _locked(agreement)
        if row.signed_at is not None:
            if same_name(row.signed_by, signatory):
                return row
            raise Refusal(
                "agreement_signed", N_("%(name)s has signed this already."), name=row.signed_by
            )
        _may_sign(row, signatory, ticked)
        name, shown = row.client.signatory, _shown(row)
        trail = {
            "signatory": name, "authority": row.client.authority, "user": str(by.id or ""),
            "by": by.name, "at": at.isoformat(), "ip": ip, "browser": clean(browser, 300),
            "ticked": sorted(ticked), "shown": shown, "language": row.language,
        }  # fmt: skip
        row.signed_at, row.signed_by, row.trail = at, name, trail
        _seal_both(row, by, at)
        row.save()
        if row.client.stage == Client.Stage.REGISTERED:
            mark_client(client=row.client, was=Client.Stage.REGISTERED, now=Client.Stage.SIGNED)
        record(
            agency=row.agency_id, kind="AgreementSigned", by=by, at=at, client=row.client_id,
            number=row.number, version=row.version, signatory=name, ip=ip, shown=shown,
        )  # fmt: skip
    return row


def countersign_agreement(*, agreement: Agreement, by: Actor, at: datetime) -> Agreement:
    """The agency signs too: the papers are sealed again with both names and the client may submit cases.

    Countersigning twice changes nothing. Raises `Refusal` `not_signed_yet`, `agreement_changed`, and
    `client_not_cleared` or `client_refused` while no officer has cleared the client.
    """
    with transaction.atomic():
        row = _locked(agreement)
        if row.countersigned_at is not None:
            return row
        if row.signed_at is None:
            raise Refusal("not_signed_yet", N_("The client has not signed this agreement yet."))
        against = why_not_served(row.client)
        if against is not None:
            raise against
        _shown(row)
        row.countersigned_at, row.countersigned_by = at, by.name
        row.trail = row.trail | {
            "countersigned": {"by": by.name, "user": str(by.id or ""), "at": at.isoformat()}
        }
        _seal_both(row, by, at)
        row.save()
        if row.client.stage == Client.Stage.SIGNED:
            mark_client(client=row.client, was=Client.Stage.SIGNED, now=Client.Stage.ACTIVE)
        record(
            agency=row.agency_id, kind="AgreementCountersigned", by=by, at=at, client=row.client_id,
            number=row.number, version=row.version,
        )  # fmt: skip
    return row


@transaction.atomic
def own_agreement(*, client: Client, by: Actor, at: datetime) -> Agreement:
    """What the agency's own cases rest on: no papers, and a card that asks for nothing; made once.

    The card begins before any other, so that it is never the price of a day.
    """
    assert client.own
    known = Agreement.objects.filter(client=client).first()
    if known is not None:
        return known
    terms = card_on(client.agency_id, day_at(client.agency, at)).terms
    card = RateCard.objects.create(
        agency_id=client.agency_id, version=OWN, valid_from=date(1900, 1, 1), currency="EUR",
        terms=free_of_charge(terms), published_at=at, by_name=by.name,
    )  # fmt: skip
    row = Agreement.objects.create(
        agency_id=client.agency_id, client=client, number=OWN, rate_card=card, language=client.language,
        token=secrets.token_urlsafe(24), made_at=at, signed_at=at, signed_by=by.name, trail={"own": True},
        countersigned_at=at, countersigned_by=by.name,
    )  # fmt: skip
    record(
        agency=client.agency_id,
        kind="OwnClientMade",
        by=by,
        at=at,
        audience="internal",
        number=client.reference,
    )
    return row


def free_of_charge(terms: dict[str, Any]) -> dict[str, Any]:
    """The same card with nothing to pay."""
    nothing = {"minimum": "0", "set_up": "0", "withdrawal": "0"}
    return terms | {
        "commission": terms["commission"] | {"rates": [["0" for _ in row] for row in terms["commission"]["rates"]]},
        "cross_border": "0", "phases": dict.fromkeys(terms["phases"], "0"),
        "currencies": {
            code: each | {name: nothing[name] for name in nothing if name in each}
            for code, each in terms["currencies"].items()
        },
    }  # fmt: skip


def same_name(one: str, other: str) -> bool:
    """Whether two typed names are the same but for case, accents and spaces."""
    return words(one) == words(other) and bool(words(one))


def _locked(agreement: Agreement) -> Agreement:
    rows = Agreement.objects.select_related("agency", "client", "rate_card", "quote")
    return rows.select_for_update(of=("self",)).get(id=agreement.id)


def _may_sign(row: Agreement, signatory: str, ticked: list[str]) -> None:
    if Agreement.objects.filter(client_id=row.client_id, version__gt=row.version).exists():
        raise Refusal(
            "agreement_superseded", N_("There is a newer version of this agreement; sign that one.")
        )
    if not same_name(signatory, row.client.signatory):
        raise Refusal(
            "name_differs", N_("Type the name exactly as given at registration: %(name)s."),
            field="signatory", name=row.client.signatory, found=clean(signatory, 80),
        )  # fmt: skip
    for box in BOXES:
        if box not in ticked:
            raise Refusal(
                "box_not_ticked", N_("Tick every box to sign; one is still open."), field=box
            )


def _shown(row: Agreement) -> dict[str, str]:
    """Hashes of the papers as shown. What was shown is what the row still says, else nothing is signed."""
    kept = {"agreement": row.agreement_document, "power": row.power_document}
    papers = dict(zip(kept, both(row, UNSIGNED, at=row.made_at), strict=True))
    hashes = {}
    for name, document in kept.items():
        assert document is not None
        content, hashes[name] = content_of(document), document.sha256
        if sha256(content).hexdigest() != papers[name].sha256:
            raise Refusal(
                "agreement_changed",
                N_(
                    "Something in the agreement has changed since it was written; a new version is needed before it can be signed."
                ),
            )
    return hashes


def _seal_both(row: Agreement, by: Actor, at: datetime) -> None:
    """Write both papers with the signatures of the row and seal them."""
    keys = ensure_seal_keys(settings.SECRETS_ROOT, organisation=row.agency.name, at=at)
    papers = both(row, _signatures(row), at=at)
    sealed = [
        seal(
            paper.content,
            reason=f"{paper.title} – {row.signed_by}",
            name=row.agency.name,
            at=at,
            keys=keys,
        )
        for paper in papers
    ]
    row.sealed_agreement = _keep(row, papers[0], "sealed_agreement", by, at, sealed[0])
    row.sealed_power = _keep(row, papers[1], "sealed_power", by, at, sealed[1])


def _signatures(row: Agreement) -> Signed:
    assert row.signed_at is not None
    evidence = f"{row.number} · {row.trail['shown']['agreement'][:16]}"
    client = Signature(
        name=row.signed_by, title=row.client.authority, at=row.signed_at, evidence=evidence
    )
    if row.countersigned_at is None:
        return Signed(client)
    return Signed(client, Signature(
        name=row.countersigned_by, title=row.agency.name, at=row.countersigned_at, evidence=evidence,
    ))  # fmt: skip


def _keep(
    row: Agreement, paper: Paper, kind: str, by: Actor, at: datetime, content: bytes | None = None
) -> Document:
    return keep(
        agency=row.agency_id, content=content or paper.content, name=paper.filename,
        media_type="application/pdf", kind=kind, title=paper.title, language=row.language,
        client=row.client_id, by=by, at=at,
    )  # fmt: skip
