"""The house's own words: drafted by one person, released by another, never changed afterwards."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from recoup.contact.models import LetterTemplate
from recoup.contact.rules import THREATS
from recoup.contact.wording import read_legal, read_texts, refuse_lacking
from recoup.eventlog.operations import record
from recoup.jurisdictions.rules import CODES
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.models import Agency

State = LetterTemplate.State


@transaction.atomic
def save_template(
    *, agency: UUID, kind: str, medium: str, language: str, country: str, texts: Mapping[str, Any],
    legal: Mapping[str, Any], announces: str = "", note: str = "", by: Actor, at: datetime,
) -> LetterTemplate:  # fmt: skip
    """The one draft for a kind, medium, language and country, made or changed; the last word counts, and who
    changed it last cannot release it. Raises `Refusal` `template_…`, `sms_long`, `threat_unknown`."""
    country = country.strip().upper()
    if country and country not in CODES:
        raise Refusal(
            "template_country",
            N_("No law is held for “%(found)s”."),
            field="country",
            found=country[:5],
        )
    if announces and announces not in THREATS:
        raise Refusal(
            "threat_unknown",
            N_("“%(found)s” needs no authority."),
            field="announces",
            found=announces,
        )
    said = {
        "texts": read_texts(kind, medium, language, texts),
        "legal": read_legal(country, legal) if medium == "letter" else {},
        "announces": announces, "note": note.strip()[:300], "made_at": at, "made_by": by.name, "made_by_id": by.id,
    }  # fmt: skip
    Agency.objects.select_for_update(no_key=True).get(id=agency)
    mine = LetterTemplate.objects.filter(
        agency_id=agency, kind=kind, medium=medium, language=language, country=country
    )
    draft = mine.filter(state=State.DRAFT)
    if draft.update(**said):
        return draft.get()
    version = (mine.aggregate(last=Max("version"))["last"] or 0) + 1
    return LetterTemplate.objects.create(
        agency_id=agency, kind=kind, medium=medium, language=language, country=country, version=version, **said
    )  # fmt: skip


@transaction.atomic
def release_template(
    *, template: LetterTemplate, valid_from: date, by: Actor, at: datetime
) -> LetterTemplate:
    """A second person puts a draft into force from `valid_from` on. Raises `Refusal` `template_own` (who wrote
    it does not release it), `template_not_draft`, `day_past`, `wording_missing`."""
    if valid_from < at.date():
        raise Refusal(
            "day_past", N_("%(found)s has passed: a template comes into force on a day to come."),
            field="valid_from", found=valid_from.isoformat(),
        )  # fmt: skip
    # The row is held: a change that came first is what is read, one that comes later finds it released.
    now = LetterTemplate.objects.select_for_update().get(id=template.id)
    if now.state != State.DRAFT:
        raise Refusal("template_not_draft", N_("This version is no longer a draft; look again."))
    if now.made_at != template.made_at:
        raise Refusal(
            "template_changed", N_("Somebody has changed this draft meanwhile; look again.")
        )
    if by.id is None or by.id == now.made_by_id:
        raise Refusal(
            "template_own",
            N_("%(name)s wrote this version; somebody else releases it."),
            name=now.made_by,
        )
    if now.medium == "letter" and now.country:
        refuse_lacking(now.kind, now.language, now.country, now.texts, now.legal)
    LetterTemplate.objects.filter(id=now.id).update(
        state=State.RELEASED, valid_from=valid_from, released_at=at, released_by=by.name
    )
    now.refresh_from_db()
    record(
        agency=now.agency_id, kind="TemplateReleased", by=by, at=at, audience="internal", template=str(now),
        valid_from=valid_from.isoformat(), texts=now.texts, legal=now.legal, made_by=now.made_by,
    )  # fmt: skip
    return now


@transaction.atomic
def drop_template(*, template: LetterTemplate, by: Actor, at: datetime) -> None:
    """A draft is given up. Raises `Refusal` `template_not_draft`."""
    draft = LetterTemplate.objects.filter(id=template.id, state=State.DRAFT)
    if not draft.update(state=State.DROPPED, released_at=at, released_by=by.name):
        raise Refusal("template_not_draft", N_("This version is no longer a draft; look again."))
