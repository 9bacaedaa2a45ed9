"""How many claims a second `owed` answers, beside the least that Python needs for the same figures."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from recoup.jurisdictions.owed import Claim, Owed, Request, owed

AS_OF = date(2026, 6, 30)
ROUNDS = 7
BAR = 10_000


def claims_per_second(n: int = 3000) -> dict[str, float | int | str]:
    """`owed` for `n` German claims with exactly two rate changes each, one process, one core.

    The floor makes the same segments' interest with Decimals, without any rule, limit, reason or
    check. Both are the best of some rounds by the processor's own clock (`figure`, `floor`), so that
    other work on the machine counts less; `wall` is the best by the wall clock.
    """
    asked = [
        Request(
            jurisdiction="DE", currency="EUR", as_of=AS_OF,
            claims=(Claim("A", Decimal("1000.00") + i, date(2024, 12, 31) + timedelta(days=i % 181)),),
        )
        for i in range(n)
    ]  # fmt: skip
    answers = [owed(request) for request in asked]
    assert all(len(answer.segments) == 3 for answer in answers)
    took, wall = _best(lambda: _one_by_one(asked))
    floor, _ = _best(lambda: _plainest(answers))
    return {
        "name": "owed", "unit": "claims/s of one core", "n": n, "rate_changes": 2, "figure": round(n / took),
        "bar": BAR, "wall": round(n / wall), "floor": round(n / floor),
        "floor_is": "Decimal multiply and add of the same segments", "ratio": round(floor / took, 4),
    }  # fmt: skip


def _one_by_one(asked: list[Request]) -> None:
    for request in asked:
        owed(request)


def _best(work: Callable[[], object]) -> tuple[float, float]:
    """The least seconds of processor and of wall clock."""
    cpu, wall = [], []
    for _ in range(ROUNDS):
        start = time.process_time(), time.perf_counter()
        work()
        cpu.append(time.process_time() - start[0])
        wall.append(time.perf_counter() - start[1])
    return min(cpu), min(wall)


def _plainest(answers: list[Owed]) -> None:
    for answer in answers:
        total = Decimal(0)
        for one in answer.segments:
            total += one.principal * one.rate * ((one.last - one.first).days + 1) / 36500
        total.quantize(Decimal("0.01"))
