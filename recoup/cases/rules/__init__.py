"""Rules of cases: who takes one, and whether it can be collected. Pure."""

from recoup.cases.rules.assignment import (
    CaseFacts,
    Profile,
    Score,
    Scored,
    best,
    ranking,
    score,
)
from recoup.cases.rules.feasibility import (
    ANSWERS,
    INTERNAL,
    ByRule,
    Finding,
    LineFacts,
    ReviewFacts,
    ReviewTerms,
    Sanctions,
    by_rule,
    may_accept,
    review,
)

__all__ = [
    "ANSWERS", "INTERNAL", "ByRule", "CaseFacts", "Finding", "LineFacts", "Profile", "ReviewFacts", "ReviewTerms", "Sanctions", "Score", "Scored", "best", "by_rule",
    "may_accept", "ranking", "review", "score",
]  # fmt: skip
