"""What an address has said about each purpose, and whether an e-mail may go to it."""

from uuid import UUID

from recoup.consent import rules
from recoup.consent.models import Consent, Subscriber


def folded(address: str) -> str:
    return address.strip().casefold()[:320]


def latest(subscriber: Subscriber, purpose: str) -> bool | None:
    newest = (
        Consent.objects.filter(subscriber=subscriber, purpose=purpose)
        .order_by("-at", "-id")
        .first()
    )
    return newest.given if newest else None


def choices(subscriber: Subscriber) -> dict[str, bool]:
    """Each purpose and whether e-mails of it go out now."""
    rows = (
        Consent.objects.filter(subscriber=subscriber)
        .order_by("purpose", "-at", "-id")
        .distinct("purpose")
    )
    said = {row.purpose: row.given for row in rows}
    return {code: rules.may_mail(code, said.get(code)) for code in rules.PURPOSES}


def may_mail(*, agency: UUID, address: str, purpose: str) -> bool:
    """Whether an e-mail of a purpose may go to an address now. No purpose: a letter of a contract."""
    if not purpose:
        return True
    who = Subscriber.objects.filter(agency_id=agency, address=folded(address)).first()
    return rules.may_mail(purpose, latest(who, purpose) if who else None)


def by_token(agency: UUID, token: str) -> Subscriber | None:
    return (
        Subscriber.objects.filter(agency_id=agency, token=token).first()
        if len(token) >= 20
        else None
    )
