"""The call button: the gate's own answer about a call at this moment."""

from dataclasses import dataclass
from datetime import datetime, time

from django.utils.translation import gettext as _

from recoup.cases.models import Case
from recoup.contact.rules import gate
from recoup.journeys.asking_to_call import call_facts, first_phone
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.rules import CODES
from recoup.parties.models import Contact
from recoup.strategy.facts import CaseFacts
from recoup.web.desk import rights
from recoup.web.desk.worklist import there
from recoup.web.kit.derivations import verdict_text
from recoup.web.kit.formats import instant_text, refusal_text
from recoup.web.kit.middleware import Place


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether the debtor may be called now: `refused` is the rule's sentence, `hint` until or from when."""

    refused: str
    hint: str
    tel: str
    phone: str


def gate_of(place: Place, known: CaseFacts, contacts: list[Contact]) -> Gate:
    """Ask the gate about a call at this moment."""
    phone = first_phone(known.case, contacts)
    verdict = gate(call_facts(known, phone), place.now)
    mine = rights.why_not(place, "call")
    if not verdict.ok or mine is not None:
        sentence = verdict_text(verdict) if not verdict.ok else refusal_text(mine)  # type: ignore[arg-type]
        return Gate(sentence, opens(verdict.earliest_at, known.case.debtor.time_zone), "", phone)
    return Gate("", closes(known.case), tel(phone), phone)


def opens(at: datetime | None, time_zone: str) -> str:
    if at is None:
        return ""
    return _("Again from %(at)s (%(there)s there).") % {
        "at": instant_text(at), "there": there(at, time_zone) or "?",
    }  # fmt: skip


def closes(case: Case) -> str:
    if case.jurisdiction not in CODES:
        return ""
    until = time.fromisoformat(law(case.jurisdiction).rules_of("contact")["to"])
    return _("May call until %(until)s there.") % {"until": f"{until:%H:%M}"}


def tel(phone: str) -> str:
    """A `tel:` address (RFC 3966): digits and a leading plus only."""
    digits = "".join(c for c in phone if c in "0123456789")
    return f"tel:{'+' if phone.strip().startswith('+') else ''}{digits}" if digits else ""
