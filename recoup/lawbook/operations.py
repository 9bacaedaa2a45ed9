"""Writers: one person enters a published value, another confirms it."""

from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from recoup.eventlog.operations import record
from recoup.jurisdictions.overlay import Published
from recoup.jurisdictions.series import published
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.lawbook.models import Confirmation, PublishedRate
from recoup.lawbook.queries import standing


@transaction.atomic
def enter_rate(
    *, agency: UUID, series: str, first: date, value: str, source: str, link: str,
    last: date | None = None, supersedes: PublishedRate | None = None, because: str = "",
    by: Actor, at: datetime,
) -> PublishedRate:  # fmt: skip
    """Enter a value that the pack does not have; it waits until somebody else confirms it.

    `value` is plain text such as 1.27; `last` only where the series is published on change.
    `supersedes` is a value of the same series that this one corrects, and `because` says why.
    Raises `Refusal`: as `series.published` does (`rate_known` for a day that the pack or another
    entered value covers), `person_needed`, `source_needed`, `reason_needed`, `superseded_already`,
    `other_series`.
    """
    who = person(by)
    with connection.cursor() as cursor:
        # Two people entering at once: the second sees the first's row.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [f"{agency}:{series}"]
        )
    if not source.strip() or not link.startswith(("https://", "http://")):
        raise Refusal(
            "source_needed", N_("Say where the value was published, with the address of the page."),
            field="link", found=link[:80],
        )  # fmt: skip
    check_correction(agency, series, supersedes, because)
    others = standing(agency).filter(series=series)
    if supersedes is not None:
        others = others.exclude(id=supersedes.id)
    beside = tuple(
        Published(row.series, row.first, row.last, row.value, row.source) for row in others
    )
    row = published(
        series, first=first, last=last, value=value, source=source, beside=beside, field="rate"
    )
    made = PublishedRate.objects.create(
        agency_id=agency, series=series, first=row.first, last=row.last, value=row.value,
        source=source.strip(), link=link, because=because.strip(), supersedes=supersedes,
        entered_by=who, entered_name=by.name, entered_at=at,
    )  # fmt: skip
    record(
        agency=agency, kind="RateEntered", by=by, at=at, audience="internal", rate=str(made.id),
        series=series, first=row.first.isoformat(), last=row.last.isoformat(), value=value,
        source=source.strip(), link=link, because=because.strip(),
        supersedes=str(supersedes.id) if supersedes else "",
    )  # fmt: skip
    return made


@transaction.atomic
def confirm_rate(*, rate: PublishedRate, by: Actor, at: datetime) -> Confirmation:
    """From now on the value counts. Raises `Refusal`: `same_person`, `confirmed_already`,
    `superseded_already`, `person_needed`."""
    who = person(by)
    rate = PublishedRate.objects.select_related("confirmation", "superseded_by").get(id=rate.id)
    if rate.entered_by == who:
        raise Refusal(
            "same_person",
            N_("You entered this value yourself: somebody else must look it up and confirm it."),
        )
    if hasattr(rate, "superseded_by"):
        raise Refusal("superseded_already", N_("Another value has taken the place of this one."))
    made, new = Confirmation.objects.get_or_create(
        rate=rate,
        defaults={
            "agency_id": rate.agency_id,
            "confirmed_by": who,
            "confirmed_name": by.name,
            "confirmed_at": at,
        },
    )
    if not new:
        raise Refusal(
            "confirmed_already",
            N_("%(name)s has confirmed this value already."),
            name=made.confirmed_name,
        )
    record(
        agency=rate.agency_id, kind="RateConfirmed", by=by, at=at, audience="internal",
        rate=str(rate.id), series=rate.series, first=rate.first.isoformat(),
        value=f"{rate.value.normalize():f}",
    )  # fmt: skip
    return made


def check_correction(
    agency: UUID, series: str, supersedes: PublishedRate | None, because: str
) -> None:
    if supersedes is None:
        return
    if not because.strip():
        raise Refusal("reason_needed", N_("Say why the earlier value is wrong."), field="because")
    if supersedes.series != series or supersedes.agency_id != agency:
        raise Refusal("other_series", N_("A correction belongs to the series it corrects."))
    if PublishedRate.objects.filter(supersedes=supersedes).exists():
        raise Refusal("superseded_already", N_("Another value has taken the place of this one."))


def person(by: Actor) -> UUID:
    if by.id is None:
        raise Refusal("person_needed", N_("Only a person who is logged in can do this."))
    return by.id
