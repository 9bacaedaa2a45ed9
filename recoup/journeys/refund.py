"""Money goes back to who paid it; its payment file is written as soon as nothing holds it."""

from datetime import datetime
from typing import Any

from recoup.kernel.actor import Actor
from recoup.payments import operations as payments
from recoup.payments.models import Allocation, BankLine, Refund


def propose_refund(
    *, line: BankLine, allocation: Allocation | None, because: str, by: Actor, at: datetime, **to: Any
) -> Refund:  # fmt: skip
    """Propose it and write its file. Raises `Refusal` as `payments.propose_refund` does."""
    made = payments.propose_refund(
        line=line, allocation=allocation, because=because, by=by, at=at, **to
    )
    return written(made, by, at)


def release_refund(*, refund: Refund, how: str, by: Actor, at: datetime) -> Refund:
    """What held it is cleared: its file is written. Raises `Refusal` as `payments.release_refund` does."""
    made = payments.release_refund(refund=refund, how=how, by=by, at=at)
    return written(made, by, at)


def written(refund: Refund, by: Actor, at: datetime) -> Refund:
    payments.complete_papers(agency=refund.agency_id, by=by, at=at)
    if refund.payout:
        refund.payout.refresh_from_db()
    return refund
