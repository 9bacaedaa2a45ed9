"""Treatment plans: what is in force, a draft edited as a list of steps, its dry run and replay, its release."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recoup.journeys.dry_run import dry_run, replay
from recoup.kernel.days import parse_day
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.strategy.models import TreatmentPlan, Trial
from recoup.strategy.operations import (
    drop_draft,
    end_trial,
    release_plan,
    save_draft,
    start_trial,
)
from recoup.strategy.plans import CODES, NUMBERS, STANDARDS, WRITTEN, Plan, PlanKind
from recoup.strategy.queries import PlanBook, plan_book, plan_of
from recoup.strategy.reading import CHANNELS, CHARGES, CONSEQUENCES, LETTERS_OF, as_kept
from recoup.strategy.trials import result_of
from recoup.web.desk import rights
from recoup.web.desk.acting import tried
from recoup.web.desk.frame import show
from recoup.web.kit.derivations import phrase
from recoup.web.kit.formats import day_text, number_text, percent_text
from recoup.web.kit.middleware import Place, staff_place
from recoup.web.kit.words import day_of_step, word

MONTHS = timedelta(days=90)
FACTS = (*NUMBERS, *CODES)
OPS = ("at_least", "below", "is", "is_not")


@dataclass(frozen=True, slots=True)
class Line:
    """One step as it is read aloud."""

    number: int
    name: str
    how: str
    when: str
    then: str


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """The plan in force for a client or the agency, with draft, trial and versions."""
    place = staff_place(request)
    client, kind = chosen(place, request.GET.get("client", "")), kind_asked(request.GET)
    now = plan_book(place.agency.id, place.now.date())
    mine = now.ladders if kind == PlanKind.OWN else now.own
    in_force = standing(now, kind, client)
    versions = TreatmentPlan.objects.filter(agency_id=place.agency.id, client=client, kind=kind)
    draft = versions.filter(state=TreatmentPlan.State.DRAFT).first()
    trial = Trial.objects.filter(agency_id=place.agency.id, client=client).select_related(
        "challenger"
    )
    latest = trial.order_by("-made_at").first() if kind == PlanKind.COLLECTION else None
    return show(
        request, place, "desk/plans.html", client=client, plan=in_force, label=label_of(in_force), lines=lines(in_force),
        own=client is None or client.id in mine, draft=draft, kind=kind, kinds=kinds(),
        draft_lines=lines(plan_of(draft)) if draft else [], clients=clients(place),
        versions=versions.exclude(state=TreatmentPlan.State.DRAFT).order_by("-version")[:20],
        trial=latest, **trial_shown(latest, place),
        why_not=rights.why_not(place, "plans"), tomorrow=place.now.date() + timedelta(days=1),
    )  # fmt: skip


def kind_asked(data: Any) -> PlanKind:
    """Plans of cases, or of the reminders sent in clients' names."""
    return PlanKind.OWN if data.get("kind") == PlanKind.OWN else PlanKind.COLLECTION


def kinds() -> list[tuple[str, str]]:
    return [(kind.value, word(kind.value)) for kind in PlanKind]


def standing(book: PlanBook, kind: PlanKind, client: Client | None) -> Plan:
    """The plan in force for a client, or the agency's own."""
    if kind == PlanKind.OWN:
        return book.ladder(client.id) if client else book.ladders.get(None) or STANDARDS[kind]
    return book.champion(client.id) if client else book.own.get(None) or STANDARDS[kind]


def trial_shown(trial: Trial | None, place: Place) -> dict[str, Any]:
    """Both shares with their intervals, and the difference in points."""
    if trial is None:
        return {}
    result = result_of(trial, place.now.date())
    arms = ((_("in force"), result.champion), (str(trial.challenger), result.challenger))
    return {
        "trial_rows": [
            {"name": name, "cases": arm.cases, "hits": arm.hits, "share": percent(arm.share),
             "low": percent(arm.low), "high": percent(arm.high)}
            for name, arm in arms
        ],
        "trial_counts": bool(result.champion.cases and result.challenger.cases), "trial_waiting": result.waiting,
        "trial_from": day_text(trial.since + timedelta(days=trial.within_days)),
        "trial_low": points(result.difference.low), "trial_high": points(result.difference.high),
        "trial_decided": result.difference.decided,
    }  # fmt: skip


