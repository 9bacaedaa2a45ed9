"""How a call or a visit can end. Pure data: whether the right person was reached, who acts next, whether
the clock of the plan stands still meanwhile."""

from dataclasses import dataclass

from recoup.kernel.refusal import N_


@dataclass(frozen=True, slots=True)
class Outcome:
    """`counts`: an actual contact from which delays count; an engaged line is none. `next_is`: who acts
    next (debtor, collector, finance, plan). `clock`: stands (until that has happened) or runs."""

    code: str
    label: str
    right_party: bool | None
    counts: bool
    needs_note: bool = False
    next_is: str = "plan"
    clock: str = "runs"


OUTCOMES = {
    o.code: o
    for o in (
        Outcome("promised", N_("Promised to pay"), True, True, True, "debtor", "stands"),
        Outcome("will_answer", N_("Will answer later"), True, True, False, "debtor"),
        Outcome("call_back", N_("Call back agreed"), True, True, False, "collector", "stands"),
        Outcome("disputes", N_("Disputes the claim"), True, True, True, "collector", "stands"),
        Outcome("paid_already", N_("Says it has been paid"), True, True, True, "finance", "stands"),
        Outcome(
            "wants_plan", N_("Wants to pay in parts"), True, True, False, "collector", "stands"
        ),
        Outcome("wants_copy", N_("Wants the invoice again"), True, True, False, "collector"),
        Outcome("refuses", N_("Refuses to pay"), True, True, needs_note=True),
        Outcome("left_message", N_("Left a message"), False, True),
        Outcome("wrong_person", N_("Wrong person"), False, False, True, "collector"),
        Outcome("no_answer", N_("No answer"), None, False),
        Outcome("wrong_number", N_("Wrong number"), None, False, False, "collector"),
    )
}

# What a client did itself before it placed a case, as it told; nobody of the house can choose it.
BY_CLIENT = {
    o.code: o
    for o in (
        Outcome("client_reached", N_("The client reached the debtor"), True, True),
        Outcome("client_wrote", N_("The client wrote to the debtor"), None, True),
        Outcome("client_tried", N_("The client tried in vain"), None, False),
    )
}


def outcome_of(code: str) -> Outcome | None:
    return OUTCOMES.get(code) or BY_CLIENT.get(code)
