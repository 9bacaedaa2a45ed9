"""How long a large bank file takes and what memory, beside a bare parse and a bare COPY of the same run. Rolled
back. The portfolio and the file are made first and let go of, so that the peaks are those of the product's own run."""

import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from lxml import etree

from recoup.agreements.models import Agreement, RateCard
from recoup.agreements.standard_card import TERMS
from recoup.cases.models import Case, ClaimLine
from recoup.files.models import Document
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.refs import case_number, rf_of_case
from recoup.kernel.resident import looked_at, megabytes
from recoup.parties.models import Client, Debtor
from recoup.payments.bankfiles import Spool, read_bankfile
from recoup.payments.models import BankLine, Statement, TrustAccount
from recoup.payments.operations.bankfile import Row, Run, again, own_accounts
from recoup.payments.operations.tally import Tally
from recoup.tenancy.bulk import doubled, fresh_statistics
from recoup.tenancy.context import scope
from recoup.tenancy.operations import add_agency

AT, ON = datetime(2026, 11, 20, 9, tzinfo=UTC), date(2026, 11, 20)
IBAN = "SE4550000000058398257466"
NAMED = 6  # of ten lines name a case by its reference, as in a usual portfolio


class Timed(Run):
    """The product's own run with a stop-watch on its parts that are not storing."""

    clock: "Clock"

    def clocked(self, part: str, work: Callable[[], Any]) -> Any:
        with self.clock.of(part):
            return work()

    def post(self, rows: list[Row]) -> list[UUID]:
        entries: list[UUID] = self.clocked("post", lambda: Run.post(self, rows))
        return entries

    def settle(self, statements: list[Statement]) -> set[UUID]:
        settled: set[UUID] = self.clocked("settle", lambda: Run.settle(self, statements))
        return settled

    def match(self, statements: list[Statement], settled: set[UUID]) -> list[UUID]:
        paid: list[UUID] = self.clocked("match", lambda: Run.match(self, statements, settled))
        return paid


NOT_STORING = ("post", "settle", "match")


def bank_file_seconds(n: int) -> dict[str, Any]:
    """Take a camt.053 of `n` lines, six of ten of which name one case each, then the same bytes again.
    Seconds. `peak_mb` is this process's largest resident size while the file is taken, its bytes and the product
    itself included; `before_mb` its size before; `database_mb` the most that the database's process had of its own,
    without the buffers that all share."""
    with transaction.atomic():
        agency = add_agency(
            slug=f"bench-{new_id().hex}", name="Bench", country="SE", email="b@example.com"
        )
        with scope(agency.id):
            references = portfolio(agency.id, n * NAMED // 10)
            with tempfile.NamedTemporaryFile() as place:
                write_statement(place.name, n, references)
                del references
                content = Path(place.name).read_bytes()
            with watched() as memory:
                found = timed(agency.id, content)
            floor = {"bare_parse": bare_parse(content), "bare_copy": bare_copy(n)}
        transaction.set_rollback(True)
    wall, busy = found.wall, found.busy
    stored = wall["parse"] + wall["store"]
    return {
        "name": "bank", "unit": "s", "n": n, "parse_and_store": round(stored, 2),
        "match_and_post": round(sum(wall[part] for part in NOT_STORING), 2), "again": round(wall["again"], 3),
        "cpu_parse_and_store": round(busy["parse"] + busy["store"], 2),
        "cpu_match_and_post": round(sum(busy[part] for part in NOT_STORING), 2),
        "file_mb": len(content) >> 20, **memory,
        **{f"floor_{key}": round(value, 2) for key, value in floor.items()},
        "ratio": round(stored / sum(floor.values()), 1), "parts": {k: round(v, 2) for k, v in wall.items()}, "cpu_parts": {k: round(v, 2) for k, v in busy.items()},
    }  # fmt: skip


def timed(agency: UUID, content: bytes) -> "Clock":
    clock = Clock()
    with Spool() as spool:
        with clock.of("parse"):
            read = read_bankfile(content, file="bench.xml", keep=spool.add)
        run = Timed(agency, read, spool, own_accounts(agency, read), Tally(), SYSTEM, AT)
        run.clock = clock
        with clock.of("store"):
            taken = run.take(content, "bench.xml")
    for part in NOT_STORING:
        clock.wall["store"] -= clock.wall[part]
        clock.busy["store"] -= clock.busy[part]
    with clock.of("again"):
        again(taken.file)
    return clock


class Clock:
    """Seconds of each part by the wall, and of this process and the database's together at work: on a machine that
    does other things too only those tell."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = defaultdict(float)
        self.busy: dict[str, float] = defaultdict(float)
        self.backend = backend()

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        wall, busy = time.perf_counter(), self.at_work()
        yield
        self.wall[part] += time.perf_counter() - wall
        self.busy[part] += self.at_work() - busy

    def at_work(self) -> float:
        try:
            said = Path(f"/proc/{self.backend}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return time.process_time()
        return time.process_time() + (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


@contextmanager
def watched() -> Iterator[dict[str, int]]:
    """The largest resident sizes meanwhile, in megabytes, looked at every 50 ms; none where there is no /proc."""
    database = backend()
    found = {"before_mb": megabytes("self", "VmRSS"), "peak_mb": 0, "database_mb": 0}

    def look() -> None:
        found["peak_mb"] = max(found["peak_mb"], megabytes("self", "VmRSS"))
        found["database_mb"] = max(found["database_mb"], megabytes(database, "RssAnon"))

    with looked_at(look):
        yield found


def bare_parse(content: bytes) -> float:
    """The XML library alone, nothing looked at."""
    start = time.perf_counter()
    for _, element in etree.iterparse(BytesIO(content), tag="{*}Ntry"):
        element.clear()
    return time.perf_counter() - start


def bare_copy(n: int) -> float:
    """As many rows of the lines' table into a bare one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE bare ON COMMIT DROP AS SELECT * FROM payments_bankline WITH NO DATA"
        )
        cursor.execute(
            "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'bare'::regclass AND attnum > 0"
        )
        columns = cursor.fetchone()[0]
        row = list(BankLine.objects.order_by("id").values_list(*columns.split(","))[:1][0])
        start = time.perf_counter()
        with cursor.copy(f"COPY bare ({columns}) FROM STDIN") as copy:
            for _ in range(n):
                copy.write_row(row)
        return time.perf_counter() - start


