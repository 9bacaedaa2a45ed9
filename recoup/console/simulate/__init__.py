"""`recoup simulate --cases N --days D [--seed S] [--kills K] [--json]`: an agency lives D days through the
real code. It is founded with N cases, with debtors who pay, promise, break their word, dispute, write back,
bounce, opt out, go insolvent or stay silent. After every day a checker that shares no code with the gate
looks at what was delivered, and `prove` is asked. `--kills` kills the worker that often, at random moments."""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from recoup.console.workshop import in_workshop, migrated

if TYPE_CHECKING:
    from recoup.console.simulate.world import World


def run(argv: list[str]) -> int:
    """Exit 0 when nothing was found wrong on any day, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="recoup simulate")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(argv)
    if not (0 < asked.cases <= 100_000 and 0 < asked.days <= 730 and asked.kills >= 0):
        print("recoup simulate: 1 to 100000 cases, 1 to 730 days", file=sys.stderr)
        return 2
    code = in_workshop(["simulate", *argv])
    if code is not None:
        return code
    migrated()
    with tempfile.TemporaryDirectory(prefix="recoup-simulate-") as folder:
        answer = simulate(asked.cases, asked.days, asked.seed, asked.kills, Path(folder))
    if asked.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        for key, value in answer.items():
            print(f"{key}: {value}")
    return 0 if answer["holds"] else 1


def simulate(cases: int, days: int, seed: int, kills: int, folder: Path) -> dict[str, object]:
    """Live it; the answer has the counts, and what was found wrong (at most twenty of each)."""
    from django.conf import settings

    from recoup.console.simulate.checker import Checker
    from recoup.console.simulate.world import World

    settings.FILES_ROOT = folder / "files"
    start = time.perf_counter()
    world = World(
        cases=cases, days=days, seed=seed, kills=kills, journal=folder / "delivered.jsonl"
    )
    checker = Checker(folder / "delivered.jsonl")
    spent = {"live": 0.0, "check": 0.0, "prove": 0.0}
    broken: list[str] = []
    for number in range(days):
        begun = time.perf_counter()
        world.live(number)
        lived = time.perf_counter()
        checker.check(world.day(number))
        checked = time.perf_counter()
        broken += world.unproved(number)
        spent["live"] += lived - begun
        spent["check"] += checked - lived
        spent["prove"] += time.perf_counter() - checked
        if (number + 1) % 10 == 0:
            print(f"day {number + 1}: {checker.deliveries} delivered, {time.perf_counter() - start:.0f} s",
                  file=sys.stderr, flush=True)  # fmt: skip
    found = checker.found()
    return {
        "cases": cases, "days": days, "seed": seed, "kills": world.killed, **world.counts(), **checker.counts(),
        "without_permit": len(found["without_permit"]), "forbidden": len(found["forbidden"]),
        "doubled": len(found["doubled"]), "silent": len(found["silent"]), "unproved_days": len(broken),
        "signals": signals_of(world),
        "holds": not any(found.values()) and not broken,
        "wrong": {name: rows[:20] for name, rows in found.items() if rows} | ({"prove": broken[:20]} if broken else {}),
        "seconds": round(time.perf_counter() - start, 1), "spent": {k: round(v, 1) for k, v in spent.items()},
    }  # fmt: skip


def signals_of(world: "World") -> dict[str, object]:
    """How well danger signals warned of the insolvencies of this world: precision, recall, lead time."""
    from recoup.console.signals import document
    from recoup.journeys.signal_history import look_back
    from recoup.watch.states import Band

    return {
        band.value: document(look_back(agency=world.agency, band=band, insolvent_only=True))
        for band in (Band.WATCH, Band.WARNING)
    }
