"""Which case a bank line pays: certain, likely, or none, and why. Pure.

Certain, and so booked without a person, is only a line that names the case itself: by a structured
reference with a valid check digit, or by the exact case number, in the case's currency. All else is
a suggestion. A wrong booking is worse than a line that waits.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum

from recoup.kernel.refs import compact, is_rf, rf_of_case
from recoup.kernel.refusal import N_
from recoup.kernel.sheets import sheet
from recoup.payments.bankfiles.facts import Entry, Remark
from recoup.payments.names import is_alike, plain_name
from recoup.payments.references import (
    DEFAULT_PREFIX,
    References,
    find_references,
    is_kid,
    is_ocr,
)

# A shorter run of digits in free text is too often something else to be booked by.
SHORTEST_CHECKED = 8
SHORTEST_INVOICE = 3


class Kind(StrEnum):
    CERTAIN = "certain"
    LIKELY = "likely"
    NONE = "none"


@sheet(frozen=True, slots=True)
class Line:
    """What matching needs of a bank line; `amount` is signed, positive for money in."""

    key: str
    amount: Decimal
    currency: str
    reference: str | None = None
    end_to_end_id: str | None = None
    remittance: str | None = None
    counterparty: str | None = None
    counterparty_account: str | None = None
    documents: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(t for t in (self.reference, self.end_to_end_id, self.remittance) if t)


def line_of(entry: Entry) -> Line:
    """The line of a bookable entry. Raises `ValueError` for an entry without an amount."""
    if entry.amount is None:
        raise ValueError(f"line {entry.line_key} has no readable amount")
    return Line(
        key=entry.line_key, amount=entry.amount, currency=entry.currency, reference=entry.reference,
        end_to_end_id=entry.end_to_end_id, remittance=entry.remittance or entry.additional,
        counterparty=entry.counterparty, counterparty_account=entry.counterparty_account,
        documents=entry.documents,
    )  # fmt: skip


@sheet(frozen=True, slots=True)
class Invoice:
    number: str
    amount: Decimal


@sheet(frozen=True, slots=True)
class OpenCase:
    """A case that may be paid: `open` is what is owed today with interest and costs.

    `references` are further structured references given to the debtor (OCR, KID, RF), `accounts`
    those the debtor has paid from before, `payers` accounts and plain names that a person said pay for it.
    """

    id: str
    number: str
    currency: str
    open: Decimal
    names: tuple[str, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    references: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()


@sheet(frozen=True, slots=True)
class Match:
    """`cases` are `(case id, amount)`; `suggestions` the ids a person should look at if kind is none."""

    kind: Kind
    cases: tuple[tuple[str, Decimal], ...]
    because: tuple[Remark, ...]
    suggestions: tuple[str, ...] = ()


class Candidates:
    """The open cases of an agency, indexed once for many lines."""

    def __init__(self, cases: Iterable[OpenCase], *, prefix: str = DEFAULT_PREFIX) -> None:
        self.prefix = prefix
        self.by_number: dict[str, OpenCase] = {}
        self.by_reference: defaultdict[str, list[OpenCase]] = defaultdict(list)
        self.by_invoice: defaultdict[str, list[tuple[OpenCase, Invoice]]] = defaultdict(list)
        self.by_payer: defaultdict[str, list[OpenCase]] = defaultdict(list)
        self.by_amount: defaultdict[tuple[str, Decimal], list[OpenCase]] = defaultdict(list)
        for case in cases:
            self.add(case)

    def add(self, case: OpenCase) -> None:
        """Index a case. Raises `ValueError` for a second case of the same number."""
        number = case.number.upper()
        if number in self.by_number:
            raise ValueError(f"two cases are called {case.number}")
        self.by_number[number] = case
        for reference in {rf_of_case(case.number), *map(compact, case.references)}:
            self.by_reference[reference].append(case)
        for payer in case.payers:
            self.by_payer[payer].append(case)
        for amount in {case.open, *(i.amount for i in case.invoices)}:
            self.by_amount[case.currency, amount].append(case)
        for invoice in case.invoices:
            number = plain_number(invoice.number)
            if len(number) >= SHORTEST_INVOICE:
                self.by_invoice[number].append((case, invoice))


def match_many(lines: Iterable[Line], candidates: Candidates) -> list[Match]:
    """A match for each line, in order."""
    return [match(line, candidates) for line in lines]


def match(line: Line, candidates: Candidates) -> Match:
    """The case or cases a line pays, with the reasons in the order they were weighed."""
    if line.amount <= 0:
        return Match(Kind.NONE, (), (why("money_out", N_("The line is no incoming payment.")),))
    found = find_references(line.text, prefix=candidates.prefix)
    if named := named_by(line, found, candidates):
        return named_match(line, named)
    return (
        by_invoice(line, found, candidates)
        or by_name(line, candidates)
        or by_rule(line, candidates)
        or nothing()
    )


Named = list[tuple[OpenCase, Remark]]


def named_by(line: Line, found: References, candidates: Candidates) -> Named:
    """The cases a line names itself, by a structured reference or a case number, with the reason for each."""
    named = by_reference(line, found, candidates)
    have = {case.id for case, _ in named}
    return [*named, *(o for o in by_case_number(found, candidates) if o[0].id not in have)]


def alone(line: Line, named: Named) -> Match | None:
    """Certain whatever is open: one case, in the line's currency, by a reference with a check digit."""
    if len(named) != 1 or named[0][1].code != "reference" or named[0][0].currency != line.currency:
        return None
    case, reason = named[0]
    return Match(Kind.CERTAIN, ((case.id, line.amount),), (reason,))


