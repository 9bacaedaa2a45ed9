"""`recoup bench [NAME] [--json]`: each figure beside a floor measured in the same run. Ratios count, absolute
times are noise of the machine."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from django.db import ProgrammingError

from recoup.console.workshop import in_workshop

Figures = dict[str, Any]


def ledger() -> Figures:
    """Ledger postings a second; throw-away rows, rolled back."""
    from recoup.ledger.bench import postings_per_second

    return {"name": "ledger", **postings_per_second(5000)}


def owed() -> Figures:
    from recoup.jurisdictions.bench import claims_per_second

    return claims_per_second()


def letters() -> Figures:
    from recoup.paper.bench import letters_per_second

    return {"name": "letters", **letters_per_second(60)}


def page() -> Figures:
    """The desk's work list on what the database holds; the floor is an empty page through the same stack."""
    from django.conf import settings
    from django.test import Client

    from recoup.tenancy.context import apply
    from recoup.tenancy.models import Agency, Member

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    agency = Agency.objects.order_by("id").first()
    if agency is None:
        return {"name": "page", "error": "no agency: run `recoup seed` first"}
    from django.db import transaction

    with transaction.atomic():
        apply({"agency_id": str(agency.id), "client_id": "", "case_id": "", "user_id": ""})
        member = Member.objects.select_related("user").filter(role="supervisor").first()
    assert member is not None
    client = Client()
    client.force_login(member.user)
    full = milliseconds(lambda: client.get("/desk/").content)
    floor = milliseconds(lambda: client.get("/healthz").content)
    return {
        "name": "page", "unit": "ms p50", "n": 30, "figure": full, "floor": floor,
        "floor_is": "an empty page through the same stack", "ratio": round(full / floor, 1),
    }  # fmt: skip


def valuation(n: int = 1_000_000) -> Figures:
    """A portfolio's interest in one statement."""
    from recoup.payments.bench import seconds_for

    return seconds_for(n)


def bank(n: int = 10_000) -> Figures:
    """A large camt.053 through the product's own run, and the same bytes again."""
    from recoup.payments.bench_bank import bank_file_seconds

    return bank_file_seconds(n)


def legs(n: int = 10_000) -> Figures:
    """Three-leg entries through one trust account, singly and in bulk; balances of a thousand accounts."""
    from recoup.ledger.bench_legs import three_legs

    return three_legs(n)


def day(n: int = 1_000_000) -> Figures:
    """The day run, in a database of its own; see `bench_day`."""
    from recoup.console.bench_day import day as measured

    return measured(n)


def portal(n: int = 1_000_000) -> Figures:
    """Fifty clients at once in their portal; the desk's portfolio and server."""
    from recoup.console.bench_portal import run_portal

    return run_portal(n)


def desk(n: int = 1_000_000) -> Figures:
    """Twenty collectors on a million cases, through the real web server; the portfolio is made first, once."""
    from recoup.console.bench_desk import run_desk

    return run_desk(n)


def beside(n: int = 100_000) -> Figures:
    """Collectors at work while a list of `n` rows is imported, against the same without."""
    from recoup.console.bench_beside import run_beside

    return run_beside(n)


def milliseconds(get: Callable[[], object], n: int = 30) -> float:
    get()
    times = []
    for _ in range(n):
        start = time.perf_counter()
        get()
        times.append(time.perf_counter() - start)
    return round(statistics.median(times) * 1000, 2)


def imported(n: int = 100_000) -> Figures:
    """A list of debts read, validated, matched and checked for duplicates; then placed."""
    from recoup.journeys.place.bench import seconds_for as seconds

    return seconds(n)


BENCHES: dict[str, Callable[[], Figures]] = {
    "ledger": ledger,
    "owed": owed,
    "letters": letters,
    "page": page,
    "valuation": valuation,
    "bank": bank,
    "legs": legs,
    "import": imported,
    "day": day,
    "desk": desk,
    "portal": portal,
    "beside": beside,
}
SIZED: dict[str, Callable[[int], Figures]] = {
    "valuation": valuation,
    "bank": bank,
    "legs": legs,
    "import": imported,
    "day": day,
    "desk": desk,
    "portal": portal,
    "beside": beside,
}


NO_TABLES = "recoup bench: this house has no tables yet, or not all of them: run `recoup up` once, or `recoup migrate --database owner`."


def is_without_tables(error: ProgrammingError) -> bool:
    """Whether a table, column or function is not there (PostgreSQL, appendix A: 42P01, 42703, 42883)."""
    return getattr(error.__cause__, "sqlstate", "") in ("42P01", "42703", "42883")


def run(argv: list[str]) -> int:
    """All of them but `day`, `desk`, `portal` and `beside` (which make a portfolio first), or the one named; a number
    is how many claims `valuation` values, lines `bank` takes, entries `legs` posts, rows `import` and `beside` take,
    cases `day`, `desk` and `portal` have. Exit 2 for an unknown name, 1 where the house has no
    tables yet."""
    if "day" in argv and (code := in_workshop(["bench", *argv])) is not None:
        return code
    counts = [int(a) for a in argv if a.isascii() and a.isdigit() and 0 < int(a) <= 5_000_000]
    standard = [name for name in BENCHES if name not in ("day", "desk", "portal", "beside")]
    names = [a for a in argv if a != "--json" and not a.isdigit()] or standard
    if unknown := [n for n in names if n not in BENCHES]:
        print(
            f"recoup bench: unknown {unknown[0]}; there are {', '.join(BENCHES)}", file=sys.stderr
        )
        return 2
    results = []
    for name in names:
        sized = SIZED.get(name) if counts else None
        try:
            results.append(sized(counts[0]) if sized else BENCHES[name]())
        except ProgrammingError as error:
            if not is_without_tables(error):
                raise
            print(NO_TABLES, file=sys.stderr)
            return 1
        if "--json" not in argv:
            print("  ".join(f"{k} {v}" for k, v in results[-1].items()), flush=True)
    if "--json" in argv:
        print(json.dumps({"benchmarks": results}, ensure_ascii=False))
    return 0
