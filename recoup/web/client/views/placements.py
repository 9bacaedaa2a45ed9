"""Many debts at once: a list uploaded, shown as it will be read, confirmed, watched, corrected, undone."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recoup.intake.columns.template import template
from recoup.intake.models import PlacedRow, Placement
from recoup.intake.operations import move_placement
from recoup.intake.states import RowState, State
from recoup.journeys.place import (
    confirm,
    corrections,
    look,
    receive_file,
    undo_placement,
    why_not_undo,
)
from recoup.journeys.place.receipt import receipt_kept
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.tenancy.context import scope
from recoup.web.client.frame import client_of, frame, may_submit
from recoup.web.client.placement_forms import ListForm, chosen_from, columns_shown, defaults_shown
from recoup.web.client.views.submit import no_agreement
from recoup.web.kit.formats import country_text, refusal_text
from recoup.web.kit.middleware import Place, client_place

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 100
TONES = {
    State.READ: "needs", State.QUEUED: "accent", State.RUNNING: "accent", State.DONE: "money", State.REFUSED: "danger",
    State.DISCARDED: "", State.UNDONE: "",
}  # fmt: skip


def state_word(state: str) -> str:
    return {
        State.READ: _("To be checked"), State.QUEUED: _("Waiting"), State.RUNNING: _("Being placed"),
        State.DONE: _("Placed"), State.REFUSED: _("Refused"), State.DISCARDED: _("Thrown away"),
        State.UNDONE: _("Undone"),
    }[State(state)]  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def placements(request: HttpRequest) -> HttpResponse:
    """The client's lists, and where a new one is dropped."""
    place = client_place(request)
    client = client_of(place)
    refusal, form = may_submit(place) or no_agreement(client), ListForm()
    if request.method == "POST" and refusal is None:
        form = ListForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["list"]
            try:
                made = receive_file(
                    client=client,
                    name=file.name or "",
                    content=file.read(),
                    by=place.actor,
                    at=place.now,
                )
                return redirect("client:placement", made.number)
            except Refusal as refused:
                form.add_error("list", refusal_text(refused))
    rows = Placement.objects.filter(client=client).order_by("-made_at", "-id")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(request, "client/placements.html", frame(request, place, client) | {
        "form": form, "refusal": refusal, "page": page,
        "rows": [{"row": row, "state": state_word(row.state), "tone": TONES[State(row.state)]} for row in page],
    }, status=422 if form.errors else 200)  # fmt: skip


def placement_or_404(place: Place, number: str) -> Placement:
    rows = Placement.objects.select_related("client", "document", "earlier")
    return get_object_or_404(rows, agency=place.agency, client_id=place.client_id, number=number)


@require_http_methods(["GET", "HEAD", "POST"])
def placement(request: HttpRequest, number: str) -> HttpResponse:
    """One list: its preview while it waits, its progress while it runs, then what came of it."""
    place = client_place(request)
    client = client_of(place)
    one = placement_or_404(place, number)
    problem = None
    if request.method == "POST":
        problem = may_submit(place) or acted(request, place, one)
        if problem is None:
            return redirect("client:placement", one.number)
    return render(
        request, "client/placement.html", frame(request, place, client) | shown(request, place, one, problem),
        status=422 if problem else 200,
    )  # fmt: skip


def acted(request: HttpRequest, place: Place, one: Placement) -> Refusal | None:
    """What the preview's button asks for: look again, confirm, or throw away."""
    do = request.POST.get("do", "look")
    try:
        if do == "discard":
            move_placement(placement=one, now=State.DISCARDED, finished_at=place.now)
            return None
        if one.state != State.READ:
            return Refusal("placement_moved_meanwhile", N_("Placement %(number)s is “%(found)s” already; nothing was changed."),
                           number=one.number, found=state_word(one.state))  # fmt: skip
        with scope(place.agency.id):
            look(placement=one, chosen=chosen_from(request.POST, one.preview))
        if do == "confirm":
            confirm(placement=one, by=place.actor, at=place.now)
    except Refusal as refusal:
        return refusal
    return None


def shown(
    request: HttpRequest, place: Place, one: Placement, problem: Refusal | None
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "placement": one, "state": state_word(one.state), "tone": TONES[State(one.state)], "problem": problem,
    }  # fmt: skip
    if one.state == State.READ:
        return (
            found
            | {
                "columns": columns_shown(one),
                "unclear": [c for c in one.preview["columns"] if c["unclear"]],
            }
            | defaults_shown(one)
        )
    if one.state in (State.QUEUED, State.RUNNING):
        return found | progress(one)
    if one.state == State.REFUSED:
        said = one.refusal
        return found | {"refusal": Refusal(said["code"], said["text"], **said["params"])}
    return found | result(request, place, one)