def by_reference(line: Line, found: References, candidates: Candidates) -> Named:
    """Cases named by a structured reference with a valid check digit that belongs to one case only."""
    fields = [compact(r) for r in (line.reference or "").split("|") if r]
    fields += [compact(line.end_to_end_id)] if line.end_to_end_id else []
    valid = [r for r in fields if is_rf(r) or is_ocr(r) or is_kid(r)]
    texts = [*found.rf, *(d for d in found.checked if len(d) >= SHORTEST_CHECKED)]
    named: dict[str, tuple[OpenCase, Remark]] = {}
    for reference in dict.fromkeys([*valid, *texts]):
        cases = candidates.by_reference.get(reference, ())
        if len(cases) == 1:
            sentence = N_("Reference %(found)s is that of case %(case)s.")
            named.setdefault(
                cases[0].id,
                (cases[0], why("reference", sentence, found=reference, case=cases[0].number)),
            )
    return list(named.values())


def by_case_number(found: References, candidates: Candidates) -> Named:
    return [
        (case, why("case_number", N_("The text names case %(case)s."), case=case.number))
        for number in found.cases
        if (case := candidates.by_number.get(number.upper()))
    ]


def named_match(line: Line, named: Named) -> Match:
    """Certain for one case, or for several whose open amounts are exactly the payment."""
    cases = [case for case, _ in named]
    because = [reason for _, reason in named]
    foreign = [case for case in cases if case.currency != line.currency]
    if foreign:
        because.append(why(
            "currency_differs", N_("Paid in %(currency)s, case %(case)s is in %(found)s."),
            currency=line.currency, case=foreign[0].number, found=foreign[0].currency,
        ))  # fmt: skip
        return Match(
            Kind.LIKELY, tuple((c.id, line.amount) for c in cases[:1]), tuple(because), ids(cases)
        )
    if len(cases) > 1:
        return several(line, cases, because)
    case = cases[0]
    if because[0].code == "case_number" and is_doubtful(line, case):
        because.append(why(
            "payer_differs", N_("But %(found)s pays more than is open, and the debtor is called otherwise."),
            found=line.counterparty or "",
        ))  # fmt: skip
        return Match(Kind.LIKELY, ((case.id, line.amount),), tuple(because))
    return Match(Kind.CERTAIN, ((case.id, line.amount),), (*because, compared(line, case)))


def is_doubtful(line: Line, case: OpenCase) -> bool:
    """A case number has no check digit: too much money from a stranger may be a slip of the pen."""
    return bool(
        line.counterparty and case.names and line.amount > case.open
        and not any(is_alike(line.counterparty, name) for name in case.names)
    )  # fmt: skip


def several(line: Line, cases: Sequence[OpenCase], because: list[Remark]) -> Match:
    if sum((case.open for case in cases), Decimal(0)) == line.amount and all(
        c.open > 0 for c in cases
    ):
        because.append(why("sum_agrees", N_("Together exactly what is open.")))
        return Match(Kind.CERTAIN, tuple((c.id, c.open) for c in cases), tuple(because))
    because.append(why(
        "sum_differs", N_("%(count)d cases are named, and the amount is not what they owe together."),
        count=len(cases),
    ))  # fmt: skip
    return Match(Kind.NONE, (), tuple(because), ids(cases))


def compared(line: Line, case: OpenCase) -> Remark:
    """One sentence on the amount."""
    return on_amount(case.open - line.amount, case.currency)


