"""Allocate a payment: the debtor's designation first, then the country's order. Pure.

The parts and what is left over always add up to the payment. Within interest and principal the claim
that fell due first is paid first.
"""

from recoup.jurisdictions.owed.pots import Pots
from recoup.jurisdictions.owed.request import Payment
from recoup.jurisdictions.owed.run import Line
from recoup.jurisdictions.rules import BUCKETS


def full_order(order: tuple[str, ...]) -> tuple[str, ...]:
    """All four buckets: compensation beside the costs; what an order does not name comes last.

    Where the law names only interest and principal, costs and compensation are paid after them.
    """
    found: list[str] = []
    for bucket in order:
        found.append(bucket)
        if bucket == "costs" and "compensation" not in order:
            found.append("compensation")
    return (*found, *(bucket for bucket in BUCKETS if bucket not in found))


class Allocator:
    """Pays what is open on the lines and in the pots, in one order."""

    def __init__(self, order: tuple[str, ...], lines: list[Line], pots: Pots) -> None:
        self.order, self.lines, self.pots = order, lines, pots

    def pay(self, payment: Payment) -> dict[str, int]:
        """Minor units by bucket and `unallocated`; the lines and pots are changed."""
        left = int(payment.amount * self.pots.unit)
        order = self.order
        if payment.designated is not None:
            rest = (bucket for bucket in order if bucket != payment.designated)
            order = (payment.designated, *rest)
        lines = self.lines
        if payment.claim is not None:
            lines = sorted(lines, key=lambda line: line.claim.ref != payment.claim)
        parts = dict.fromkeys((*BUCKETS, "unallocated"), 0)
        for bucket in order:
            taken = self._take(bucket, left, lines)
            parts[bucket] = taken
            left -= taken
        parts["unallocated"] = left
        return parts

    def _take(self, bucket: str, left: int, lines: list[Line]) -> int:
        pots = self.pots
        if bucket == "costs":
            taken = min(left, pots.open_costs())
            pots.paid_costs += taken
        elif bucket == "compensation":
            taken = min(left, pots.open_compensation())
            pots.paid_compensation += taken
        elif bucket == "interest":
            taken = _pay_interest(left, lines)
        else:
            taken = _pay_principal(left, lines)
        return taken


def _pay_interest(left: int, lines: list[Line]) -> int:
    paid = 0
    for line in lines:
        part = min(left - paid, max(0, line.open_interest()))
        if part:
            line.pay_interest(part)
            paid += part
    return paid


def _pay_principal(left: int, lines: list[Line]) -> int:
    paid = 0
    for line in lines:
        part = min(left - paid, line.principal)
        line.principal -= part
        paid += part
    return paid
