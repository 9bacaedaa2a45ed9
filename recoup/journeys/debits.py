"""Collecting by the debtor's mandate: signed on its page or entered, each collection announced, instalments of a
plan by themselves."""

from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, override

from recoup.cases.models import Case
from recoup.cases.operations import make_debtor_link
from recoup.contact.models import ContactAttempt
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.journeys.letter import sender_of
from recoup.journeys.mail import said
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.outbox.models import Message
from recoup.outbox.operations import queue
from recoup.paper.documents.debit_mandate import Mandate, debit_mandate
from recoup.paper.languages import LANGUAGES, language_of
from recoup.paper.parts import Address, Signature
from recoup.paper.seal import ensure_seal_keys, seal
from recoup.parties.models import Debtor
from recoup.payments import operations as payments
from recoup.payments.models import DebitMandate, DirectDebit, PayoutFile
from recoup.payments.operations.debit import collecting_account, masked, standing_mandate
from recoup.plans.models import Plan
from recoup.plans.rules import Going
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

LINK_LASTS = timedelta(days=180)
# The text of the scheme's own model of a core mandate (EPC016-06, annex): what is signed, word for word.
TEXT = (
    N_("By signing this mandate you authorise %(house)s to send instructions to your bank to debit your account, and your bank to debit your account in accordance with the instructions from %(house)s."),
    N_("As part of your rights, you are entitled to a refund from your bank under the terms and conditions of your agreement with your bank. A refund must be claimed within 8 weeks starting from the date on which your account was debited."),
)  # fmt: skip


def mandate_text(house: str) -> list[str]:
    """In the reader's language."""
    return [gettext(each) % {"house": house} for each in TEXT]


def sign_mandate(
    *, agency: Agency, case: Case, holder: str, iban: str, bic: str, email: str, signatory: str, agreed: bool, ip: str,
    browser: str, language: str, by: Actor, at: datetime,
) -> DebitMandate:  # fmt: skip
    """The debtor signs on its page. Raises `Refusal` `box_not_ticked` and as `payments.make_mandate` does."""
    if not agreed:
        raise Refusal(
            "box_not_ticked", N_("Tick every box to sign; one is still open."), field="agreed"
        )
    with override(language):
        shown = "\n".join(mandate_text(agency.name))
    trail: dict[str, Any] = {
        "signatory": signatory.strip()[:120], "at": at.isoformat(), "ip": ip, "browser": browser[:300],
        "language": language, "shown": shown, "sha256": sha256(shown.encode()).hexdigest(),
    }  # fmt: skip
    # Wider than the debtor's own view: number and event are the house's.
    with scope(agency.id), transaction.atomic():
        made = payments.make_mandate(
            case=case, holder=holder, iban=iban, bic=bic, email=email, signed_on=at.date(), signed_by=signatory,
            trail=trail, by=by, at=at,
        )  # fmt: skip
        write_mandate(agency=agency, mandate=made, by=by, at=at)
        return made


PAPER = "debit_mandate"  # kind of its document


def write_mandate(*, agency: Agency, mandate: DebitMandate, by: Actor, at: datetime) -> Document:
    """The signed mandate as a sealed PDF in the language it was signed in, for debtor and house."""
    case, trail = mandate.case, mandate.trail
    spoken = language_of(str(trail["language"])).code
    made = debit_mandate(
        Mandate(
            paper_id=mandate.reference, reference=mandate.reference, case_number=case.number,
            creditor_id=mandate.creditor_id, creditor=sender_of(agency), debtor=address_of(case.debtor),
            holder=mandate.holder, iban=mandate.iban, bic=mandate.bic or None, signed_on=mandate.signed_on,
            text=tuple(str(trail["shown"]).split("\n")),
            signed=Signature(name=mandate.signed_by, title=mandate.holder, at=at, evidence=str(trail["sha256"])[:16]),
        ),
        language=spoken, at=at,
    )  # fmt: skip
    keys = ensure_seal_keys(settings.SECRETS_ROOT, organisation=agency.name, at=at)
    content = seal(
        made.content,
        reason=f"{made.title} – {mandate.signed_by}",
        name=agency.name,
        at=at,
        keys=keys,
    )
    return keep(
        agency=agency.id, content=content, name=made.filename, media_type="application/pdf", kind=PAPER,
        title=made.title[:200], language=spoken, client=mandate.client_id, case=case.id, audience="debtor", by=by, at=at,
    )  # fmt: skip


def address_of(debtor: Debtor) -> Address:
    place = f"{debtor.postcode} {debtor.city}".strip()
    return Address(
        name=debtor.name,
        lines=(*debtor.address, *([place] if place else [])),
        country=debtor.country,
    )


def paper_of(mandate: DebitMandate) -> Document | None:
    """The mandate as it was signed; None of one that was signed on paper."""
    papers = Document.objects.filter(case_id=mandate.case_id, kind=PAPER)
    return papers.filter(title__endswith=mandate.reference).order_by("-id").first()