def on_amount(rest: Decimal, currency: str) -> Remark:
    """The same, by what stays open after the payment; what was too much is less than nothing."""
    if rest == 0:
        return why("amount_agrees", N_("The amount is exactly what is open."))
    if rest > 0:
        sentence = N_("%(found)s %(currency)s stay open.")
        return why("part_payment", sentence, found=str(rest), currency=currency)
    sentence = N_("%(found)s %(currency)s more than is open.")
    return why("overpaid", sentence, found=str(-rest), currency=currency)


def by_invoice(line: Line, found: References, candidates: Candidates) -> Match | None:
    """Invoice numbers in the text: likely with the right amount, or with a payer of that name."""
    numbers = dict.fromkeys([plain_number(n) for n in (*line.documents, *found.numbers)])
    hits: dict[str, tuple[OpenCase, list[Invoice]]] = {}
    for number in numbers:
        for case, invoice in candidates.by_invoice.get(number, ()):
            if case.currency == line.currency:
                hits.setdefault(case.id, (case, []))[1].append(invoice)
    exact = [
        (case, invoices) for case, invoices in hits.values()
        if line.amount in {case.open, sum((i.amount for i in invoices), Decimal(0)), *(i.amount for i in invoices)}
    ]  # fmt: skip
    if exact:
        return one_of(line, exact, why("invoice_amount", N_("Invoice number and amount agree.")))
    alike = [(case, invoices) for case, invoices in hits.values() if payer_is(line, case)]
    if alike:
        return one_of(
            line,
            alike,
            why("invoice_name", N_("Invoice number and payer agree, the amount does not.")),
        )
    return None


def one_of(line: Line, found: Sequence[tuple[OpenCase, list[Invoice]]], reason: Remark) -> Match:
    cases = [case for case, _ in found]
    if len(cases) > 1:
        return ambiguous(cases)
    case, invoices = found[0]
    sentence = N_("Invoice %(found)s belongs to case %(case)s.")
    names = why("invoice", sentence, found=", ".join(i.number for i in invoices), case=case.number)
    return Match(Kind.LIKELY, ((case.id, line.amount),), (names, reason))


def by_name(line: Line, candidates: Candidates) -> Match | None:
    """The exact amount from a payer of the debtor's name, or from an account that paid before."""
    cases = [
        c for c in candidates.by_amount.get((line.currency, line.amount), ()) if payer_is(line, c)
    ]
    if len(cases) > 1:
        return ambiguous(cases)
    if not cases:
        return None
    sentence = N_("%(found)s pays exactly an amount of case %(case)s.")
    reason = why(
        "name_amount",
        sentence,
        found=line.counterparty or line.counterparty_account or "",
        case=cases[0].number,
    )
    return Match(Kind.LIKELY, ((cases[0].id, line.amount),), (reason,))


def by_rule(line: Line, candidates: Candidates) -> Match | None:
    """Who pays like this paid for that debtor before, as a person decided: likely for its one open case."""
    keys = [line.counterparty_account or "", plain_name(line.counterparty or "")]
    cases = {
        c.id: c
        for key in keys
        if key
        for c in candidates.by_payer.get(key, ())
        if c.currency == line.currency
    }
    if len(cases) > 1:
        return ambiguous(list(cases.values()))
    for case in cases.values():
        sentence = N_(
            "%(found)s has paid for this debtor before: learned from a person's decision."
        )
        reason = why(
            "learned", sentence, found=line.counterparty or line.counterparty_account or ""
        )
        return Match(Kind.LIKELY, ((case.id, line.amount),), (reason, compared(line, case)))
    return None


def payer_is(line: Line, case: OpenCase) -> bool:
    if line.counterparty_account and compact(line.counterparty_account) in map(
        compact, case.accounts
    ):
        return True
    return bool(line.counterparty) and any(
        is_alike(line.counterparty or "", name) for name in case.names
    )


def ambiguous(cases: Sequence[OpenCase]) -> Match:
    reason = why("several_fit", N_("%(count)d cases fit equally well."), count=len(cases))
    return Match(Kind.NONE, (), (reason,), ids(cases))


def nothing() -> Match:
    return Match(
        Kind.NONE,
        (),
        (why("nothing_fits", N_("No reference, invoice number or payer fits an open case.")),),
    )


def ids(cases: Sequence[OpenCase]) -> tuple[str, ...]:
    return tuple(case.id for case in cases)


def plain_number(text: str) -> str:
    """A document number for comparison: letters and digits, upper-case, no leading zeros."""
    return "".join(c for c in text.upper() if c.isascii() and c.isalnum()).lstrip("0")


def why(code: str, sentence: str, **params: object) -> Remark:
    return Remark(code, sentence, dict(params))
