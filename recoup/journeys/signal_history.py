"""The agency's own history, asked how early danger signals warned."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from recoup.cases.models import Case, Closure, Hold
from recoup.cases.states import CloseCode
from recoup.strategy.backtest import Backtest, Known, backtest
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.watch.models import Signal
from recoup.watch.rules import Seen
from recoup.watch.states import Band

FAILURES = (CloseCode.INSOLVENT, CloseCode.UNCOLLECTABLE)


def look_back(*, agency: Agency, band: Band = Band.WARNING, insolvent_only: bool = False) -> Backtest:  # fmt: skip
    """Back-test over every debtor with a case. `insolvent_only`: only insolvency counts as failure, else
    what was closed as not collectable too."""
    with scope(agency.id):
        failed = failures(agency.id, insolvent_only)
        history: dict[object, list[Known]] = defaultdict(list)
        rows = Signal.objects.filter(agency_id=agency.id, withdrawn_at__isnull=True)
        for debtor, kind, on, weight, half_life, expires_on, at in rows.values_list(
            "debtor_id", "kind", "on", "weight", "half_life", "expires_on", "at"
        ):
            seen = Seen(kind, on, weight, half_life, expires_on)
            history[debtor].append(Known(seen, max(on, at.date())))
    return backtest(history, failed, band)


def failures(agency: UUID, insolvent_only: bool) -> dict[object, date | None]:
    """Every debtor with a case: the day on which it failed, or None."""
    debtors = Case.objects.filter(agency_id=agency).values_list("debtor_id", flat=True).distinct()
    found: dict[object, date | None] = dict.fromkeys(debtors)
    stays = Hold.objects.filter(agency_id=agency, kind="insolvency").values_list("case__debtor_id", "since")  # fmt: skip
    codes = FAILURES[:1] if insolvent_only else FAILURES
    ends = Closure.objects.filter(agency_id=agency, code__in=codes).values_list("case__debtor_id", "at")  # fmt: skip
    for debtor, at in (*stays, *ends):
        before = found[debtor]
        found[debtor] = min(before, at.date()) if before else at.date()
    return found