def portfolio(agency: UUID, n: int) -> list[str]:
    """`n` German cases of one client, one invoice each; their references."""
    paper = Document.objects.create(
        agency_id=agency, sha256="0" * 64, size=0, media_type="application/pdf", name="a.pdf", kind="agreement",
        made_at=AT, by_kind="system", by_name="Bench",
    )  # fmt: skip
    TrustAccount.objects.create(agency_id=agency, name="Trust", iban=IBAN, currency="EUR")
    client = Client.objects.create(
        agency_id=agency, name="Client", country="SE", reference="C-1", stage="active", made_at=AT
    )
    card = RateCard.objects.create(
        agency_id=agency,
        version="bench",
        valid_from=ON,
        currency="EUR",
        terms=TERMS,
        published_at=AT,
        by_name="Bench",
    )
    agreement = Agreement.objects.create(
        agency_id=agency, client=client, number="A-1", version=1, rate_card=card, language="en", token=new_id().hex,
        agreement_document=paper, power_document=paper, made_at=AT,
    )  # fmt: skip
    references: list[str] = []
    for number, start in enumerate(range(0, n, PART), 1):
        references += cases_of(agency, client, agreement, range(start, min(start + PART, n)))
        if doubled(number):
            fresh_statistics(*GROWN)
    # A house that has these cases has statistics of them.
    fresh_statistics(*GROWN)
    return references


GROWN = ("parties_debtor", "cases_case", "cases_claimline", "reports_standing")
PART = 500  # cases held at once: what the file needs is measured, not what its portfolio does


def cases_of(agency: UUID, client: Client, agreement: Agreement, numbers: range) -> list[str]:
    """The cases of these numbers, their debtors and invoices; their references."""
    debtors = [
        Debtor(agency_id=agency, name=f"Debtor {i} GmbH", country="DE", match_name=f"debtor {i}", made_at=AT)
        for i in numbers
    ]  # fmt: skip
    Debtor.objects.bulk_create(debtors)
    cases = []
    for i, debtor in zip(numbers, debtors, strict=True):
        number = case_number(2026, i + 1)
        cases.append(Case(
            agency_id=agency, client=client, debtor=debtor, number=number, reference=rf_of_case(number), currency="EUR",
            jurisdiction="DE", stage="contact", agreement=agreement, submission_key=number, submitted_at=AT,
        ))  # fmt: skip
    Case.objects.bulk_create(cases)
    ClaimLine.objects.bulk_create(
        ClaimLine(agency_id=agency, case=case, client_id=client.id, kind="invoice", ref=f"F-{i}", due_on=date(2026, 8, 1),
                  amount=Decimal(1000))
        for i, case in zip(numbers, cases, strict=True)
    )  # fmt: skip
    return [case.reference for case in cases]


def write_statement(place: str, n: int, references: list[str]) -> None:
    """A camt.053.001.08 that balances."""
    with open(place, "w", encoding="utf-8") as file:
        file.writelines(statement(n, references))


def statement(n: int, references: list[str]) -> Iterator[str]:
    yield HEAD % {"closing": f"{n}00.00", "iban": IBAN}
    for i in range(n):
        named = i % 10 < NAMED and i * NAMED // 10 < len(references)
        reference = references[i // 10 * NAMED + i % 10] if named else ""
        strd = (
            f"<Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd>"
            if reference
            else f"<Ustrd>order {i}</Ustrd>"
        )
        yield ENTRY % {"i": i, "strd": strd}
    yield "</Stmt></BkToCstmrStmt></Document>"


HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    "<GrpHdr><MsgId>B</MsgId><CreDtTm>2026-11-20T18:00:00</CreDtTm></GrpHdr><Stmt><Id>S-1</Id><ElctrncSeqNb>1</ElctrncSeqNb>"
    "<Acct><Id><IBAN>%(iban)s</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    '<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>'
    '<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">%(closing)s</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>'
)
ENTRY = (
    '<Ntry><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>'
    "<ValDt><Dt>2026-11-20</Dt></ValDt><AcctSvcrRef>B-%(i)d</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E-%(i)d</EndToEndId></Refs>"
    '<Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>Debtor %(i)d GmbH</Nm></Pty></Dbtr></RltdPties>'
    "<RmtInf>%(strd)s</RmtInf></TxDtls></NtryDtls></Ntry>"
)
