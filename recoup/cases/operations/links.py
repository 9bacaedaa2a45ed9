"""A debtor's way in without an account: the token is known to the letter, its hash to us."""

import re
import secrets
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from recoup.cases.models import Case, DebtorLink
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def make_debtor_link(*, case: Case, expires_at: datetime, by: Actor, at: datetime) -> str:
    """A fresh token (256 bits) for the debtor's pages of this case; shown once, never kept."""
    token = secrets.token_urlsafe(32)
    DebtorLink.objects.create(
        agency_id=case.agency_id, case=case, client_id=case.client_id, token_hash=hash_of(token),
        made_at=at, expires_at=expires_at,
    )  # fmt: skip
    record(agency=case.agency_id, kind="DebtorLinkMade", by=by, at=at, case=case.id,
           client=case.client_id, audience="internal", expires_at=expires_at.isoformat())  # fmt: skip
    return token


def debtor_link(token: str, *, at: datetime) -> DebtorLink | None:
    """The link of a token as long as it holds at `at`; None for unknown, expired and revoked alike."""
    if not TOKEN.fullmatch(token):
        return None
    return (
        DebtorLink.objects.select_related("case")
        .filter(token_hash=hash_of(token), revoked_at__isnull=True, expires_at__gt=at)
        .first()
    )


@transaction.atomic
def revoke_debtor_link(*, link: DebtorLink, by: Actor, at: datetime) -> None:
    """The token no longer opens anything; revoking again changes nothing."""
    if DebtorLink.objects.filter(id=link.id, revoked_at__isnull=True).update(revoked_at=at):
        record(agency=link.agency_id, kind="DebtorLinkRevoked", by=by, at=at, case=link.case_id,
               client=link.client_id, audience="internal")  # fmt: skip
