"""Which way a case may end, and what the client is advised then. Pure."""

from dataclasses import dataclass
from datetime import date

from recoup.cases.states import CloseCode
from recoup.kernel.refusal import N_, Refusal

TRIES = 2  # contact attempts by different channels before somebody counts as not to be found


@dataclass(frozen=True, slots=True)
class EndFacts:
    """`channels`: by how many ways the debtor was tried; `limitation`: the last day on which the claim can
    be enforced, None where the law gives no answer."""

    number: str
    on: date
    channels: int
    reached: bool
    disputed: bool
    sought_at_law: bool
    visited: bool
    plan_kept: bool
    limitation: date | None


def refuse_end(code: str, facts: EndFacts) -> None:
    """Raises `Refusal` where the file of the case says otherwise than the code."""
    match code:
        case CloseCode.PLAN_COMPLETED if not facts.plan_kept:
            raise no("close_no_plan", N_("No plan of case %(number)s has been kept."), facts)
        case CloseCode.UNTRACEABLE if facts.reached:
            raise no("close_reached", N_("Somebody was reached in case %(number)s: the debtor is not untraceable."), facts)  # fmt: skip
        case CloseCode.UNTRACEABLE if facts.channels < TRIES:
            raise no("close_not_sought", N_("The debtor of case %(number)s was sought by fewer than two ways; try another one first."), facts)  # fmt: skip
        case CloseCode.NO_ASSETS if not (facts.sought_at_law or facts.visited):
            raise no("close_assets_not_sought", N_("Nobody has looked for assets in case %(number)s: neither a court nor a visit."), facts)  # fmt: skip
        case CloseCode.DISPUTED if not facts.disputed:
            raise no("close_not_disputed", N_("No dispute is recorded in case %(number)s."), facts)
        case CloseCode.LIMITATION if facts.limitation is not None and facts.limitation >= facts.on:
            raise Refusal(
                "close_not_barred", N_("Case %(number)s can be enforced until %(until)s."),
                number=facts.number, until=facts.limitation,
            )  # fmt: skip
        case _:
            return


def no(code: str, text: str, facts: EndFacts) -> Refusal:
    return Refusal(code, text, number=facts.number)


# What the client had better do now, by how it ended; nothing where nothing is left.
ADVICE = {
    CloseCode.UNCOLLECTABLE: N_("We advise you to write the claim off, and to have the debtor watched until the claim is barred: a change there can make it worth trying again."),
    CloseCode.INSOLVENT: N_("We advise you to write the claim off as far as no dividend is to be expected, and to file it with the administrator if that has not been done."),
    CloseCode.LIMITATION: N_("We advise you to write the claim off: it can no longer be enforced against the debtor's will."),
    CloseCode.UNTRACEABLE: N_("We advise you to write the claim off and to have the register watched: if the debtor appears again, the case can be opened again until the claim is barred."),
    CloseCode.NO_ASSETS: N_("We advise you to write the claim off, and where there is a title, to keep it: it can be enforced later."),
    CloseCode.UNECONOMIC: N_("We advise you to write the rest off. Together with further claims against the same debtor it may be worth trying again."),
    CloseCode.DISPUTED: N_("We advise you to have a lawyer weigh the claim: only a court can decide it, and the time of limitation goes on."),
}  # fmt: skip
