"""Treatment plans as they are kept and edited: JSON in, a plan out, or one sentence naming the step."""

import itertools
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from recoup.contact.rules import THREATS
from recoup.kernel.refusal import N_, Refusal
from recoup.paper.documents.debtor_letter import LetterKind
from recoup.paper.documents.debtor_letter import Step as Follows
from recoup.paper.documents.own_reminder import OwnKind
from recoup.strategy.plans import CODES, NUMBERS, WRITTEN, Condition, Plan, PlanKind, Step

CHANNELS = ("letter", "email", "sms", "call", "visit")
LETTERS = tuple(kind.value for kind in LetterKind)
OWN_LETTERS = tuple(kind.value for kind in OwnKind)
LETTERS_OF = {PlanKind.COLLECTION: LETTERS, PlanKind.OWN: OWN_LETTERS}
CHARGES = ("reminder", "demand")
CONSEQUENCES = tuple(f.value for f in Follows if f is not Follows.OTHER)
NAME = re.compile(r"[a-z][a-z0-9_]{1,39}", re.ASCII)
AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)
MOST_STEPS = 30
KEYS = {
    "name", "channels", "letter", "answer_days", "wait", "charge", "consequence", "tries", "when", "after",
}  # fmt: skip


def read_plan(
    name: str, version: str, steps: Sequence[Mapping[str, Any]], kind: str = PlanKind.COLLECTION
) -> Plan:
    """A plan from its kept form. Raises `Refusal` `plan_…` with `row` (the step's place, from 1) and `field`."""
    if not steps:
        raise Refusal("plan_empty", N_("A plan has at least one step."))
    if len(steps) > MOST_STEPS:
        raise Refusal("plan_long", N_("A plan has at most %(most)d steps."), most=MOST_STEPS)
    read = [read_step(place, step, kind) for place, step in enumerate(steps, 1)]
    for place, step in enumerate(read, 1):
        if step.name in {s.name for s in read[: place - 1]}:
            raise fault(
                place, "name", step.name, N_("Step %(row)d: the name “%(found)s” is taken.")
            )
    if kind == PlanKind.OWN:
        refuse_disorder(read)
    refuse_untrue(read)
    return Plan(name, version, tuple(read), kind)


def refuse_disorder(steps: Sequence[Step]) -> None:
    """The steps of a ladder follow each other by their days."""
    for place, (one, other) in enumerate(itertools.pairwise(steps), 2):
        assert one.after is not None and other.after is not None
        if other.after <= one.after:
            raise fault(place, "after", other.after, N_("Step %(row)d: its day (%(found)s) is not after the step's before."))  # fmt: skip


def read_step(place: int, given: Mapping[str, Any], kind: str = PlanKind.COLLECTION) -> Step:
    if unknown := sorted(set(given) - KEYS):
        raise fault(place, unknown[0], unknown[0], N_("Step %(row)d: there is no “%(found)s”."))
    name = given.get("name", "")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise fault(
            place,
            "name",
            name,
            N_("Step %(row)d: “%(found)s” is no name: small letters, digits and _."),
        )
    if name in (*OWN_LETTERS, "own_contact"):
        raise fault(place, "name", name, N_("Step %(row)d: the name “%(found)s” is taken."))
    channels = several(place, "channels", given.get("channels"), CHANNELS)
    letter = one(place, "letter", given.get("letter"), LETTERS_OF[PlanKind(kind)])
    after = read_own(place, given, channels) if kind == PlanKind.OWN else None
    written = {"letter", "email", "sms"} & set(channels)
    if written and letter is None:
        raise fault(
            place, "letter", "", N_("Step %(row)d is written, so it needs a kind of letter.")
        )
    if letter and not written:
        raise fault(
            place, "letter", letter, N_("Step %(row)d is not written, so it has no letter.")
        )
    if set(channels) & set(WRITTEN) == {"sms"} and given.get("charge"):
        raise fault(
            place,
            "charge",
            given["charge"],
            N_("Step %(row)d: a text message alone is not charged."),
        )
    if letter == LetterKind.LAWYER and given.get("consequence") not in THREATS:
        raise fault(
            place, "consequence", given.get("consequence") or "",
            N_("Step %(row)d: a lawyer's letter announces a lawyer or a court, and somebody authorises it."),
        )  # fmt: skip
    charge = one(place, "charge", given.get("charge"), CHARGES)
    if charge and not written:
        raise fault(place, "charge", charge, N_("Step %(row)d: only what is written is charged."))
    return Step(
        name=name, channels=channels, letter=letter, charge=charge,
        answer_days=whole(place, "answer_days", given.get("answer_days", 0), 0, 120),
        wait=whole(place, "wait", given.get("wait", 0), 0, 120),
        tries=whole(place, "tries", given.get("tries", 5), 1, 20),
        consequence=one(place, "consequence", given.get("consequence"), CONSEQUENCES),
        when=tuple(read_condition(place, each) for each in given.get("when") or ()),
        after=after,
    )  # fmt: skip


