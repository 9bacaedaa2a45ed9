"""How many claims a second `owed` answers, beside the least that Python needs for the same figures."""

import time
from datetime import date, timedelta
from decimal import Decimal

from recoup.jurisdictions.owed import Claim, Interest, Request, owed

AS_OF = date(2026, 6, 30)


def claims_per_second(n: int = 3000) -> dict[str, float | int | str]:
    """`owed` for `n` simple German claims due over three years; the floor multiplies and adds the same
    segments with Decimals, without any rule, limit, reason or check."""
    dues = [date(2023, 7, 1) + timedelta(days=i % 900) for i in range(n)]
    requests = [
        Request(
            jurisdiction="DE", currency="EUR", as_of=AS_OF, interest=Interest(),
            claims=(Claim(ref="A", amount=Decimal("1000.00") + i, due=due),),
        )
        for i, due in enumerate(dues)
    ]  # fmt: skip
    owed(requests[0])
    start = time.perf_counter()
    answers = [owed(request) for request in requests]
    took = time.perf_counter() - start
    segments = [
        [(s.principal, s.rate, (s.last - s.first).days + 1) for s in a.segments] for a in answers
    ]
    start = time.perf_counter()
    for rows in segments:
        total = Decimal(0)
        for principal, rate, days in rows:
            total += principal * rate * days / 36500
        total.quantize(Decimal("0.01"))
    floor = time.perf_counter() - start
    return {
        "name": "owed", "unit": "claims/s", "n": n, "figure": round(n / took), "floor": round(n / floor),
        "floor_is": "Decimal multiply and add of the same segments", "ratio": round(floor / took, 4),
    }  # fmt: skip
