"""From the files of one submission to a proposed case: a form filled in, with every doubt said. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from recoup.intake.einvoice import Notice, Party, Reading
from recoup.intake.einvoice.checks import TEXT
from recoup.intake.einvoice.reading import notice
from recoup.kernel.refusal import N_
from recoup.parties.rules import match_name


@dataclass(frozen=True, slots=True)
class Source:
    """A kept file; `reading` is None where it holds no readable invoice."""

    file: str
    document: UUID
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """The client who submits, and the currencies its rate card has prices in."""

    name: str
    registration_number: str
    vat_number: str
    currencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """`confirm_due`: the due day is a reading of free text and must be confirmed."""

    file: str
    document: UUID | None
    kind: str = "invoice"
    ref: str = ""
    issued_on: date | None = None
    due_on: date | None = None
    amount: Decimal | None = None
    confirm_due: bool = False
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """`attached` are the kept files without data; `notices` concern the whole case."""

    debtor: Party
    currency: str
    lines: tuple[ProposedLine, ...]
    attached: tuple[Source, ...] = ()
    notices: tuple[Notice, ...] = ()


def propose(sources: Sequence[Source], client: ClientFacts) -> Proposal:
    """One case from one or several files: the first invoice sets debtor and currency; what does not
    belong to it is left out and said."""
    readings = [(s, one) for s in sources if s.reading for one in (s.reading, *s.reading.further)]
    attached = tuple(s for s in sources if s.reading is None)
    if not readings:
        blank = tuple(ProposedLine(s.file, s.document) for s in attached)
        return Proposal(Party(), "", blank, attached)
    first = readings[0][1]
    debtor, currency = first.buyer, first.currency or ""
    lines, doubts = [], [*creditor_doubts(first, client), *currency_doubts(currency, client)]
    for source, reading in readings:
        stray = left_out(source, reading, debtor, currency)
        if stray is not None:
            doubts.append(stray)
        else:
            lines.append(proposed(source, reading))
    doubts += [notice("attached", N_("%(file)s holds no invoice data; it is kept with the case as a document."),
                      file=s.file) for s in attached]  # fmt: skip
    return Proposal(debtor, currency, tuple(lines), attached, tuple(doubts))


def proposed(source: Source, reading: Reading) -> ProposedLine:
    amount = reading.due_payable
    if amount is None and reading.grand_total is not None:
        amount = reading.grand_total - (reading.prepaid or 0)
    return ProposedLine(
        file=source.file, document=source.document,
        kind="credit_note" if reading.is_credit else "invoice", ref=reading.number or "",
        issued_on=reading.issue_date, due_on=reading.due_date,
        amount=None if amount is None else abs(amount), confirm_due=reading.due_date_source == TEXT, notices=reading.warnings,
    )  # fmt: skip


def left_out(source: Source, reading: Reading, debtor: Party, currency: str) -> Notice | None:
    """Why an invoice does not belong to the case that the first one opens."""
    if reading.currency and currency and reading.currency != currency:
        return notice(
            "other_currency",
            N_("%(file)s is in %(found)s, this case is in %(currency)s; submit it as a case of its own. It was left out."),
            file=source.file, found=reading.currency, currency=currency,
        )  # fmt: skip
    if not same_party(reading.buyer, debtor):
        return notice(
            "other_debtor",
            N_("%(file)s is addressed to %(found)s, not to %(debtor)s; submit it as a case of its own. It was left out."),
            file=source.file, found=reading.buyer.name or "?", debtor=debtor.name or "?",
        )  # fmt: skip
    return None


def currency_doubts(currency: str, client: ClientFacts) -> list[Notice]:
    if not currency or currency in client.currencies:
        return []
    text = N_(
        "The invoice is in %(found)s; your rate card has prices in %(known)s only. Write to us before you submit it."
    )
    return [
        notice("currency_not_in_card", text, found=currency, known=", ".join(client.currencies))
    ]


def creditor_doubts(reading: Reading, client: ClientFacts) -> list[Notice]:
    if is_client(reading.buyer, client):
        text = N_(
            "The invoice is addressed to your own company, %(found)s: it is a debt of yours, not a claim."
        )
        return [notice("client_is_buyer", text, found=reading.buyer.name or "?")]
    if reading.seller.name and not is_client(reading.seller, client):
        text = N_(
            "The invoice was issued by %(found)s, not by %(client)s; please check that the claim is yours, by assignment or under another name."
        )
        return [notice("creditor_not_client", text, found=reading.seller.name, client=client.name)]
    return []


def digits(number: str | None) -> str:
    return re.sub(r"[^A-Z0-9]", "", (number or "").upper())


def is_client(party: Party, client: ClientFacts) -> bool:
    """Whether a party is the client: by a number, else by its name without legal form."""
    ours = {digits(client.registration_number), digits(client.vat_number)} - {""}
    theirs = {digits(party.vat), digits(party.legal_id), digits(party.tax_id)} - {""}
    if ours & theirs:
        return True
    return bool(party.name) and match_name(party.name or "") == match_name(client.name)


def same_party(one: Party, other: Party) -> bool:
    numbers = {digits(one.vat), digits(one.legal_id)} - {""}
    if numbers & ({digits(other.vat), digits(other.legal_id)} - {""}):
        return True
    return match_name(one.name or "") == match_name(other.name or "")
