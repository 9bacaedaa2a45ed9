"""A case's claim in an estate: drafted, filed, admitted or contested, paid out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from recoup.cases.models import Case
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.insolvency.models import Dividend, Estate, ProofOfClaim
from recoup.insolvency.states import MOVES, ClaimState
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal


@transaction.atomic
def draft_proof(
    *, estate: Estate, case: Case, claimed: Money, figures: dict[str, Any], document: Document | None,
    by: Actor, at: datetime,
) -> ProofOfClaim:  # fmt: skip
    """The claim as worked out to the day of opening; drafted anew it replaces the draft, never what was
    filed. Raises `Refusal` `nothing_to_claim`, `proof_filed`, `estate_of_another`."""
    if case.debtor_id != estate.debtor_id:
        raise Refusal(
            "estate_of_another",
            N_("Case %(number)s is against another debtor."),
            number=case.number,
        )
    if claimed.amount <= 0:
        raise Refusal("nothing_to_claim", N_("Nothing was owed on the day the proceedings opened."))
    values = {
        "claimed": claimed.amount, "currency": claimed.currency, "figures": figures, "document": document,
        "made_at": at, "by_name": by.name,
    }  # fmt: skip
    standing = ProofOfClaim.objects.filter(estate=estate, case=case).exclude(
        state=ClaimState.WITHDRAWN
    )
    if (known := standing.first()) is not None:
        if not standing.filter(state=ClaimState.DRAFTED).update(**values):
            raise Refusal(
                "proof_filed",
                N_("The claim of case %(number)s has been filed already."),
                number=case.number,
            )
        known.refresh_from_db()
        return known
    try:
        with transaction.atomic():
            made = ProofOfClaim.objects.create(
                agency_id=case.agency_id, estate=estate, case=case, client_id=case.client_id,
                state=ClaimState.DRAFTED, **values,
            )  # fmt: skip
    except IntegrityError:
        return standing.get()
    told(made, "ProofDrafted", by, at, claimed=str(claimed))
    return made


def told(proof: ProofOfClaim, kind: str, by: Actor, at: datetime, **data: Any) -> None:
    record(agency=proof.agency_id, kind=kind, by=by, at=at, case=proof.case_id, client=proof.client_id,
           estate=proof.estate.number, **data)  # fmt: skip


def move_proof(*, proof: ProofOfClaim, now: str, by: Actor, at: datetime, **values: Any) -> None:
    """One move by the table; `UPDATE … WHERE state = was`. Raises `Refusal` `proof_not_there`."""
    was = ClaimState(proof.state)
    moved = ClaimState(now) in MOVES[was] and ProofOfClaim.objects.filter(id=proof.id, state=was).update(
        state=now, **values
    )  # fmt: skip
    if not moved:
        raise Refusal(
            "proof_not_there", N_("A claim that is “%(was)s” cannot become “%(now)s”."), was=str(was), now=str(now)
        )  # fmt: skip
    proof.refresh_from_db()


@transaction.atomic
def file_proof(*, proof: ProofOfClaim, on: date, how: str, by: Actor, at: datetime) -> None:
    """It was sent to the practitioner or the court on a day, this way. Raises `Refusal`
    `proof_without_paper`, `proof_not_there`."""
    if proof.document_id is None:
        raise Refusal("proof_without_paper", N_("The claim has not been written yet."))
    move_proof(proof=proof, now=ClaimState.FILED, by=by, at=at, filed_on=on, filed_how=how[:200])
    late = bool(proof.estate.file_by and on > proof.estate.file_by)
    told(proof, "ProofFiled", by, at, on=on.isoformat(), how=how, late=late)


@transaction.atomic
def admit_proof(
    *, proof: ProofOfClaim, amount: Decimal, because: str, by: Actor, at: datetime
) -> None:
    """The practitioner admits an amount (nothing: contested). Raises `Refusal` `admitted_more`,
    `proof_not_there`."""
    if not 0 <= amount <= proof.claimed:
        raise Refusal(
            "admitted_more", N_("%(found)s is not between nothing and what was claimed (%(claimed)s)."),
            field="amount", found=str(amount), claimed=str(Money(proof.claimed, proof.currency).rounded()),
        )  # fmt: skip
    now = ClaimState.ADMITTED if amount else ClaimState.CONTESTED
    move_proof(proof=proof, now=now, by=by, at=at, admitted=amount)
    told(proof, "ProofAdmitted" if amount else "ProofContested", by, at, amount=str(amount),
         currency=proof.currency, because=because)  # fmt: skip


@transaction.atomic
def note_dividend(
    *,
    proof: ProofOfClaim,
    allocation: UUID,
    amount: Money,
    on: date,
    last: bool,
    by: Actor,
    at: datetime,
) -> Dividend:
    """A payment already posted was a dividend on this claim. The same payment again is the same dividend.
    Raises `Refusal` `dividend_too_much`, `proof_not_filed`."""
    if (
        known := Dividend.objects.filter(
            agency_id=proof.agency_id, allocation_id=allocation
        ).first()
    ) is not None:
        return known
    if proof.state not in (ClaimState.FILED, ClaimState.ADMITTED, ClaimState.CONTESTED):
        raise Refusal(
            "proof_not_filed", N_("A dividend needs a claim that was filed and is not paid out.")
        )
    base = proof.admitted or proof.claimed
    if amount.amount > base:
        raise Refusal(
            "dividend_too_much", N_("%(found)s is more than the whole claim of %(claim)s."),
            found=str(amount), claim=str(Money(base, proof.currency).rounded()),
        )  # fmt: skip
    made = Dividend.objects.create(
        agency_id=proof.agency_id, proof=proof, case_id=proof.case_id, client_id=proof.client_id,
        allocation_id=allocation, on=on, percent=round(100 * amount.amount / base, 4), last=last, at=at, by_name=by.name,
    )  # fmt: skip
    if last:
        move_proof(proof=proof, now=ClaimState.PAID_OUT, by=by, at=at)
    told(proof, "DividendReceived", by, at, amount=str(amount.amount), currency=amount.currency,
         percent=str(made.percent), last=last, on=on.isoformat())  # fmt: skip
    return made


@transaction.atomic
def keep_certificate(*, proof: ProofOfClaim, document: Document, by: Actor, at: datetime) -> None:
    """The certificate for the client's books."""
    ProofOfClaim.objects.filter(id=proof.id).update(certificate=document)
    proof.certificate = document
    told(proof, "LossCertified", by, at, document=str(document.id), title=str(document))
