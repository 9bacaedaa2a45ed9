"""What a debtor owes: `owed(request)`, and the request and answer as JSON documents. Pure."""

from recoup.jurisdictions.owed.answer import (
    Allocation,
    ClaimLine,
    Compensation,
    CostLine,
    Limitation,
    Owed,
    Segment,
)
from recoup.jurisdictions.owed.compute import owed
from recoup.jurisdictions.owed.document import as_document
from recoup.jurisdictions.owed.parse import parse_request
from recoup.jurisdictions.owed.request import Claim, Cost, Interest, Payment, Request
from recoup.jurisdictions.owed.told import question, told
from recoup.jurisdictions.reason import Reason

__all__ = [
    "Allocation", "Claim", "ClaimLine", "Compensation", "Cost", "CostLine", "Interest", "Limitation",
    "Owed", "Payment", "Reason", "Request", "Segment", "as_document", "owed", "parse_request", "question",
    "told",
]  # fmt: skip
