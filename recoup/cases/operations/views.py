"""Filters of the desk kept under a name."""

from datetime import datetime

from django.db import transaction

from recoup.cases.models import SavedView
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.models import Member

MOST = 30


@transaction.atomic
def save_view(*, member: Member, name: str, query: str, by: Actor, at: datetime) -> SavedView:
    """Keep a filter under a name; the same name again replaces it. Two at once leave the later one.
    Raises `Refusal` `view_nameless`, `view_empty`, `views_enough`."""
    name = " ".join(name.split())[:60]
    if not name:
        raise Refusal("view_nameless", N_("Please give the view a name."), field="name")
    if not query:
        raise Refusal("view_empty", N_("Set a filter first; then it can be kept."), field="name")
    mine = SavedView.objects.filter(member=member)
    if mine.exclude(name=name).count() >= MOST:
        raise Refusal(
            "views_enough", N_("%(most)d views are kept already; remove one first."), most=MOST
        )
    made, _ = SavedView.objects.update_or_create(
        member=member, name=name,
        defaults={"agency_id": member.agency_id, "query": query[:500], "made_at": at},
    )  # fmt: skip
    return made


def remove_view(*, view: SavedView, by: Actor, at: datetime) -> None:
    """Forget a kept filter; removing it twice is the same."""
    SavedView.objects.filter(id=view.id).delete()