def read_own(place: int, given: Mapping[str, Any], channels: tuple[str, ...]) -> int:
    """In a client's own name nobody of the house calls, charges or announces; each step has its day."""
    if by_hand := [c for c in channels if c not in WRITTEN]:
        raise fault(place, "channels", by_hand[0], N_("Step %(row)d: in a client's own name the house only writes (%(found)s)."))  # fmt: skip
    for field in ("charge", "consequence"):
        if given.get(field):
            raise fault(place, field, given[field], N_("Step %(row)d: a client's own reminder charges and announces nothing (%(found)s)."))  # fmt: skip
    return whole(place, "after", given.get("after"), -60, 365)


def refuse_untrue(steps: Sequence[Step]) -> None:
    """A letter announces only what the plan then does: a call where a call is next, nothing else."""
    for place, step in enumerate(steps, 1):
        if step.consequence not in ("call", "visit", "letter"):
            continue
        later = steps[place:]
        does = any(
            step.consequence in (*s.channels, "letter" if s.letter else "") for s in later
        )  # fmt: skip
        if not does:
            raise fault(
                place, "consequence", step.consequence,
                N_("Step %(row)d announces what no later step does (%(found)s)."),
            )  # fmt: skip


def read_condition(place: int, given: Mapping[str, Any]) -> Condition:
    fact, op, value = (given.get(key) for key in ("fact", "op", "value"))
    if fact in NUMBERS:
        if op not in NUMBERS[fact]:
            raise fault(place, "when", op, N_("Step %(row)d: “%(found)s” is no comparison here."))
        if not isinstance(value, str) or not AMOUNT.fullmatch(value):
            raise fault(place, "when", value, N_("Step %(row)d: “%(found)s” is no number here."))
        try:
            return Condition(fact, str(op), Decimal(value))
        except InvalidOperation:  # pragma: no cover - the pattern is stricter
            raise fault(
                place, "when", value, N_("Step %(row)d: “%(found)s” is no number here.")
            ) from None
    if fact not in CODES:
        raise fault(place, "when", fact, N_("Step %(row)d: “%(found)s” is no fact that is known."))
    if op not in ("is", "is_not"):
        raise fault(place, "when", op, N_("Step %(row)d: “%(found)s” is no comparison here."))
    return Condition(fact, str(op), several(place, "when", value, CODES[fact]))


def several(place: int, field: str, found: Any, among: Sequence[str] | None) -> tuple[str, ...]:
    if (
        not isinstance(found, list | tuple)
        or not found
        or not all(isinstance(x, str) for x in found)
    ):
        raise fault(place, field, found, N_("Step %(row)d: %(field)s is missing."))
    for each in found:
        if (among is not None and each not in among) or not each or len(each) > 7 + 3 * bool(among):
            raise fault(
                place, field, each, N_("Step %(row)d: there is no “%(found)s” (%(field)s).")
            )
    return tuple(dict.fromkeys(found))


def one(place: int, field: str, found: Any, among: Sequence[str]) -> str | None:
    if not found:
        return None
    if found not in among:
        raise fault(place, field, found, N_("Step %(row)d: there is no “%(found)s” (%(field)s)."))
    return str(found)


def whole(place: int, field: str, found: Any, least: int, most: int) -> int:
    if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
        raise Refusal(
            "plan_number", N_("Step %(row)d: %(field)s is “%(found)s”; it goes from %(least)d to %(most)d."),
            row=place, field=field, found=str(found)[:20], least=least, most=most,
        )  # fmt: skip
    return found


def fault(place: int, field: str, found: Any, text: str) -> Refusal:
    return Refusal(f"plan_{field}", text, row=place, field=field, found=str(found)[:40])


def as_kept(plan: Plan) -> list[dict[str, Any]]:
    """The form that `read_plan` reads."""
    return [
        {
            "name": s.name, "channels": list(s.channels), "letter": s.letter, "answer_days": s.answer_days,
            "wait": s.wait, "charge": s.charge, "consequence": s.consequence, "tries": s.tries,
            **({"after": s.after} if s.after is not None else {}),
            "when": [
                {"fact": c.fact, "op": c.op, "value": str(c.value) if isinstance(c.value, Decimal) else list(c.value)}
                for c in s.when
            ],
        }
        for s in plan.steps
    ]  # fmt: skip
