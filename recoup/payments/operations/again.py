"""A payout that came back is paid once more, under a name of its own."""

from datetime import datetime

from django.db import transaction

from recoup.eventlog.operations import Happened, record_many
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.payments.models import PayoutDecision, PayoutFile, Remittance
from recoup.payments.operations.booking import one_at_a_time
from recoup.payments.operations.papers import complete_papers, payee
from recoup.payments.operations.release import is_refused, refuse_unconfirmed
from recoup.payments.transfers.order import check_account
from recoup.tenancy.operations import next_number


def pay_again(*, remittance: Remittance, by: Actor, at: datetime) -> PayoutFile:
    """Pay a remittance once more, with identifiers of its own: it came back, its file was rejected by the
    second person, or the bank refused it and has not shown a debit.

    The new file needs an approval of its own. Raises `Refusal` `payout_not_returned`, `iban_missing` and as a bad account does.
    """
    with transaction.atomic():
        one_at_a_time(remittance.agency_id)
        remittance.refresh_from_db()
        if not may_pay_again(remittance):
            raise Refusal(
                "payout_not_returned",
                N_("Payout %(number)s has not come back."),
                number=remittance.number,
            )
        client = Client.objects.get(id=remittance.client_id)
        if not client.payout_iban:
            raise Refusal(
                "iban_missing", N_("%(client)s has no account to be paid to."), client=client.name
            )
        check_account(payee(client), "creditor")
        refuse_unconfirmed(client)
        assert remittance.payout is not None
        on = at.date()
        number = next_number(agency=remittance.agency_id, series=f"payout-{on.year}")
        payout = PayoutFile.objects.create(
            agency_id=remittance.agency_id, message_id=f"PAY-{on.year}-{number:06d}",
            account_id=remittance.payout.account_id, on=on, made_at=at, by_id=by.id, by_name=by.name,
        )  # fmt: skip
        remittance.payout = payout
        remittance.end_to_end_id = f"{remittance.number}-{attempts(remittance) + 1}"
        remittance.save(update_fields=["payout", "end_to_end_id"])
        data = {"number": remittance.number, "end_to_end_id": remittance.end_to_end_id}
        record_many(
            agency=remittance.agency_id,
            events=[Happened("PayoutRepeated", at, by, None, client.id, "client", data)],
        )
    complete_papers(agency=remittance.agency_id, by=by, at=at)
    payout.refresh_from_db()
    return payout


def may_pay_again(remittance: Remittance) -> bool:
    """Whether its present order will never pay it: returned, rejected before it left, or refused by the
    bank without a debit."""
    shown = remittance.outcomes.filter(line__end_to_end_id=remittance.end_to_end_id).order_by("id")
    seen = list(shown.values_list("kind", flat=True))
    if seen:
        return seen[-1] == "payout_returned"
    rejected = PayoutDecision.objects.filter(payout_id=remittance.payout_id, approved=False)
    return rejected.exists() or is_refused(remittance)


def attempts(remittance: Remittance) -> int:
    """How often it was ordered: the end-to-end id of a further order ends in its number."""
    rest = remittance.end_to_end_id.removeprefix(remittance.number)
    return int(rest[1:]) if rest else 1
