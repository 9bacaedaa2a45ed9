"""How sure a share is, and the difference of two. Pure. docs/algorithms/trials.md

Wilson's score interval (Wilson 1927) and Newcombe's hybrid score interval for the difference (Newcombe,
Statistics in Medicine 17, 1998, method 10): honest for small numbers and for shares near 0 and 1, where
the usual formula is not.
"""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054  # the normal distribution's 97.5 % point


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `cases`, with the interval that holds the true share 95 times in 100."""

    hits: int
    cases: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.hits / self.cases if self.cases else 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """Second share less first, with its interval; `decided` when the interval leaves out zero."""

    by: float
    low: float
    high: float

    @property
    def decided(self) -> bool:
        return self.low > 0 or self.high < 0


def wilson(hits: int, cases: int, z: float = Z95) -> Share:
    """The share with Wilson's interval; 0 to 1 where nothing has been seen."""
    if not 0 <= hits <= cases:
        raise ValueError(f"{hits} of {cases}")
    if cases == 0:
        return Share(0, 0, 0.0, 1.0)
    p, zz = hits / cases, z * z
    middle = (p + zz / (2 * cases)) / (1 + zz / cases)
    half = z * sqrt(p * (1 - p) / cases + zz / (4 * cases * cases)) / (1 + zz / cases)
    return Share(hits, cases, max(0.0, middle - half), min(1.0, middle + half))


def difference(first: Share, second: Share) -> Difference:
    """`second` less `first`, by Newcombe's method 10."""
    by = second.share - first.share
    below = sqrt((second.share - second.low) ** 2 + (first.high - first.share) ** 2)
    above = sqrt((second.high - second.share) ** 2 + (first.share - first.low) ** 2)
    return Difference(by, by - below, by + above)
