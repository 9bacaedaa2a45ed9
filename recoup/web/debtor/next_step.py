"""What happens next and when, in plain words for the debtor. The facts are those the house acts on."""

from datetime import date

from django.utils.translation import gettext as _

from recoup.cases.states import HoldKind, Stage
from recoup.journeys.next_step import NextStep, next_step
from recoup.strategy.facts import CaseFacts, gather
from recoup.tenancy.context import scope
from recoup.web.debtor.here import Here
from recoup.web.kit.formats import deadline_text


def next_of(here: Here) -> str:
    """One or two sentences. Looks at the whole agency: a task of the house decides too."""
    with scope(here.agency.id):
        known = gather(here.agency.id, [here.case], here.today)[here.case.id]
    standing = {
        kind: until for kind, until in known.facts.holds if until is None or until >= here.today
    }
    for kind, sentence in RESTS.items():
        if kind in standing:
            return sentence(here, standing[kind])
    if "reply" in known.facts.open_tasks:
        return _("We read what you wrote and answer you here. Until then we send nothing more.")
    if here.case.stage != Stage.CONTACT:
        return _("A person looks at this matter with the creditor and decides how it goes on. You can still pay, propose a plan or write to us.")  # fmt: skip
    return of_step(known, next_step(known, here.today))


def of_step(known: CaseFacts, step: NextStep) -> str:
    if step.on is None or step.step in ("close", "evaluate", "ask"):
        return _("A person looks at this matter with the creditor and decides how it goes on. You can still pay, propose a plan or write to us.")  # fmt: skip
    day = {"day": deadline_text(step.on)}
    if step.step == "call":
        return _("If we hear nothing from you, we call you on %(day)s or soon after.") % day
    return _("If we hear nothing from you, we write to you again on %(day)s or soon after.") % day


def insolvency(here: Here, until: date | None) -> str:
    return _("Everything rests while a person looks into the insolvency.")


def plan(here: Here, until: date | None) -> str:
    return _("You pay by your plan. As long as you keep to it, we do not remind you.")


def promise(here: Here, until: date | None) -> str:
    return _("We wait for your payment until %(day)s.") % {"day": deadline_text(until)} if until else _("We wait for your payment.")  # fmt: skip


def paid(here: Here, until: date | None) -> str:
    return _("We look for your payment until %(day)s. If we find it, this page shows it; if not, we ask you.") % {
        "day": deadline_text(until or here.today)
    }  # fmt: skip


def disputed(here: Here, until: date | None) -> str:
    return _("We wait for the creditor's answer to what you told us, and then answer you.")


def resting(here: Here, until: date | None) -> str:
    return _("We do not write to you about this for now.")


RESTS = {
    HoldKind.INSOLVENCY: insolvency, HoldKind.REPRESENTED: resting, HoldKind.PLAN: plan, HoldKind.PROMISE: promise,
    HoldKind.PAID_SAID: paid, HoldKind.DISPUTED: disputed, HoldKind.CLIENT_ASKS: resting,
    HoldKind.PARTNER: resting,
}  # fmt: skip
