"""Amounts of money: a Decimal and its ISO 4217 currency. Pure.

One rounding in the whole product: half up, to the currency's own minor unit (ISO 4217 exponent).
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Self

from recoup.kernel.refusal import N_, Refusal

# ISO 4217 minor units other than 2.
EXPONENTS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
         "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    "CLF": 4, "UYW": 4,
}  # fmt: skip
# ISO 4217: what money is in today, and the few codes withdrawn so lately that invoices in them are still open.
CURRENCIES = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD
    HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL
    LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR
    PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP
    TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ZWL
    """.split()  # noqa: SIM905
)
PLAIN = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,4})?", re.ASCII)
CODE = re.compile(r"[A-Z]{3}", re.ASCII)


def places(currency: str) -> int:
    """Decimals of the currency's minor unit (JPY 0, EUR 2, KWD 3)."""
    return EXPONENTS.get(currency, 2)


@lru_cache(maxsize=256)
def minor_unit(currency: str) -> Decimal:
    """The smallest amount of the currency: 0.01 for EUR, 1 for JPY."""
    return Decimal(1).scaleb(-places(currency))


def round_half_up(amount: Decimal, currency: str) -> Decimal:
    """`amount` rounded half up to the minor unit of `currency`; never minus zero."""
    rounded = amount.quantize(minor_unit(currency), rounding=ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)


def parse_amount(text: str, currency: str, *, field: str = "amount") -> Decimal:
    """The exact Decimal for plain ASCII digits with at most the currency's own decimals.

    Raises `Refusal` `amount_not_plain` (exponents, underscores, other digits, separators) or
    `amount_too_precise` (more decimals than the currency has).
    """
    if not isinstance(text, str) or not PLAIN.fullmatch(text):
        raise Refusal(
            "amount_not_plain",
            N_("%(field)s: “%(found)s” is not a plain amount such as 1234.56."),
            field=field, found=text,
        )  # fmt: skip
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    if -exponent > places(currency):
        raise Refusal(
            "amount_too_precise",
            N_("%(field)s: “%(found)s” has more decimals than %(currency)s, which has %(places)d."),
            field=field, found=text, currency=currency, places=places(currency),
        )  # fmt: skip
    return round_half_up(value, currency)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount in one currency. Raises `TypeError` for floats, `ValueError` for mixed currencies."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"amount must be Decimal, not {type(self.amount).__name__}")
        if not self.amount.is_finite():
            raise ValueError(f"amount must be finite, not {self.amount}")
        if not CODE.fullmatch(self.currency):
            raise ValueError(f"currency must be an ISO 4217 code, not {self.currency!r}")

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(round_half_up(Decimal(0), currency), currency)

    @classmethod
    def parse(cls, text: str, currency: str, *, field: str = "amount") -> Self:
        return cls(parse_amount(text, currency, field=field), currency)

    def _same(self, other: "Money") -> Decimal:
        if self.currency != other.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount if self.amount else self.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def times(self, factor: Decimal) -> "Money":
        """`amount * factor`, rounded once."""
        return Money(self.amount * factor, self.currency).rounded()

    def rounded(self) -> "Money":
        return Money(round_half_up(self.amount, self.currency), self.currency)

    def __str__(self) -> str:
        return f"{self.rounded().amount} {self.currency}"


def split(total: Money, weights: list[Decimal]) -> list[Money]:
    """`total` in shares proportional to non-negative `weights` by largest remainder; the sum is exact.

    Raises `ValueError` when no weight is positive.
    """
    whole = sum(weights, Decimal(0))
    if whole <= 0 or any(w < 0 for w in weights):
        raise ValueError("weights must be non-negative with a positive sum")
    if total.amount < 0:  # the mirror: rounding down is towards nothing there
        return [-share for share in split(-total, weights)]
    unit = Decimal(1).scaleb(-places(total.currency))
    units = int(total.rounded().amount / unit)
    exact = [Decimal(units) * w / whole for w in weights]
    shares = [int(e // 1) for e in exact]
    by_rest = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_rest[: units - sum(shares)]:
        shares[i] += 1
    return [Money(round_half_up(s * unit, total.currency), total.currency) for s in shares]
