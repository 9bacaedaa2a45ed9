"""An invoice turns out to be less: a credit note, or a correction that counts from its beginning."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from recoup.cases.models import Case, ClaimLine
from recoup.cases.operations.submit import NewLine, claim, one_at_a_time
from recoup.cases.states import Stage
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.kernel.actor import Actor
from recoup.kernel.money import round_half_up
from recoup.kernel.refusal import N_, Refusal


@transaction.atomic
def credit_line(
    *, case: Case, line: ClaimLine, ref: str, amount: Decimal, on: date | None, document: Document | None = None,
    because: str, by: Actor, at: datetime,
) -> ClaimLine:  # fmt: skip
    """Take `amount` off an invoice of a case, as a credit note `ref` that names it. It counts from day `on`;
    None: the invoice was wrong from the beginning, and no interest ever ran on that part. The same `ref`
    with the same figures again returns the first.

    Two at once wait for one another (the client's lock); together they cannot take more than the invoice.
    Raises `Refusal`: `case_not_collected`, `not_an_invoice`, `claim_line_amount`, `claim_line_twice`,
    `credit_too_large`, `credit_day`, `reference_missing`.
    """
    one_at_a_time(client=case.client_id)
    locked = Case.objects.select_for_update(of=("self",)).get(id=case.id)
    name, day = " ".join(ref.split())[:60], on or line.due_on
    known = ClaimLine.objects.filter(case=case, kind=ClaimLine.Kind.CREDIT_NOTE, ref=name).first()
    if known is not None and (known.amount, known.due_on, known.credits_id) == (
        amount,
        day,
        line.id,
    ):
        return known
    refuse_unfit(locked, line, name, amount, on, at.date())
    if known is not None:
        raise Refusal(
            "claim_line_twice", N_("%(found)s stands twice in this case."), field="ref", found=name
        )
    claim(
        locked,
        [NewLine("credit_note", name, at.date(), day, amount, document, credits=line)],
        by=by,
        at=at,
    )
    made = ClaimLine.objects.get(case=case, kind=ClaimLine.Kind.CREDIT_NOTE, ref=name)
    record(
        agency=case.agency_id, kind="ClaimCorrected", by=by, at=at, case=case.id, client=case.client_id,
        audience="debtor", ref=line.ref, note=name, amount=str(amount), currency=case.currency,
        on=day.isoformat(), because=because,
    )  # fmt: skip
    return made


def refuse_unfit(
    case: Case, line: ClaimLine, ref: str, amount: Decimal, on: date | None, today: date
) -> None:
    if case.stage in (Stage.SUBMITTED, Stage.DECLINED):
        raise Refusal(
            "case_not_collected", N_("Case %(number)s is “%(found)s”; it cannot be corrected this way."),
            number=case.number, found=case.stage,
        )  # fmt: skip
    if line.case_id != case.id or line.kind != ClaimLine.Kind.INVOICE:
        raise Refusal("not_an_invoice", N_("“%(found)s” is no invoice of this case."), field="line", found=line.ref)  # fmt: skip
    if not ref:
        raise Refusal(
            "reference_missing", N_("Please give the number of the credit note."), field="ref"
        )
    if amount <= 0 or amount != round_half_up(amount, case.currency):
        raise Refusal(
            "claim_line_amount", N_("%(row)s: %(found)s is not an amount to claim in %(currency)s."),
            field="amount", row=ref, found=str(amount), currency=case.currency,
        )  # fmt: skip
    taken = sum(ClaimLine.objects.filter(credits=line).values_list("amount", flat=True), Decimal(0))
    if amount > line.amount - taken:
        raise Refusal(
            "credit_too_large", N_("%(found)s is more than is left of invoice %(ref)s (%(left)s)."),
            field="amount", found=str(amount), ref=line.ref, left=str(round_half_up(line.amount - taken, case.currency)),
        )  # fmt: skip
    if on is not None and on > today:
        raise Refusal("credit_day", N_("%(found)s is still to come."), field="on", found=on)
