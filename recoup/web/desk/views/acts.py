"""What is done on a case's page: each a POST, a form, one operation or journey, and back to the page."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from recoup.cases.models import Case, Hold, Task
from recoup.cases.operations import (
    add_note,
    assign_case,
    finish_task,
    lift_hold,
    move_case,
    plan_next_look,
    put_on_hold,
)
from recoup.cases.operations.tasks import finish_all
from recoup.cases.states import Stage
from recoup.journeys.call import call_made
from recoup.journeys.dial import dial
from recoup.kernel.refusal import N_
from recoup.parties.models import Contact
from recoup.web.desk import undoing
from recoup.web.desk.acting import carried_out, case_or_404, say_first_wrong, tried
from recoup.web.desk.case_page import assignable, callable_contacts, lines_of, may_move
from recoup.web.desk.forms import AssignForm, CallForm, HoldForm, MoveForm, NoteForm
from recoup.web.desk.rights import RIGHTS
from recoup.web.desk.views.case import show_case
from recoup.web.kit.derivations import verdict_text
from recoup.web.kit.middleware import Place, staff_place


def back_to(case: Case) -> HttpResponseRedirect:
    return redirect("desk:case", case.number)


def acting_on(request: HttpRequest, number: str, act: str) -> tuple[Place, Case]:
    """The place of somebody who may, and the case; else 404."""
    place = staff_place(request, *RIGHTS[act])
    return place, case_or_404(place, number)


@require_POST
def call(request: HttpRequest, number: str) -> HttpResponse:
    """A call was made, with its outcome."""
    place, case = acting_on(request, number, "call")
    contacts = list(Contact.objects.filter(debtor=case.debtor).order_by("made_at"))
    form = CallForm(
        request.POST, contacts=callable_contacts(contacts), lines=lines_of(case), currency=case.currency
    )  # fmt: skip

    def keep() -> None:
        said = form.cleaned_data
        call_made(
            agency=place.agency, case=case, contact=form.chosen, outcome=said["outcome"],
            note=said["note"], promised_on=said["promised_on"],
            promised_amount=said["promised_amount"],
            back_at=form.back_at(case.debtor.time_zone), disputed=form.in_question, reason=said["reason"],
            key=said["key"], by=place.actor, at=place.now,
        )  # fmt: skip

    if carried_out(form, keep):
        messages.success(request, _("The call is kept."))
        return back_to(case)
    return show_case(request, place, case, call_form=form)


@require_POST
def dial_now(request: HttpRequest, number: str) -> HttpResponse:
    """The gate is asked about a call now and its answer kept; then the dialler rings, or the number is to be
    pressed on the case's page, where the call's result waits to be filled in."""
    place, case = acting_on(request, number, "call")
    answer, rings = dial(
        agency=place.agency,
        case=case,
        contact=None,
        member=place.member,
        by=place.actor,
        at=place.now,
    )
    if answer.permit is None:
        messages.error(request, verdict_text(answer.verdict))
        return back_to(case)
    if rings:
        messages.success(
            request, _("Your telephone rings first, then %(phone)s.") % {"phone": answer.phone}
        )
    query = f"?act=call&permit={answer.permit}"
    return HttpResponseRedirect(reverse("desk:case", args=[case.number]) + query + "#composer")


@require_POST
def note(request: HttpRequest, number: str) -> HttpResponse:
    place, case = acting_on(request, number, "note")
    form = NoteForm(request.POST)

    def keep() -> None:
        said = form.cleaned_data
        add_note(case=case, text=said["text"], key=said["key"], by=place.actor, at=place.now)

    if carried_out(form, keep):
        return back_to(case)
    return show_case(request, place, case, note_form=form)


@require_POST
def hold(request: HttpRequest, number: str) -> HttpResponse:
    place, case = acting_on(request, number, "hold")
    form = HoldForm(request.POST)

    def keep() -> None:
        said = form.cleaned_data
        made = put_on_hold(
            case=case, kind=said["kind"], because=said["because"], until=said["until"],
            by=place.actor, at=place.now,
        )  # fmt: skip
        undoing.offer(request, place, "hold", made.id, _("Contact rests."))

    if carried_out(form, keep):
        return back_to(case)
    return show_case(request, place, case, hold_form=form)


@require_POST
def lift(request: HttpRequest, number: str, id: UUID) -> HttpResponse:
    """Contact may go on; the day run looks at the case at once."""
    place, case = acting_on(request, number, "hold")
    found = get_object_or_404(Hold, id=id, case=case)

    def go_on() -> None:
        lift_hold(hold=found, because=N_("lifted at the desk"), by=place.actor, at=place.now)
        if case.stage == Stage.CONTACT:
            plan_next_look(case=case, on=place.now.date())

    tried(request, go_on, _("The hold is lifted."))
    return back_to(case)


@require_POST
def assign(request: HttpRequest, number: str) -> HttpResponse:
    place, case = acting_on(request, number, "assign")
    form = AssignForm(request.POST, members=assignable(place))

    def give() -> None:
        assign_case(
            case=case, collector=form.cleaned_data["collector"], because={"by_hand": place.actor.name},
            seen=request.POST.get("assign-seen"), by=place.actor, at=place.now,
        )  # fmt: skip

    if carried_out(form, give):
        messages.success(request, _("The case is assigned."))
    else:
        say_first_wrong(request, form)
    return back_to(case)


@require_POST
def move(request: HttpRequest, number: str) -> HttpResponse:
    """To another stage, unless somebody was first since the page was read."""
    place, case = acting_on(request, number, "move")
    if not may_move(case):
        raise Http404
    form = MoveForm(request.POST, case=case)

    def go() -> None:
        said = form.cleaned_data
        move_case(case=case, was=said["was"], now=said["now"], because=said["because"],
                  by=place.actor, at=place.now)  # fmt: skip
        finish_all(case=case, kind="evaluate", outcome=said["now"], by=place.actor, at=place.now)
        if said["now"] == Stage.CONTACT:
            plan_next_look(case=case, on=place.now.date())

    if carried_out(form, go):
        messages.success(request, _("The case is moved."))
        return back_to(case)
    return show_case(request, place, case, move_form=form)


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back the last act, where nothing has left the house; back to where one was."""
    place = staff_place(request)
    tried(request, lambda: undoing.undo(request, place), _("Undone."))
    wanted = request.headers.get("referer", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(wanted)
    return redirect("desk:work")


@require_POST
def task_done(request: HttpRequest, id: UUID) -> HttpResponse:
    """A task is done; back to where it was shown."""
    place = staff_place(request)
    task = get_object_or_404(Task.objects.select_related("case"), id=id, agency_id=place.agency.id)
    with transaction.atomic():
        if tried(
            request,
            lambda: finish_task(task=task, outcome="done", by=place.actor, at=place.now),
            _("Done."),
        ):
            undoing.offer(request, place, "task", task.id, _("The task is done."))
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(wanted)
    return back_to(task.case) if task.case else redirect("desk:work_view", "tasks")
