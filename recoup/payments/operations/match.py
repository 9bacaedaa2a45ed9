"""Finding the cases that bank lines may pay: a handful of queries, whatever the number of lines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Q

from recoup.cases.models import Case, ClaimLine
from recoup.cases.states import Stage
from recoup.kernel.refs import compact
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Client, Debtor
from recoup.payments.matching import Candidates, Invoice, Line, OpenCase, plain_number
from recoup.payments.models import Allocation, BankLine, MatchRule
from recoup.payments.names import is_alike, numbers_of, plain_name
from recoup.payments.queries import facts_of
from recoup.payments.references import DEFAULT_PREFIX, find_references
from recoup.payments.rules import CaseFacts, owed_of
from recoup.tenancy.bulk import among, among_texts, attach, read_many

# Where a payment is booked without a person; before acceptance and after the end one must look.
COLLECTED = (Stage.ACCEPTED, Stage.CONTACT, Stage.EVALUATION, Stage.LEGAL)


def line_of(line: BankLine) -> Line:
    """What matching needs of a kept line."""
    return Line(
        key=line.key, amount=line.amount, currency=line.currency, reference=line.reference or None,
        end_to_end_id=line.end_to_end_id or None, remittance=line.remittance or None,
        counterparty=line.counterparty or None, counterparty_account=line.counterparty_account or None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """Cases that lines may pay, by their ids as text, with their debtors' names and what the law must know."""

    cases: dict[str, Case]
    facts: dict[UUID, CaseFacts]
    names: dict[UUID, str]

    def open_of(self, case: UUID, on: date) -> Decimal:
        """What is to pay on `on`; nothing where the law gives no answer."""
        try:
            return owed_of(self.facts[case], on, to_pay=True).total
        except Refusal:
            return Decimal(0)


def known(ids: Iterable[UUID]) -> Known:
    cases = read_many(Case.objects.filter(id__among=among(ids)))
    clients = Client.objects.filter(id__among=among({c.client_id for c in cases}))
    client_of = {c.id: c for c in clients}  # few have many cases
    for case in cases:
        attach(case, client=client_of[case.client_id])
    debtors = Debtor.objects.filter(id__among=among({c.debtor_id for c in cases}))
    name_of = dict(debtors.values_list("id", "name"))
    return Known(
        {str(case.id): case for case in cases},
        facts_of(cases),
        {case.id: name_of[case.debtor_id] for case in cases},
    )


def candidates_for(
    agency: UUID, lines: Sequence[Line], on: date, names: "DebtorNames | None" = None
) -> tuple[Candidates, Known]:
    """Cases that the lines name or, for those that name none, that their payers, accounts or invoice numbers
    point to, with what is to pay on `on`."""
    found, lines = named(agency, lines)
    found |= invoiced(agency, lines) | (names or names_for(agency, lines)).like(lines)
    found |= paid_before(agency, lines)
    learned = learned_of(agency, lines)
    ruled = Case.objects.filter(agency_id=agency, stage__in=COLLECTED, debtor_id__in=learned)
    found |= set(ruled.values_list("id", flat=True))
    cases = known(found)
    invoices = invoices_of(cases.facts)
    accounts = accounts_of({case.id: case for case in cases.cases.values()})
    opened = [
        open_case(
            case,
            cases.names[case.id],
            cases.open_of(case.id, on),
            invoices[case.id],
            accounts[case.id],
            learned[case.debtor_id] if case.stage in COLLECTED else (),
        )
        for case in cases.cases.values()
    ]
    return Candidates(opened), cases


def open_case(
    case: Case,
    name: str,
    open: Decimal,
    invoices: Sequence[Invoice] = (),
    accounts: Sequence[str] = (),
    payers: Sequence[str] = (),
) -> OpenCase:
    return OpenCase(
        id=str(case.id), number=case.number, currency=case.currency,
        open=open, names=(name,),
        invoices=tuple(invoices), references=(case.reference,), accounts=tuple(accounts),
        payers=tuple(payers),
    )  # fmt: skip


