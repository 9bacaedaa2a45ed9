"""The sanctions list, what resembles its entries, and the decision whether a client may be served."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from recoup.journeys.screen import decide_hit, decide_on_client, take_list
from recoup.parties.models import Client
from recoup.screening.models import ClientDecision, Hit, SanctionsList
from recoup.screening.queries import checks_of, decision_of, hits_of
from recoup.screening.rules import CHECKS, CONFIRM
from recoup.web.desk import rights
from recoup.web.desk.acting import carried_out, say_first_wrong
from recoup.web.desk.forms import DeskForm, area
from recoup.web.desk.frame import show
from recoup.web.kit.derivations import phrase
from recoup.web.kit.middleware import Place, staff_place

PER_PAGE = 50
# What an entry of the list is, by the list's own code.
SCHEMAS = {
    "Person": gettext_lazy("person"), "Company": gettext_lazy("company"), "Organization": gettext_lazy("organisation"),
    "LegalEntity": gettext_lazy("legal entity"), "PublicBody": gettext_lazy("public body"), "Vessel": gettext_lazy("ship"),
}  # fmt: skip


class ListForm(DeskForm):
    prefix = "list"
    file = forms.FileField(
        label=gettext_lazy("List file"), widget=forms.ClearableFileInput(attrs={"accept": ".csv"}),
        help_text=gettext_lazy("OpenSanctions' simple format: targets.simple.csv. Larger files: recoup sanctions load"),
    )  # fmt: skip
    complete = forms.BooleanField(
        label=gettext_lazy("It is complete, also if it is much shorter than the one before"), required=False
    )  # fmt: skip


class HitForm(DeskForm):
    prefix = "hit"
    match = forms.ChoiceField(
        label=gettext_lazy("Is it the listed party?"), widget=forms.RadioSelect,
        choices=[("no", gettext_lazy("No, another one")), ("yes", gettext_lazy("Yes, it is"))],
    )  # fmt: skip
    because = forms.CharField(label=gettext_lazy("Why"), max_length=1000, widget=area(2))


class KnowForm(DeskForm):
    """What an officer confirms, and the reason."""

    prefix = "know"
    register_seen = forms.BooleanField(required=False)
    owners_known = forms.BooleanField(required=False)
    authority_shown = forms.BooleanField(required=False)
    because = forms.CharField(label=gettext_lazy("Why"), max_length=1000, widget=area(2))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for code in CHECKS:
            self.fields[code].label = _(CONFIRM[code])
        self.fields["because"].help_text = _(
            "What was seen, and where: it is kept with the decision."
        )

    def ticked(self) -> list[str]:
        return [code for code in CHECKS if self.cleaned_data.get(code)]


@dataclass(frozen=True, slots=True)
class HitRow:
    """A likeness with its entry, and the decision or the form for one."""

    hit: Hit
    decided: bool
    stale: bool
    form: HitForm | None
    url: str
    schema: str


@require_safe
def screening(request: HttpRequest) -> HttpResponse:
    return shown(request, staff_place(request))


def shown(request: HttpRequest, place: Place, form: ListForm | None = None, wrong: tuple[UUID, HitForm] | None = None) -> HttpResponse:  # fmt: skip
    page = Paginator(hits_of(place.agency.id), PER_PAGE).get_page(request.GET.get("page"))
    versions = SanctionsList.objects.filter(agency_id=place.agency.id).order_by("-number")[:10]
    return show(
        request, place, "desk/screening.html", status=422 if form or wrong else 200, versions=list(versions),
        form=form or ListForm(), page=page, not_mine=rights.why_not(place, "screening"),
        rows=[hit_row(hit, wrong[1] if wrong and wrong[0] == hit.id else None) for hit in page],
    )  # fmt: skip


def hit_row(hit: Hit, form: HitForm | None) -> HitRow:
    decided = hasattr(hit, "review")
    url = reverse("desk:client", args=[hit.party_id]) if hit.party_kind != "debtor" else ""
    fresh = form or HitForm(auto_id=f"hit_{hit.id}_%s")
    return HitRow(
        hit,
        decided,
        hit.listed.until is not None,
        None if decided else fresh,
        url,
        schema_said(hit.listed.schema),
    )


def schema_said(schema: str) -> str:
    """What the list says an entry is, in the reader's language; its own word for what we have none."""
    return str(SCHEMAS.get(schema, schema))


def allowed(request: HttpRequest, act: str) -> Place:
    place = staff_place(request)
    if rights.why_not(place, act):
        raise Http404
    return place


@require_POST
def load(request: HttpRequest) -> HttpResponse:
    """A new version of the list; everybody is compared with it."""
    place = allowed(request, "screening")
    form = ListForm(request.POST, request.FILES)

    def act() -> None:
        file = form.cleaned_data["file"]
        take_list(agency=place.agency, file=file.file, name=file.name,
                  may_shrink=form.cleaned_data["complete"], by=place.actor, at=place.now)  # fmt: skip

    if carried_out(form, act):
        return redirect("desk:screening")
    return shown(request, place, form)


@require_POST
def decide(request: HttpRequest, id: UUID) -> HttpResponse:
    """Whether a likeness is the listed party."""
    place = allowed(request, "screening")
    hit = get_object_or_404(Hit.objects.select_related("listed"), id=id, agency_id=place.agency.id)
    form = HitForm(request.POST, auto_id=f"hit_{hit.id}_%s")

    def act() -> None:
        decide_hit(agency=place.agency, hit=hit, is_match=form.cleaned_data["match"] == "yes",
                   because=form.cleaned_data["because"], by=place.actor, at=place.now)  # fmt: skip

    if carried_out(form, act):
        return redirect("desk:screening")
    return shown(request, place, wrong=(hit.id, form))


@require_POST
def know(request: HttpRequest, id: UUID) -> HttpResponse:
    """An officer clears a client or refuses it."""
    place = allowed(request, "know")
    client = get_object_or_404(Client, id=id, agency_id=place.agency.id)
    form = KnowForm(request.POST)

    def act() -> None:
        decide_on_client(agency=place.agency, client=client, cleared="refuse" not in request.POST,
                         ticked=form.ticked(), because=form.cleaned_data["because"], by=place.actor, at=place.now)  # fmt: skip

    if not carried_out(form, act):
        say_first_wrong(request, form)
    return redirect(reverse("desk:client", args=[client.id]) + "#know")


def knowing(place: Place, client: Client) -> dict[str, Any]:
    """What the client's page shows of it: the check-list, the decision that counts, the form."""
    decision: ClientDecision | None = decision_of(client)
    ticked = (
        [] if decision is None else [c["code"] for c in decision.checklist if c["level"] == "good"]
    )
    checks = [
        {"level": c.level, "text": phrase(c.text, c.params)} for c in checks_of(client, ticked) if c.code not in CHECKS
    ]  # fmt: skip
    return {
        "decision": decision, "know_checks": checks, "know_form": KnowForm(initial={}),
        "not_knowing": rights.why_not(place, "know"),
        "confirmed": [phrase(CONFIRM[c], {}) for c in CHECKS if c in ticked],
    }  # fmt: skip
