"""Finding the cases that bank lines may pay: a handful of queries, whatever the number of lines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Func, Q, Value
from django.db.models.functions import LTrim, Upper

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
    found |= invoiced(agency, lines) | (names or DebtorNames(agency)).like(lines)
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
    either = Q(number__among=among_texts(numbers)) | Q(reference__among=among_texts(references))
    rows = Case.objects.filter(either, agency_id=agency).values_list("id", "number", "reference")
    known = {name: id for id, number, reference in rows for name in (number, reference)}
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
    bare = Func(F("ref"), Value("[^A-Za-z0-9]"), Value(""), Value("g"), function="regexp_replace")
    rows = ClaimLine.objects.filter(agency_id=agency, case__stage__in=COLLECTED).annotate(
        plain=LeadingZerosOff(Upper(bare))
    )
    wanted = among_texts(numbers - {""})
    return set(rows.filter(plain__among=wanted).values_list("case_id", flat=True)[:5000])


class LeadingZerosOff(LTrim):
    """`ltrim(text, '0')`."""

    template = "ltrim(%(expressions)s, '0')"


class DebtorNames:
    """The debtors of an agency's cases in collection, by what two alike names have in common: how they begin and
    the numbers in them, or all of it. Read once for a file, however many lines it has."""

    def __init__(self, agency: UUID) -> None:
        self.blocks: dict[str, list[tuple[UUID, str]]] = defaultdict(list)
        rows = Case.objects.filter(agency_id=agency, stage__in=COLLECTED)
        # Not all rows at once beside what is made of them.
        for row in rows.values_list("id", "debtor__name").iterator(chunk_size=2000):
            for key in blocks(row[1]):
                self.blocks[key].append(row)

    def like(self, lines: Iterable[Line]) -> set[UUID]:
        """Cases whose debtor is called like a payer."""
        found: set[UUID] = set()
        for payer in {line.counterparty for line in lines if line.counterparty}:
            for key in blocks(payer):
                found |= {id for id, name in self.blocks.get(key, ()) if is_alike(payer, name)}
        return found


def blocks(name: str) -> tuple[str, str]:
    """Two names are alike only if they share one of these (`names.is_alike`)."""
    plain = plain_name(name)
    return f"{plain[:3]} {' '.join(numbers_of(plain))}", "=" + plain.replace(" ", "")


def paid_before(agency: UUID, lines: Sequence[Line]) -> set[UUID]:
    """Cases in collection against debtors who paid from an account of these lines before."""
    accounts = {line.counterparty_account for line in lines if line.counterparty_account}
    debtors = Allocation.objects.filter(
        agency_id=agency,
        line__counterparty_account__among=among_texts(accounts),
        reversed_by__isnull=True,
    ).values("case__debtor_id")
    rows = Case.objects.filter(agency_id=agency, stage__in=COLLECTED, debtor_id__in=debtors)
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