def learned_of(agency: UUID, lines: Sequence[Line]) -> dict[UUID, list[str]]:
    """What the rules in force say of these lines' payers, by debtor; one query."""
    accounts = {line.counterparty_account for line in lines if line.counterparty_account}
    names = {plain_name(line.counterparty)[:200] for line in lines if line.counterparty} - {""}
    rows = MatchRule.objects.filter(
        Q(account__among=among_texts(accounts)) | Q(account="", payer__among=among_texts(names)),
        agency_id=agency,
        revoked_at__isnull=True,
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for debtor, account, payer in rows.values_list("debtor_id", "account", "payer"):
        found[debtor].append(account or payer)
    return found


def named(agency: UUID, lines: Sequence[Line]) -> tuple[set[UUID], list[Line]]:
    """Cases of any stage whose number or reference stands in a line; and the lines that name none."""
    found = naming(agency, lines)
    rest = [line for line, ids in zip(lines, found, strict=True) if not ids]
    return {id for ids in found for id in ids}, rest


def naming(agency: UUID, lines: Sequence[Line]) -> list[set[UUID]]:
    """For each line the cases of any stage whose number or reference stands in it."""
    said = []
    for line in lines:
        found = find_references(line.text, prefix=DEFAULT_PREFIX)
        references = {*found.rf, *(compact(r) for r in (line.reference or "").split("|") if r)}
        said.append((found.cases, references))
    numbers = {n for some, _ in said for n in some}
    references = {r for _, some in said for r in some}
    # Two looks into an index, whatever the planner knows.
    known: dict[str, UUID] = {}
    for field, wanted in (("number", numbers), ("reference", references)):
        rows = Case.objects.filter(agency_id=agency, **{f"{field}__among": among_texts(wanted)})
        known |= dict(rows.values_list(field, "id")) if wanted else {}
    return [{known[each] for each in (*some, *others) if each in known} for some, others in said]


def invoiced(agency: UUID, lines: Sequence[Line]) -> set[UUID]:
    """Cases in collection with an invoice whose number stands in a line."""
    numbers = {
        plain_number(n)
        for line in lines
        for n in (*line.documents, *find_references(line.text, prefix=DEFAULT_PREFIX).numbers)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cases_invoiced(%s, %s, 5000)", [sorted(numbers - {""}), list(COLLECTED)]
        )
        return {id for (id,) in cursor.fetchall()}


class DebtorNames:
    """Which cases in collection have a debtor called like a payer. First all payers are asked about, then the
    agency's cases go by once: what is held in memory follows from the payers, not from the cases."""

    def __init__(self, agency: UUID) -> None:
        self.agency = agency
        self.payers: dict[str, list[str]] = defaultdict(
            list
        )  # by what two alike names have in common
        self.found: dict[str, set[UUID]] = {}
        self.compared: dict[str, list[str]] = {}

    def ask(self, lines: Iterable[Line]) -> None:
        """About the payers of lines that name no case themselves."""
        for payer in {line.counterparty: None for line in lines if line.counterparty}:
            if payer not in self.found:
                self.found[payer] = NOBODY
                for key in blocks(payer):
                    self.payers[key].append(payer)

    def look(self) -> None:
        """Go through the debtors of the agency's cases."""
        if not self.payers:
            return
        rows = Case.objects.filter(agency_id=self.agency, stage__in=COLLECTED)
        for id, name in rows.values_list("id", "debtor__name").iterator(chunk_size=2000):
            for payer in self.called(name):
                self.found[payer] = self.found[payer] | {id}
        self.payers.clear()
        self.compared.clear()

    def called(self, name: str) -> list[str]:
        """The payers called like a debtor; each pair of names is compared once, however many cases it has."""
        if (known := self.compared.get(name)) is not None:
            return known
        near = {payer for key in blocks(name) for payer in self.payers.get(key, ())}
        found = [payer for payer in near if is_alike(payer, name)]
        if near:
            self.compared[name] = found
        return found

    def like(self, lines: Iterable[Line]) -> set[UUID]:
        """Cases whose debtor is called like a payer that was asked about."""
        payers = {line.counterparty for line in lines if line.counterparty}
        return {id for payer in payers for id in self.found.get(payer, NOBODY)}


NOBODY: set[UUID] = set()


def names_for(agency: UUID, lines: Sequence[Line]) -> DebtorNames:
    names = DebtorNames(agency)
    names.ask(lines)
    names.look()
    return names


def blocks(name: str) -> tuple[str, str]:
    """Two names are alike only if they share one of these (`names.is_alike`)."""
    plain = plain_name(name)
    return f"{plain[:3]} {' '.join(numbers_of(plain))}", "=" + plain.replace(" ", "")


def paid_before(agency: UUID, lines: Sequence[Line]) -> set[UUID]:
    """Cases in collection against debtors who paid from an account of these lines before."""
    accounts = {line.counterparty_account for line in lines if line.counterparty_account}
    if not accounts:
        return set()
    paid = Allocation.objects.filter(
        agency_id=agency,
        line__counterparty_account__among=among_texts(accounts),
        reversed_by__isnull=True,
    ).exclude(line__counterparty_account="")  # as the index has it
    debtors = set(paid.values_list("case__debtor_id", flat=True))
    rows = Case.objects.filter(
        agency_id=agency, stage__in=COLLECTED, debtor_id__among=among(debtors)
    )
    return set(rows.values_list("id", flat=True))


def invoices_of(cases: Iterable[UUID]) -> dict[UUID, list[Invoice]]:
    found: dict[UUID, list[Invoice]] = defaultdict(list)
    rows = ClaimLine.objects.filter(case_id__among=among(cases), kind=ClaimLine.Kind.INVOICE)
    for case, ref, amount in rows.values_list("case_id", "ref", "amount"):
        found[case].append(Invoice(ref, amount))
    return found


def accounts_of(cases: dict[UUID, Case]) -> dict[UUID, list[str]]:
    """Accounts that each case's debtor has paid from."""
    by_debtor: dict[UUID, set[str]] = defaultdict(set)
    rows = Allocation.objects.filter(
        case__debtor_id__among=among({case.debtor_id for case in cases.values()}), reversed_by__isnull=True,
        reverses__isnull=True,
    ).exclude(line__counterparty_account="")  # fmt: skip
    for debtor, account in rows.values_list("case__debtor_id", "line__counterparty_account"):
        if account:
            by_debtor[debtor].add(account)
    return defaultdict(list, {c.id: sorted(by_debtor[c.debtor_id]) for c in cases.values()})
