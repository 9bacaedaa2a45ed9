"""From the files of one submission to a proposed case: a form filled in, with every doubt said. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from recoup.intake.einvoice import Notice, Party, Reading
from recoup.intake.einvoice.checks import TEXT
from recoup.intake.einvoice.reading import Due, notice
from recoup.kernel.refusal import N_
from recoup.parties.rules import match_name


@dataclass(frozen=True, slots=True)
class Source:
    """A kept file; `reading` is None where it holds no readable invoice."""

    file: str
    document: UUID
    reading: Reading | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """The client who submits, and the currencies its rate card has prices in."""

    name: str
    registration_number: str
    vat_number: str
    currencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """`confirm_due`: the due day is a reading of free text and must be confirmed. `credits`: the number of
    the invoice of this case that a credit note takes from."""

    file: str
    document: UUID | None
    kind: str = "invoice"
    ref: str = ""
    issued_on: date | None = None
    due_on: date | None = None
    amount: Decimal | None = None
    confirm_due: bool = False
    credits: str = ""
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
        locked = tuple(kept_only(s) for s in attached if s.locked)
        return Proposal(Party(), "", blank, attached, locked)
    first = readings[0][1]
    debtor, currency = first.buyer, first.currency or ""
    lines, doubts = [], [*creditor_doubts(first, client), *currency_doubts(currency, client)]
    for source, reading in readings:
        stray = (
            None
            if names_one(reading, readings, currency)
            else left_out(source, reading, debtor, currency)
        )
        if stray is not None:
            doubts.append(stray)
        else:
            lines += proposed(source, reading)
    doubts += [kept_only(s) for s in attached]
    return Proposal(debtor, currency, credits_named(lines), attached, tuple(doubts))


def kept_only(source: Source) -> Notice:
    if source.locked:
        text = N_("%(file)s is locked with a password: it is kept, but nobody can look into it. Please send it unlocked.")  # fmt: skip
        return notice("locked", text, file=source.file)
    return notice("attached", N_("%(file)s holds no invoice data; it is kept with the case as a document."), file=source.file)  # fmt: skip


def proposed(source: Source, reading: Reading) -> list[ProposedLine]:
    """One line, or one for each day on which a part falls due."""
    amount = open_amount(reading)
    credit = reading.is_credit
    whole = ProposedLine(
        file=source.file, document=source.document, kind="credit_note" if credit else "invoice",
        ref=reading.number or "", issued_on=reading.issue_date,
        # A credit note falls due when it is issued: nothing else is said of it.
        due_on=reading.due_date or (reading.issue_date if credit else None),
        amount=None if amount is None else abs(amount), confirm_due=reading.due_date_source == TEXT,
        credits=reading.preceding[0].number if credit and reading.preceding else "", notices=reading.warnings,
    )  # fmt: skip
    parts = () if credit else terms(reading)
    return [
        replace(whole, ref=f"{whole.ref} ({n}/{len(parts)})", due_on=part.on, amount=part.amount,
                notices=whole.notices if n == 1 else ())
        for n, part in enumerate(parts, 1)
    ] or [whole]  # fmt: skip


def open_amount(reading: Reading) -> Decimal | None:
    if reading.due_payable is None and reading.grand_total is not None:
        return reading.grand_total - (reading.prepaid or 0)
    return reading.due_payable


def terms(reading: Reading) -> tuple[Due, ...]:
    """The days of an invoice payable in parts, when the parts are known and make up the whole."""
    full = tuple(due for due in reading.due_dates if not due.discount)
    whole = open_amount(reading)
    known = [due.amount for due in full if due.amount is not None and due.amount > 0]
    fits = len(known) == len(full) > 1 and len({due.on for due in full}) == len(full)
    return full if fits and whole is not None and sum(known) == whole else ()


def credits_named(lines: Sequence[ProposedLine]) -> tuple[ProposedLine, ...]:
    """Only invoices that are here can be named; a credit note for another is left without."""
    here = {line.ref for line in lines if line.kind == "invoice"}
    return tuple(line if line.credits in here else replace(line, credits="") for line in lines)


SCANS = 5  # files without data in one draft; more of them are hardly one case


def parted(sources: Sequence[Source]) -> list[list[Source]]:
    """The files of each case to be: those of one debtor in one currency, a credit note with the invoice it
    names. Files without data go with the only case there is; else they are a case, or many, of their own."""
    groups: list[list[Source]] = []
    silent = [s for s in sources if s.reading is None]
    read = sorted(
        (s for s in sources if s.reading is not None),
        key=lambda s: bool(s.reading and s.reading.is_credit),
    )
    for source in read:
        home = next((group for group in groups if goes_with(source, group)), None)
        if home is None:
            groups.append([source])
        else:
            home.append(source)
    if not silent:
        return groups
    if len(groups) == 1:
        return [[*groups[0], *silent]]
    alone = [silent] if len(silent) <= SCANS else [[s] for s in silent]
    return groups + alone


def goes_with(source: Source, group: Sequence[Source]) -> bool:
    one, first = source.reading, group[0].reading
    if (
        one is None
        or first is None
        or (one.currency and first.currency and one.currency != first.currency)
    ):
        return False
    numbers = {s.reading.number for s in group if s.reading and s.reading.number}
    named = one.is_credit and any(p.number in numbers for p in one.preceding)
    return named or same_party(one.buyer, first.buyer)


def names_one(reading: Reading, readings: Sequence[tuple[Source, Reading]], currency: str) -> bool:
    """Whether it is a credit note for one of these invoices, however its buyer is written."""
    here = {one.number for _, one in readings if one.number and not one.is_credit}
    same = not (reading.currency and currency) or reading.currency == currency
    return same and reading.is_credit and any(p.number in here for p in reading.preceding)


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