def revoke_mandate(
    *, agency: Agency, mandate: DebitMandate, because: str, by: Actor, at: datetime
) -> None:
    with scope(agency.id), transaction.atomic():
        payments.revoke_mandate(mandate=mandate, because=because, by=by, at=at)


def may_sign(case: Case) -> bool:
    """Whether the debtor's page offers it."""
    return case.currency == "EUR" and collecting_account(case.agency_id) is not None


def announce(
    *, agency: Agency, mandate: DebitMandate, amount: Money, collect_on: date, key: str = "", by: Actor, at: datetime
) -> DirectDebit:  # fmt: skip
    """Plan a collection and tell the debtor; it is collected only when the message has left. Raises `Refusal` as
    `payments.propose_debit` does."""
    with transaction.atomic():
        debit = payments.propose_debit(
            mandate=mandate, amount=amount, collect_on=collect_on, key=key, by=by, at=at
        )
        if not is_told(debit):
            payments.announced(debit=debit, message=tell(agency, debit, by=by, at=at))
    return debit


def is_told(debit: DirectDebit) -> bool:
    """Whether its announcement left or is about to; the gate may have kept it in, as on a day on which the debtor was
    written to already."""
    return debit.message is not None and debit.message.state in ("ready", "attempting", "sent")


def tell(agency: Agency, debit: DirectDebit, *, by: Actor, at: datetime) -> Message:
    """What the scheme calls the pre-notification: amount, day, mandate and creditor identifier."""
    case, mandate = debit.case, debit.mandate
    tongue = language_of(case.debtor.language)
    token = make_debtor_link(case=case, expires_at=at + LINK_LASTS, by=by, at=at)
    with override(tongue.code.lower()):
        known = {
            "amount": said(Money(debit.amount, debit.currency).rounded(), LANGUAGES[tongue.code]),
            "due": said(debit.collect_on, LANGUAGES[tongue.code]), "creditor": case.client.name,
            "iban": masked(mandate.iban), "mandate": mandate.reference, "creditor_id": mandate.creditor_id,
            "number": debit.number, "link": f"{settings.ORIGIN}/d/{token}/",
        }  # fmt: skip
        paragraphs = (
            N_("Dear Sir or Madam,"),
            N_("on %(due)s we collect %(amount)s for %(creditor)s by SEPA direct debit from your account %(iban)s: mandate %(mandate)s, creditor identifier %(creditor_id)s, reference %(number)s."),
            N_("Please see to it that the account holds enough. Is something wrong? Tell us before that day on your page, where you can revoke the mandate as well: %(link)s"),
        )  # fmt: skip
        text = "\n\n".join(gettext(p) % known for p in paragraphs)
        subject = gettext(N_("We collect on %(due)s by direct debit")) % known
    message = queue(
        agency=agency.id, channel="email", recipient=mandate.email, gated=True, at=at,
        payload={"subject": subject, "text": f"{text}\n\n{agency.name}\n{agency.phone}\n", "attachments": []},
        # What a plan's own hold leaves room for (journeys/sending.py).
        key=f"plan_debit:{debit.number}:{at.date().isoformat()}:email", client=case.client_id, case=case.id,
    )  # fmt: skip
    ContactAttempt.objects.get_or_create(
        message=message,
        defaults={
            "agency_id": case.agency_id, "case": case, "client_id": case.client_id, "step": "debit_notice",
            "channel": "email", "language": tongue.code, "made_at": at, "answer_by": debit.collect_on,
            "by_name": by.name, "owed": {},
        },
    )  # fmt: skip
    return message


def collect_instalment(
    *, agency: Agency, plan: Plan, going: Going, on: date, by: Actor, at: datetime
) -> bool:
    """Whether the plan's next instalment is collected by a mandate: announced in time, once."""
    key = f"{plan.number}:{going.due.number}"
    kept = (
        DirectDebit.objects.filter(agency_id=agency.id, key=key).select_related("message").first()
    )
    if kept is not None and (kept.ended_at or is_told(kept)):
        return kept.ended_at is None
    mandate = standing_mandate(plan.case_id)
    ahead = (going.due.due_on - on).days
    if mandate is None or not mandate.notice_days <= ahead <= mandate.notice_days + 7:
        return False
    amount = Money(going.left, plan.currency).rounded()
    announce(
        agency=agency, mandate=mandate, amount=amount, collect_on=going.due.due_on, key=key, by=by, at=at
    )  # fmt: skip
    return True


def collect(*, agency: UUID, up_to: date, by: Actor, at: datetime) -> list[PayoutFile]:
    """Put what was announced into files and write them; a second person approves each."""
    made = payments.collect(agency=agency, up_to=up_to, by=by, at=at)
    payments.complete_papers(agency=agency, by=by, at=at)
    return made
