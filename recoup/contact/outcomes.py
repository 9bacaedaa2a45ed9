"""How a call can end. Pure data: who acts next, whether the right person was reached."""

from dataclasses import dataclass

from recoup.kernel.refusal import N_


@dataclass(frozen=True, slots=True)
class Outcome:
    """`counts`: an actual contact from which delays count; an engaged line is none."""

    code: str
    label: str
    right_party: bool | None
    counts: bool
    needs_note: bool = False


OUTCOMES = {
    o.code: o
    for o in (
        Outcome("promised", N_("Promised to pay"), True, True, needs_note=True),
        Outcome("will_answer", N_("Will answer later"), True, True),
        Outcome("disputes", N_("Disputes the claim"), True, True, needs_note=True),
        Outcome("paid_already", N_("Says it has been paid"), True, True, needs_note=True),
        Outcome("wants_plan", N_("Wants to pay in parts"), True, True),
        Outcome("refuses", N_("Refuses to pay"), True, True, needs_note=True),
        Outcome("left_message", N_("Left a message"), False, True),
        Outcome("wrong_person", N_("Wrong person"), False, False, needs_note=True),
        Outcome("no_answer", N_("No answer"), None, False),
        Outcome("wrong_number", N_("Wrong number"), None, False),
    )
}
