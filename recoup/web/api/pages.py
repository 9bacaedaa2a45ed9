"""Lists a page at a time, by opaque signed cursors."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Query
from pydantic import BaseModel, Field

from recoup.kernel.refusal import N_, Refusal
from recoup.web.kit.middleware import Place

MOST, USUAL = 200, 50
M = TypeVar("M", bound=Model)
Cursor = Annotated[
    str | None, Query(None, max_length=400, description="`next` of the page before.")
]
Limit = Annotated[int, Query(USUAL, ge=1, le=MOST, description="How many at most.")]


class Paged(BaseModel):
    cursor: str | None = Field(None, max_length=400, description="`next` of the page before.")
    limit: int = Field(USUAL, ge=1, le=MOST, description="How many at most.")


def salt(request: HttpRequest) -> str:
    """A cursor works for its own list and owner only."""
    place: Place = request.place  # type: ignore[attr-defined]
    return f"api-cursor:{request.path}:{place.agency.id}:{place.client_id}"


def after(request: HttpRequest, cursor: str) -> UUID:
    """The last id of the page before. Raises `Refusal` `cursor_wrong` for any but our own (AP15)."""
    return UUID(opened(request, cursor))


def opened(request: HttpRequest, cursor: str) -> str:
    """What a cursor of ours says. Raises `Refusal` `cursor_wrong` for any other."""
    try:
        return str(signing.loads(cursor, salt=salt(request)))
    except (signing.BadSignature, ValueError, TypeError):
        raise Refusal("cursor_wrong", N_("This cursor is none of ours; begin with the first page.")) from None  # fmt: skip


def page(
    request: HttpRequest, found: QuerySet[M], paged: Paged, show: Callable[[Sequence[M]], list[Any]],
    *, oldest_first: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """One page by id, the newest first unless told otherwise; with one row more than asked, to know
    whether there is another."""
    if paged.cursor:
        last = after(request, paged.cursor)
        found = found.filter(id__gt=last) if oldest_first else found.filter(id__lt=last)
    rows = list(found.order_by("id" if oldest_first else "-id")[: paged.limit + 1])
    more = len(rows) > paged.limit
    rows = rows[: paged.limit]
    return {"items": show(rows), "next": signed(request, rows[-1].pk) if more else None}


def signed(request: HttpRequest, last: UUID) -> str:
    return sealed(request, str(last))


def sealed(request: HttpRequest, said: str) -> str:
    return signing.dumps(said, salt=salt(request))
