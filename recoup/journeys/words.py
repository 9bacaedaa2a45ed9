"""The house's words tried on a real case: the paper as it would be typeset, the e-mail as it would be read.
Nothing is kept, no way in is made, nothing leaves."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from recoup.cases.models import Case, ClaimLine
from recoup.contact.models import LetterTemplate
from recoup.contact.operations import OwnLetter
from recoup.contact.operations.reminders import addressed as own_addressed
from recoup.contact.operations.writing import Letter, composed, mail_of
from recoup.contact.queries import words_in_force, words_of
from recoup.contact.rules import THREATS
from recoup.contact.wording import OWN_KINDS
from recoup.journeys.letter import compose
from recoup.journeys.reminders import paper_of, words_of_own
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import N_, Refusal
from recoup.paper.documents.debtor_letter import debtor_letter, letter_picture
from recoup.paper.documents.own_reminder import own_picture, own_reminder
from recoup.paper.parts import Paper
from recoup.parties.models import Contact
from recoup.strategy.facts import CaseFacts, gather
from recoup.strategy.plans import STANDARD, Step
from recoup.tenancy.models import Agency
from recoup.watch.models import Item

NOWHERE = "https://example.invalid/d/preview/"


@dataclass(frozen=True, slots=True)
class Preview:
    """A template on a case: `letter` is what would be typeset, `mail` the e-mail or text message."""

    case: Case
    letter: Letter
    at: datetime

    def picture(self) -> bytes:
        data = composed(self.case, self.letter)
        return letter_picture(data, language=self.letter.language, at=self.at)

    def paper(self) -> Paper:
        data = composed(self.case, self.letter)
        return debtor_letter(data, language=self.letter.language, at=self.at)

    def mail(self, medium: str) -> dict[str, Any]:
        return mail_of(self.case, self.letter, medium)


@dataclass(frozen=True, slots=True)
class OwnPreview:
    """A template of a client's own reminders on the invoices of a case, as if it had not been placed."""

    case: Case
    letter: OwnLetter
    at: datetime

    def picture(self) -> bytes:
        return own_picture(self.letter.paper, language=self.letter.language, at=self.at)

    def paper(self) -> Paper:
        return own_reminder(self.letter.paper, language=self.letter.language, at=self.at)

    def mail(self, medium: str) -> dict[str, Any]:
        return own_addressed(self.letter, medium, "", Paper(b"", "", 1, "", ""))[1]


def preview_own(case: Case, template: LetterTemplate, on: date, at: datetime) -> OwnPreview:
    lines = ClaimLine.objects.filter(case=case, kind=ClaimLine.Kind.INVOICE).order_by(
        "due_on", "ref"
    )
    items = [Item(ref=i.ref, issued_on=i.issued_on, due_on=i.due_on, open=i.amount, currency=case.currency) for i in lines]  # fmt: skip
    debtor, client = case.debtor, case.client
    debtor.language = template.language
    words = words_of_own(client, debtor, template.kind, ("email", "sms"), on) | {
        template.medium: words_of(template)
    }
    paper = paper_of(
        client, debtor, template.kind, items, on + timedelta(days=7), words["letter"], on
    )
    someone = Contact(email="preview@example.invalid")
    letter = OwnLetter(
        client=client, debtor=debtor, paper=paper, channels=(template.medium,), words=words, language=template.language,
        email_to=someone, sms_to=None, sms_number="", step="", plan="", items=(), because="", params={}, on=on, answer_by=on,
    )  # fmt: skip
    return OwnPreview(case, letter, at)


def preview(
    *, agency: Agency, case: Case, template: LetterTemplate, on: date, at: datetime
) -> Preview | OwnPreview:
    """What a debtor of `case` would read in the words of `template`, in its language. Raises `Refusal` as the
    letter would be refused, `preview_nothing_owed`; of a threat it is not asked whether it is authorised."""
    if template.kind in OWN_KINDS:
        return preview_own(case, template, on, at)
    known = gather(agency.id, [case], on)[case.id]
    if known.refusal is not None:
        raise known.refusal
    if known.owed is None or known.owed.total <= 0:
        raise Refusal("preview_nothing_owed", N_("Nothing is owed on this case; choose another."))
    tried = words_of(template)
    words = {
        medium: words_in_force(agency.id, template.kind, medium, template.language, case.jurisdiction, on)
        for medium in ("letter", "email", "sms")
    } | {template.medium: tried}  # fmt: skip
    words = {medium: replace(each, announces="") for medium, each in words.items()}
    spoken = replace_language(known, template.language)
    step = step_for(known, template)
    channels = (template.medium,)
    letter = compose(agency, spoken, step, channels, on, SYSTEM, at, words=words, link=NOWHERE)
    if letter.email_to is None:
        letter = replace(letter, email_to=Contact(email="preview@example.invalid"))
    return Preview(spoken.case, letter, at)


def replace_language(known: CaseFacts, language: str) -> CaseFacts:
    """The case as if its debtor read `language`; in memory only."""
    known.case.debtor.language = language
    return known


def step_for(known: CaseFacts, template: LetterTemplate) -> Step:
    """The plan's own step with this kind of letter; where it has none, one like it."""
    for step in (*known.plan.steps, *STANDARD.steps):
        if step.letter == template.kind:
            return step
    announced = template.announces or ("lawyer" if template.kind == "lawyer" else "client_decides")
    assert announced in THREATS or announced == "client_decides"
    if announced == "insolvency_petition":
        announced = "client_decides"
    return Step(template.kind, (template.medium,), template.kind, 10, consequence=announced)
