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
from recoup.cases.rules.feasibility import Finding, LineFacts, ReviewFacts, may_accept, review

__all__ = [
    "CaseFacts", "Finding", "LineFacts", "Profile", "ReviewFacts", "Score", "Scored", "best",
    "may_accept", "ranking", "review", "score",
]  # fmt: skip