def progress(one: Placement) -> dict[str, Any]:
    share = Decimal(one.done * 100) / one.rows if one.rows else Decimal(0)
    return {"share": min(share, Decimal(100)).quantize(Decimal(1)), "running": True}


def result(request: HttpRequest, place: Place, one: Placement) -> dict[str, Any]:
    rows = PlacedRow.objects.filter(placement=one).exclude(problems=[]).order_by("row")
    only = request.GET.get("show", "")
    if only in (RowState.REJECTED, RowState.DUPLICATE, RowState.ACCEPTED):
        rows = rows.filter(state=only)
    page = Paginator(rows.select_related("case"), PAGE).get_page(request.GET.get("page"))
    with scope(place.agency.id):
        against = why_not_undo(one) if one.state == State.DONE else None
    return {
        "receipt": receipt_kept(one), "page": page, "summary": one.summary, "why_not_undo": against, "may_undo": one.state == State.DONE,
        "rows": [
            {"row": row, "state": row_word(row.state), "tone": "danger" if row.state == RowState.REJECTED else "needs",
             "reasons": [reason(p) for p in row.problems]}
            for row in page
        ],
    }  # fmt: skip


def row_word(state: str) -> str:
    return {RowState.ACCEPTED: _("Taken, look"), RowState.REJECTED: _("Not taken"), RowState.DUPLICATE: _("Placed before")}[RowState(state)]  # fmt: skip


def reason(problem: dict[str, Any]) -> str:
    return refusal_text(Refusal(problem["code"], problem["text"], **labelled(problem["params"])))


def labelled(params: dict[str, Any]) -> dict[str, Any]:
    """A field's code as the heading that people read."""
    from recoup.intake.columns import FIELDS

    code, land = params.get("field"), params.get("country")
    told = {"country": country_text(land)} if isinstance(land, str) and land else {}
    return params | told | ({"field": _(FIELDS[code].label)} if code in FIELDS else {})


@require_safe
def placement_state(request: HttpRequest, number: str) -> HttpResponse:
    """The progress alone, fetched while it runs; once it is over, the page is loaded anew."""
    place = client_place(request)
    one = placement_or_404(place, number)
    if one.state not in (State.QUEUED, State.RUNNING):
        response = HttpResponse(status=204)
        response.headers["HX-Refresh"] = "true"
        return response
    return render(
        request,
        "client/placement_state.html",
        {"placement": one, "state": state_word(one.state)} | progress(one),
    )


@require_POST
def undo(request: HttpRequest, number: str) -> HttpResponse:
    place = client_place(request)
    one = placement_or_404(place, number)
    refusal = may_submit(place)
    try:
        if refusal is not None:
            raise refusal
        count = undo_placement(placement=one, by=place.actor, at=place.now)
        text = ngettext(
            "Undone: %(n)d case was taken back.", "Undone: %(n)d cases were taken back.", count
        )
        messages.success(request, text % {"n": count})
    except Refusal as refused:
        messages.error(request, refusal_text(refused))
    return redirect("client:placement", one.number)


@require_safe
def corrections_file(request: HttpRequest, number: str) -> HttpResponse:
    """The rows that were not taken, with the reasons, to correct and send again."""
    place = client_place(request)
    one = placement_or_404(place, number)
    if one.state != State.DONE:
        return redirect("client:placement", one.number)

    def say(refusal: Refusal) -> str:
        return refusal_text(Refusal(refusal.code, refusal.text, **labelled(refusal.params)))

    content = corrections(placement=one, say=say, heading=_("Reasons"))
    return download(content, "text/csv; charset=utf-8", f"{one.number}-{_('corrections')}.csv")


@require_safe
def template_file(request: HttpRequest) -> HttpResponse:
    """An empty list with the right headings and choices."""
    place = client_place(request)
    client: Client = client_of(place)
    content = template(say=_, currencies=currencies_of(client))
    return download(content, XLSX, "recoup.xlsx")


def currencies_of(client: Client) -> list[str]:
    from recoup.journeys.place.check import terms_of

    return (
        list(terms_of(client, client.made_at.date()).currencies)
        if no_agreement(client) is None
        else ["EUR"]
    )


def download(content: bytes, media: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
