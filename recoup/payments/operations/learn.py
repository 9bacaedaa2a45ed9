"""Rules learned from a person's decisions: who pays like this, pays for that debtor. They suggest, never book."""

from datetime import datetime

from recoup.cases.models import Case
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.models import BankLine, MatchRule
from recoup.payments.names import is_alike, plain_name


def learn(*, line: BankLine, case: Case, by: Actor, at: datetime) -> MatchRule | None:
    """Remember that this payer, whom neither name nor account had told, pays for this case's debtor.

    None where there is nothing to learn: the payer is called like the debtor, or the bank names nobody.
    The same decision twice is one rule (unique); a revoked one is learned anew.
    """
    account, payer = line.counterparty_account, plain_name(line.counterparty)[:200]
    if not (account or payer) or is_alike(line.counterparty, case.debtor.name):
        return None
    key = {"account": account, "payer": "" if account else payer, "debtor_id": case.debtor_id}
    known = MatchRule.objects.filter(
        agency_id=line.agency_id, revoked_at__isnull=True, **key
    ).first()
    if known is not None:
        return known
    made = MatchRule(
        agency_id=line.agency_id, shown=(line.counterparty or account)[:200], line=line, at=at, by_name=by.name,
        **key,
    )  # fmt: skip
    MatchRule.objects.bulk_create([made], ignore_conflicts=True)
    record(agency=line.agency_id, kind="MatchRuleLearned", by=by, at=at, audience="internal",
           payer=made.shown, debtor=case.debtor.name)  # fmt: skip
    return made


def revoke_rule(*, rule: MatchRule, by: Actor, at: datetime) -> None:
    """It suggests nothing any more. Raises `Refusal` `rule_revoked`."""
    live = MatchRule.objects.filter(id=rule.id, revoked_at__isnull=True)
    if not live.update(revoked_at=at, revoked_by_name=by.name):
        raise Refusal("rule_revoked", N_("This rule has been revoked already."))
    record(
        agency=rule.agency_id,
        kind="MatchRuleRevoked",
        by=by,
        at=at,
        audience="internal",
        payer=rule.shown,
    )
