"""Alarms of money: a statement that did not come, and money that a client has waited for too long."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

from recoup.agreements.rules import Terms
from recoup.cases.operations import add_task
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_
from recoup.payments.books import statements_due
from recoup.payments.operations.allocate import FINANCE
from recoup.payments.operations.reckon import waiting


def watch_the_money(*, agency: UUID, on: date, by: Actor, at: datetime) -> dict[str, int]:
    """A task for each trust account without a statement of the last two working days, and for each client
    whose money has lain longer than its card promises. Asking again makes no second task."""
    late = statements_due(agency, working_days_before(on, 2))
    for account, last in late:
        add_task(
            agency=agency, key=f"statement-missing:{account.id}:{last or 'never'}", kind="statement_missing",
            role=FINANCE, sentence=N_("No statement of %(account)s since %(last)s: ask the bank."),
            params={"account": str(account), "last": last.isoformat() if last else "–"}, due_on=on,
            default=N_("The books cannot be reconciled with the bank."), by=by, at=at,
        )  # fmt: skip
    slow = overdue_clients(agency, on)
    for (client, name, currency), since in slow.items():
        add_task(
            agency=agency, key=f"remit-late:{client}:{currency}:{since}", kind="remit_late", role=FINANCE,
            sentence=N_("%(client)s has waited for its %(currency)s since %(since)s, longer than its card promises."),
            params={"client": name, "currency": currency, "since": since.isoformat()}, due_on=on,
            default=N_("The money stays in trust."), by=by, at=at,
        )  # fmt: skip
    return {"statements": len(late), "clients": len(slow)}


def overdue_clients(agency: UUID, on: date) -> dict[tuple[UUID, str, str], date]:
    """Clients with money received and not remitted for more working days than their card says; the day of
    the oldest."""
    found: dict[tuple[UUID, str, str], date] = defaultdict(lambda: on)
    for row in waiting(agency, on):
        promised = Terms.read(row.case.agreement.rate_card.terms).remitted_within
        if (
            row.amount > 0
            and not row.direct
            and row.received_on < working_days_before(on, promised)
        ):
            key = (row.client_id, row.case.client.name, row.currency)
            found[key] = min(found[key], row.received_on)
    return dict(found)


def working_days_before(on: date, days: int) -> date:
    """The day that many weekdays before."""
    found = on
    while days:
        found -= timedelta(days=1)
        days -= found.isoweekday() < 6
    return found