def percent(share: float) -> str:
    return percent_text(Decimal(str(round(100 * share, 1))), 1)


def label_of(plan: Plan) -> str:
    """A built-in plan is called in the reader's language, one of the house as the house calls it."""
    built_in = plan.name in {one.name for one in STANDARDS.values()}
    return f"{word(plan.name)} {plan.version}" if built_in else plan.label


def points(difference: float) -> str:
    """A difference of shares in points of a hundred, with its sign."""
    value = Decimal(str(round(100 * difference, 1)))
    return ("+" if value > 0 else "") + number_text(value)


def clients(place: Place) -> list[Client]:
    return list(Client.objects.filter(agency_id=place.agency.id).order_by("name")[:500])


def chosen(place: Place, id: str) -> Client | None:
    """The client asked for; None for the agency's own plan."""
    if not id:
        return None
    try:
        return get_object_or_404(Client, id=UUID(id), agency_id=place.agency.id)
    except ValueError:
        raise Http404 from None


def lines(plan: Plan) -> list[Line]:
    return [
        Line(
            place, word(step.name), said_how(step), said_when(step), said_then(step)
        )
        for place, step in enumerate(plan.steps, 1)
    ]  # fmt: skip


def said_how(step: Any) -> str:
    ways = ", ".join(word(c) for c in step.channels)
    return f"{ways}: {word(f'letter_{step.letter}')}" if step.letter else ways


def said_when(step: Any) -> str:
    said = [
        day_of_step(step.after) if step.after is not None else "",
        _("after %(days)d business days") % {"days": step.wait} if step.wait else "",
        *(f"{word(c.fact)} {word(c.op)} {said_value(c.value)}" for c in step.when),
    ]
    return "; ".join(each for each in said if each) or _("always")


def said_value(value: Any) -> str:
    return ", ".join(map(word, value)) if isinstance(value, tuple) else str(value)


def said_then(step: Any) -> str:
    said = [
        _("%(days)d days to answer") % {"days": step.answer_days} if step.answer_days else "",
        _("announces: %(what)s") % {"what": word(step.consequence)} if step.consequence else "",
        _("charges: %(what)s") % {"what": word(step.charge)} if step.charge else "",
    ]
    return "; ".join(each for each in said if each)


# Editing ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """A draft as rows; works without a script: each button posts all rows and says what to do with one."""
    place = allowed(request)
    asked = request.POST or request.GET
    client, kind = chosen(place, asked.get("client", "")), kind_asked(asked)
    if request.method == "GET":
        return edited(request, place, kind, client, *begun(place, kind, client))
    name, steps = str(request.POST.get("name", ""))[:40], posted(request.POST, kind)
    act, _colon, row = str(request.POST.get("act", "save")).partition(":")
    if act != "save":
        return edited(request, place, kind, client, name, moved(steps, act, row))
    try:
        save_draft(
            agency=place.agency.id, client=client, name=name, steps=steps, kind=kind, by=place.actor, at=place.now,
            note=str(request.POST.get("note", ""))[:300],
        )  # fmt: skip
    except Refusal as refusal:
        return edited(request, place, kind, client, name, steps, refusal)
    return redirect(url(client, kind))


def begun(place: Place, kind: PlanKind, client: Client | None) -> tuple[str, list[dict[str, Any]]]:
    """The draft there is, or the plan in force to begin from."""
    draft = TreatmentPlan.objects.filter(
        agency_id=place.agency.id, client=client, kind=kind, state=TreatmentPlan.State.DRAFT
    ).first()
    if draft:
        return draft.name, draft.steps
    plan = standing(plan_book(place.agency.id, place.now.date()), kind, client)
    return plan.name, as_kept(plan)


