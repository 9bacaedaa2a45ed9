"""The price: rate-card terms, commission, value added tax, the quote. Pure (docs/algorithms/commission.md)."""

from recoup.agreements.rules.asked import Asked
from recoup.agreements.rules.commission import Commission, commission, commission_due, phase_of
from recoup.agreements.rules.quote import quote
from recoup.agreements.rules.sentences import Sentence
from recoup.agreements.rules.terms import Terms
from recoup.agreements.rules.vat import Vat, vat_rate

__all__ = [
    "Asked", "Commission", "Sentence", "Terms", "Vat", "commission", "commission_due", "phase_of",
    "quote", "vat_rate",
]  # fmt: skip
