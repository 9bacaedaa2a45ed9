"""Interest as whole numbers: minor units × millionths of a percent × days, divided once. Pure.

`ONE_YEAR` is the divisor for a year of one day: 100 (percent) × 10⁶ (millionths).
"""

from recoup.jurisdictions.series import SCALE

ONE_YEAR = 100 * SCALE


def half_up(numerator: int, denominator: int) -> int:
    """The quotient of non-negative integers, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


class Sum:
    """An exact sum of interest in minor units, kept apart by the length of the year."""

    __slots__ = ("by_basis",)

    def __init__(self) -> None:
        self.by_basis: dict[int, int] = {}

    def add(self, principal: int, scaled: int, days: int, basis: int) -> None:
        self.by_basis[basis] = self.by_basis.get(basis, 0) + principal * scaled * days

    def rounded(self) -> int:
        """Minor units, rounded half up once, whatever mixture of years went in."""
        if len(self.by_basis) == 1:
            [(basis, numerator)] = self.by_basis.items()
            return half_up(numerator, basis * ONE_YEAR)
        common = 1
        for basis in self.by_basis:
            common *= basis
        total = sum(n * (common // basis) for basis, n in self.by_basis.items())
        return half_up(total, common * ONE_YEAR)