def edited(
    request: HttpRequest, place: Place, kind: PlanKind, client: Client | None, name: str, steps: list[dict[str, Any]],
    refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    wrong_row = refusal.params.get("row") if refusal else None
    rows = [
        {
            "number": n, "step": step, "conditions": [*map(shown_condition, step.get("when", [])), {}],
            "wrong": n == wrong_row,
        }
        for n, step in enumerate(steps, 1)
    ]  # fmt: skip
    own = kind == PlanKind.OWN
    choices = {
        "channels": WRITTEN if own else CHANNELS, "letters": LETTERS_OF[kind], "charges": () if own else CHARGES,
        "consequences": () if own else CONSEQUENCES, "facts": FACTS, "ops": OPS,
    }  # fmt: skip
    said: dict[str, Any] = {
        key: [(code, word(f"letter_{code}" if key == "letters" else code)) for code in codes]
        for key, codes in choices.items()
    }
    return show(
        request, place, "desk/plan_edit.html", status=422 if refusal else 200, client=client, kind=kind, name=name, rows=rows,
        refusal=phrase(refusal.text, refusal.params) if refusal else "", **said,
    )  # fmt: skip


def shown_condition(one: dict[str, Any]) -> dict[str, Any]:
    value = one.get("value", "")
    return {**one, "shown": value if isinstance(value, str) else ", ".join(value)}


NUMBERED = re.compile(r"name-([0-9]{1,2})", re.ASCII)


def posted(data: Any, kind: PlanKind = PlanKind.COLLECTION) -> list[dict[str, Any]]:
    """The rows as posted, in their order; numbers that are none stay words and are refused with the row."""
    numbers = sorted(int(m[1]) for field in data if (m := NUMBERED.fullmatch(field)))
    rows = [row(data, n) for n in numbers[:60]]
    if kind == PlanKind.OWN:
        for n, one in zip(numbers, rows, strict=False):
            one["after"] = signed(data.get(f"after-{n}", ""))
    return rows


def signed(text: str) -> int | str:
    """A number of days, before the due day with a minus."""
    found = number(text.strip().lstrip("-−"))
    return -found if isinstance(found, int) and text.strip()[:1] in ("-", "−") else found


def row(data: Any, n: int) -> dict[str, Any]:
    when = []
    for fact, op, value in zip(
        data.getlist(f"fact-{n}"), data.getlist(f"op-{n}"), data.getlist(f"value-{n}"), strict=False
    ):
        if not fact:
            continue
        several = [part.strip() for part in value.split(",") if part.strip()]
        when.append(
            {"fact": fact, "op": op, "value": value.strip() if fact in NUMBERS else several}
        )
    return {
        "name": data.get(f"name-{n}", "").strip(), "channels": data.getlist(f"channels-{n}"),
        "letter": data.get(f"letter-{n}") or None, "answer_days": number(data.get(f"answer_days-{n}", "0")),
        "wait": number(data.get(f"wait-{n}", "0")), "charge": data.get(f"charge-{n}") or None,
        "consequence": data.get(f"consequence-{n}") or None, "tries": number(data.get(f"tries-{n}", "5")), "when": when,
    }  # fmt: skip


def number(text: str) -> int | str:
    text = text.strip() or "0"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text


def moved(steps: list[dict[str, Any]], act: str, row: str) -> list[dict[str, Any]]:
    """Rows after a step was added, removed or moved."""
    if act == "add":
        return [
            *steps,
            {"name": "", "channels": [], "answer_days": 10, "wait": 0, "tries": 5, "when": []},
        ]
    at = int(row) - 1 if row.isascii() and row.isdigit() else -1
    if not 0 <= at < len(steps):
        return steps
    if act == "remove":
        return steps[:at] + steps[at + 1 :]
    to = at - 1 if act == "up" else at + 1
    if 0 <= to < len(steps):
        steps[at], steps[to] = steps[to], steps[at]
    return steps


# Trying out and releasing ----------------------------------------------------------------------


@require_safe
def dry(request: HttpRequest) -> HttpResponse:
    """Tomorrow by the plan in force beside the draft, and the last three months by each."""
    place = staff_place(request)
    client, kind = chosen(place, request.GET.get("client", "")), kind_asked(request.GET)
    draft = TreatmentPlan.objects.filter(
        agency_id=place.agency.id, client=client, kind=kind, state=TreatmentPlan.State.DRAFT
    ).first()
    today = place.now.date()
    tomorrow = today + timedelta(days=1)
    at = datetime.combine(tomorrow, time(9), ZoneInfo(place.agency.time_zone))
    which = client.id if client else None
    now = standing(plan_book(place.agency.id, tomorrow), kind, client)
    asked = [now, *([plan_of(draft)] if draft else [])]
    ahead = [
        dry_run(agency=place.agency, on=tomorrow, at=at, by=place.actor, client=which,
                draft=plan if plan is not now else None, kind=kind)
        for plan in asked
    ]  # fmt: skip
    behind = [
        replay(agency=place.agency, plan=plan, first=today - MONTHS, last=today, client=which)
        for plan in asked
    ]
    looked = ", ".join(str(f.looked_at) for f in ahead)
    parts = [
        {
            "title": _("Tomorrow this would"), "what": _("What"), "rows": table([f.does for f in ahead]),
            "hint": _("Cases looked at: %(cases)s") % {"cases": looked}, "none": _("Nothing is due tomorrow."),
        },
        {
            "title": _("Denied, because"), "what": _("Reason"), "rows": table([f.denied for f in ahead]),
            "hint": _("By the gate, as it would answer at nine o'clock."), "none": _("Nothing would be denied."),
        },
        {
            "title": _("In the last three months it would have"), "what": _("What"), "rows": table([f.does for f in behind]),
            "hint": _("With the cases of those days, each debtor doing what it did: a count of work, no promise of money."),
            "none": _("No case was in contact."),
        },
        {
            "title": _("Steps taken in those months"), "what": _("Step"), "rows": table([f.steps for f in behind]),
            "hint": "", "none": _("None."),
        },
    ]  # fmt: skip
    return show(
        request,
        place,
        "desk/plan_dry_run.html",
        client=client,
        kind=kind,
        plans=[
            _("%(plan)s (draft)") % {"plan": p.label} if draft and p is asked[-1] else p.label
            for p in asked
        ],
        parts=parts,
        draft=draft,
    )


def table(counts: list[Any]) -> list[tuple[str, list[int]]]:
    names = sorted(
        {name for each in counts for name in each}, key=lambda n: -max(c[n] for c in counts)
    )
    return [(word(name), [c[name] for c in counts]) for name in names]


@require_POST
def release(request: HttpRequest, id: UUID) -> HttpResponse:
    """Release a draft, put it on trial, drop it; or end a trial."""
    place = allowed(request)
    plan = get_object_or_404(TreatmentPlan, id=id, agency_id=place.agency.id)
    act = request.POST.get("act", "")

    def do() -> None:
        if act == "drop":
            drop_draft(plan=plan, by=place.actor, at=place.now)
        elif act == "trial":
            start_trial(
                plan=plan, share=whole(request.POST, "share"), since=day(request.POST),
                within_days=whole(request.POST, "within_days"), by=place.actor, at=place.now,
            )  # fmt: skip
        elif act in ("adopt", "end"):
            trial = get_object_or_404(Trial, challenger=plan)
            end_trial(
                trial=trial, adopt=act == "adopt", on=place.now.date(), by=place.actor, at=place.now
            )  # fmt: skip
        else:
            release_plan(plan=plan, valid_from=day(request.POST), by=place.actor, at=place.now)

    said = {
        "drop": _("The draft was dropped."), "trial": _("The trial has begun."), "end": _("The trial has ended."),
        "adopt": _("The challenger is in force from today."),
    }.get(act, _("The plan is released."))  # fmt: skip
    tried(request, do, said)
    return redirect(url(plan.client, PlanKind(plan.kind)))


def whole(data: Mapping[str, str], name: str) -> int:
    found = number(data.get(name, ""))
    if isinstance(found, str):
        raise Refusal(
            "no_number", N_("“%(found)s” is no number here."), field=name, found=found[:20]
        )
    return found


def day(data: Mapping[str, str]) -> Any:
    return parse_day(data.get("valid_from", ""), field="valid_from")


def url(client: Client | None, kind: PlanKind = PlanKind.COLLECTION) -> str:
    said = {
        "client": str(client.id) if client else "",
        "kind": kind.value if kind == PlanKind.OWN else "",
    }
    query = urlencode({k: v for k, v in said.items() if v})
    return reverse("desk:plans") + (f"?{query}" if query else "")


def allowed(request: HttpRequest) -> Place:
    place = staff_place(request)
    if rights.why_not(place, "plans"):
        raise Http404
    return place
