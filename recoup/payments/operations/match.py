"""Finding the cases that bank lines may pay: a handful of queries, whatever the number of lines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Q

from recoup.cases.models import Case, ClaimLine
from recoup.cases.states import Stage
from recoup.jurisdictions.owed import Owed
from recoup.kernel.refs import compact
from recoup.kernel.refusal import Refusal
from recoup.payments.matching import Candidates, Invoice, Line, OpenCase, plain_number
from recoup.payments.models import Allocation, BankLine, MatchRule
from recoup.payments.names import is_alike, numbers_of, plain_name
from recoup.payments.queries import owed_many
from recoup.payments.references import DEFAULT_PREFIX, find_references
from recoup.tenancy.bulk import among, among_texts

# Where a payment is booked without a person; before acceptance and after the end one must look.
COLLECTED = (Stage.ACCEPTED, Stage.CONTACT, Stage.EVALUATION, Stage.LEGAL)


def line_of(line: BankLine) -> Line:
    """What matching needs of a kept line."""
    return Line(
        key=line.key, amount=line.amount, currency=line.currency, reference=line.reference or None,
        end_to_end_id=line.end_to_end_id or None, remittance=line.remittance or None,
        counterparty=line.counterparty or None, counterparty_account=line.counterparty_account or None,
    )  # fmt: skip


def candidates_for(
    agency: UUID, lines: Sequence[Line], on: date, names: "DebtorNames | None" = None
) -> tuple[Candidates, dict[str, Case]]:
    """Cases that the lines name or, for those that name none, that their payers, accounts or invoice numbers
    point to, with what is to pay on `on`; and the cases by id."""
    found, lines = named(agency, lines)
    found |= invoiced(agency, lines) | (names or names_for(agency, lines)).like(lines)
    found |= paid_before(agency, lines)
    learned = learned_of(agency, lines)
    ruled = Case.objects.filter(agency_id=agency, stage__in=COLLECTED, debtor_id__in=learned)
    found |= set(ruled.values_list("id", flat=True))
    rows = Case.objects.filter(id__among=among(found)).select_related("debtor")
    cases = {c.id: c for c in rows.prefetch_related("client")}  # few clients have many cases
    refused: dict[UUID, Refusal] = {}
    owing = owed_many(agency, cases, on, refused=refused, to_pay=True)
    invoices = invoices_of(cases)
    accounts = accounts_of(cases)
    opened = [
        open_case(
            case,
            owing.get(case.id),
            invoices[case.id],
            accounts[case.id],
            learned[case.debtor_id] if case.stage in COLLECTED else (),
        )
        for case in cases.values()
    ]
    return Candidates(opened), {str(id): case for id, case in cases.items()}


def open_case(
    case: Case,
    owing: Owed | None,
    invoices: list[Invoice],
    accounts: list[str],
    payers: Sequence[str] = (),
) -> OpenCase:
    return OpenCase(
        id=str(case.id), number=case.number, currency=case.currency,
        open=owing.total if owing else Decimal(0), names=(case.debtor.name,),
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
    said = []
    for line in lines:
        found = find_references(line.text, prefix=DEFAULT_PREFIX)
        references = {*found.rf, *(compact(r) for r in (line.reference or "").split("|") if r)}
        said.append((line, {*found.cases}, references))
    numbers = {n for _, some, _ in said for n in some}
    references = {r for _, _, some in said for r in some}
    # Two looks into an index, whatever the planner knows.
    known: dict[str, UUID] = {}
    for field, wanted in (("number", numbers), ("reference", references)):
        rows = Case.objects.filter(agency_id=agency, **{f"{field}__among": among_texts(wanted)})
        known |= dict(rows.values_list(field, "id")) if wanted else {}
    rest = [
        line for line, some, others in said if not any(each in known for each in (*some, *others))
    ]
    return set(known.values()), rest


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

    def ask(self, lines: Iterable[Line]) -> None:
        """About the payers of those lines that name no case themselves."""
        for line in named(self.agency, list(lines))[1]:
            if line.counterparty and line.counterparty not in self.found:
                self.found[line.counterparty] = NOBODY
                for key in blocks(line.counterparty):
                    self.payers[key].append(line.counterparty)

    def look(self) -> None:
        """Go through the debtors of the agency's cases."""
        if not self.payers:
            return
        rows = Case.objects.filter(agency_id=self.agency, stage__in=COLLECTED)
        for id, name in rows.values_list("id", "debtor__name").iterator(chunk_size=2000):
            for key in blocks(name):
                for payer in self.payers.get(key, ()):
                    if is_alike(payer, name):
                        self.found[payer] = self.found[payer] | {id}
        self.payers.clear()

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
