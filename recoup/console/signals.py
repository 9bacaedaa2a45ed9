"""`recoup signals [--on DAY] [--json]`: compute the danger signals that are due.
`recoup signals history [--band B] [--insolvent-only] [--json]`: how early they have warned."""

import argparse
import json
from datetime import UTC, datetime, time
from typing import Any

from django.utils import timezone

from recoup.journeys.signal_history import look_back
from recoup.journeys.signals import compute_signals
from recoup.kernel.actor import SYSTEM
from recoup.kernel.days import parse_day
from recoup.kernel.refusal import Refusal
from recoup.strategy.backtest import Backtest
from recoup.strategy.proportions import Share
from recoup.tenancy.models import Agency
from recoup.watch.states import VERSION, Band


def run(argv: list[str]) -> int:
    """Exit 1 for a day that is none."""
    if argv[:1] == ["history"]:
        return history(argv[1:])
    parser = argparse.ArgumentParser(prog="recoup signals")
    parser.add_argument("--on")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(argv)
    now = timezone.now()
    try:
        on = parse_day(asked.on, field="--on") if asked.on else now.date()
    except Refusal as refusal:
        print(json.dumps({"error": refusal.as_error()}, ensure_ascii=False))
        return 1
    at = now if on == now.date() else datetime.combine(on, time(9), UTC)
    total = {"on": on.isoformat(), "debtors": 0, "raised": 0, "alerts": 0}
    for agency in Agency.objects.order_by("id"):
        report = compute_signals(agency=agency, on=on, by=SYSTEM, at=at)
        for name in ("debtors", "raised", "alerts"):
            total[name] += getattr(report, name)  # type: ignore[operator]
    print(json.dumps(total) if asked.json else ", ".join(f"{k} {v}" for k, v in total.items()))
    return 0


def history(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="recoup signals history")
    parser.add_argument(
        "--band", choices=[b.value for b in Band if b != Band.CALM], default="warning"
    )
    parser.add_argument("--insolvent-only", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(argv)
    answer = [
        {"agency": agency.slug} | document(look_back(agency=agency, band=Band(asked.band), insolvent_only=asked.insolvent_only))
        for agency in Agency.objects.order_by("id")
    ]  # fmt: skip
    if asked.json:
        print(json.dumps({"version": VERSION, "agencies": answer}, ensure_ascii=False))
    else:
        for one in answer:
            for key, value in one.items():
                print(f"{key}: {value}")
    return 0


def document(found: Backtest) -> dict[str, Any]:
    """The back-test as JSON: shares with their 95 % interval and the count behind them."""
    return {
        "band": found.band.value, "debtors": found.debtors, "failed": found.failed, "warned": found.warned,
        "caught": found.caught, "precision": share(found.precision), "recall": share(found.recall),
        "base_rate": share(found.base), "lead_days_median": found.median_lead,
        "lead_days_quarters": list(found.quarters) if found.quarters else None,
        "kinds": {kind: share(one) for kind, one in found.kinds.items()},
    }  # fmt: skip


def share(one: Share) -> dict[str, Any] | None:
    if not one.cases:
        return None
    return {"share": round(one.share, 3), "low": round(one.low, 3), "high": round(one.high, 3), "of": one.cases}  # fmt: skip
