"""What we write to people for, and which of it they may stop. Pure."""

from dataclasses import dataclass

from recoup.kernel.refusal import N_


@dataclass(frozen=True, slots=True)
class Purpose:
    """`needs_yes`: only with consent; otherwise until somebody says no (a contract's own letters have no
    purpose here and always go)."""

    code: str
    name: str
    about: str
    needs_yes: bool


PURPOSES = {
    p.code: p
    for p in (
        Purpose("updates", N_("What happens in your cases"), N_("A case is received, accepted or closed, money is on its way."), False),
        Purpose("follow_up", N_("Your enquiry"), N_("Answers to what you asked us, and one reminder of a price that is about to end."), True),
        Purpose("news", N_("News"), N_("A few times a year: new countries, new law, what has changed here."), True),
    )
}  # fmt: skip
WORDING_VERSION = "2026-11"
FOLLOW_UP = N_(
    "%(house)s may call and write to me about this enquiry. I can stop it at any time by the link in each e-mail."
)
NEWS = N_(
    "%(house)s may send me news by e-mail a few times a year. I can stop it at any time by the link in each e-mail."
)
STOPPED = N_("One press on the unsubscribe link or button of an e-mail.")
CHOSEN = N_("Chosen on the page of e-mail preferences.")
WORDINGS = {"follow_up": FOLLOW_UP, "news": NEWS}


def may_mail(purpose: str, said: bool | None) -> bool:
    """Whether an e-mail of a purpose may go to somebody who said yes, no or nothing about it."""
    known = PURPOSES.get(purpose)
    if known is None:
        return True
    return said is True or (said is None and not known.needs_yes)
