"""Money in and out: trust accounts, bank files, their lines, allocations, remittances, invoices."""

from django.db import models
from django.db.models import Q

from recoup.payments.billing import Invoice, InvoiceSettlement, OwnAccount
from recoup.payments.carding import CardPayment, ProviderEvent
from recoup.payments.debiting import DebitMandate, DirectDebit
from recoup.payments.exchanging import Exchange
from recoup.payments.refunding import Refund
from recoup.payments.releasing import (
    AccountChange,
    ApproverLimit,
    MatchRule,
    PayoutDecision,
    PayoutStatus,
    PayoutStop,
    PayoutTerms,
)
from recoup.tenancy.models import TenantModel, TenantPart

__all__ = ["AccountChange", "Allocation", "ApproverLimit", "BankFile", "BankLine", "CardPayment", "DebitMandate", "DirectDebit", "Exchange", "Invoice", "InvoiceSettlement", "LineOutcome", "MatchRule", "OwnAccount", "PayoutDecision", "PayoutFile", "PayoutStatus", "PayoutStop", "PayoutTerms", "ProviderEvent", "Refund", "Remittance", "RemittedAllocation", "Statement", "Suggestion", "TrustAccount"]  # fmt: skip


class TrustAccount(TenantModel):
    """A bank account that holds only client money."""

    name = models.CharField(max_length=100)
    bank = models.CharField(max_length=100, blank=True)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    currency = models.CharField(max_length=3)
    creditor_id = models.CharField(
        max_length=35, blank=True, help_text="to collect by SEPA direct debit"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "iban", "currency"], name="trust_account_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.currency})"


class BankFile(TenantModel):
    """A file from a bank, taken whole or not at all; its bytes are kept as a document."""

    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    format = models.CharField(max_length=40)
    document = models.ForeignKey("files.Document", models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    status = models.CharField(
        max_length=8, default="taken", help_text="taken; held: nothing of it is booked"
    )
    summary = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "sha256"], name="bank_file_once"),
            models.CheckConstraint(
                name="bank_file_status_known", condition=Q(status__in=["taken", "held"])
            ),
        ]


class Statement(TenantModel):
    """One statement of a file with its balances."""

    file = models.ForeignKey(BankFile, models.PROTECT, related_name="statements")
    account = models.ForeignKey(TrustAccount, models.PROTECT, related_name="statements")
    identifier = models.CharField(max_length=60)
    sequence = models.CharField(max_length=30, blank=True)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    opening = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    closing = models.DecimalField(max_digits=19, decimal_places=4, null=True)


class BankLine(TenantModel):
    """One booked movement, taken exactly once (`key`). Append-only: what became of it follows from its
    allocations and from `LineOutcome` rows. `entry_key` names the bank's entry it belongs to, `likeness`
    what it looks like whichever statement brings it (see bankfiles/identity.py)."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    account = models.ForeignKey(TrustAccount, models.PROTECT, related_name="lines")
    key = models.CharField(max_length=64)
    entry_key = models.CharField(max_length=64, blank=True)
    likeness = models.CharField(max_length=64, blank=True)
    bank_reference = models.CharField(max_length=60, blank=True)
    booked_on = models.DateField()
    value_on = models.DateField()
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    currency = models.CharField(max_length=3)
    counterparty = models.CharField(max_length=200, blank=True)
    counterparty_account = models.CharField(max_length=40, blank=True)
    end_to_end_id = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    remittance = models.TextField(blank=True)
    return_reason = models.CharField(max_length=10, blank=True)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, related_name="bank_line")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "key"], name="bank_line_once"),
            models.CheckConstraint(
                name="bank_line_a_number", condition=Q(amount__lt=10**13, amount__gt=-(10**13))
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "booked_on"], name="bank_line_by_day"),
            models.Index(fields=["agency", "entry_key"], name="bank_line_by_entry"),
            models.Index(fields=["agency", "likeness"], name="bank_line_by_likeness"),
            models.Index(fields=["agency", "end_to_end_id"], name="bank_line_by_end_to_end"),
            models.Index(
                fields=["agency", "counterparty_account"],
                name="bank_line_by_payer",
                condition=~Q(counterparty_account=""),
            ),
        ]


class LineOutcome(TenantPart):
    """What a bank line was, other than a case's money. `amount` is signed as the line's; with the
    line's allocations it adds up to the line once the line is explained. Append-only.

    payout: ours to a client, seen by the bank; payout_returned: it came back; returned: a receipt
    and its return that met before either was a case's; own: the agency's own (a bank fee); refund: ours to
    a payer, seen by the bank; refund_returned: it came back; refunded: what of a line goes back to its payer;
    invoice: a client paid the agency's own invoice; exchanged: counted, sold or bought in another currency;
    card_payout: the card provider's.
    """

    class Kind(models.TextChoices):
        PAYOUT = "payout"
        PAYOUT_RETURNED = "payout_returned"
        RETURNED = "returned"
        OWN = "own"
        REFUND = "refund"
        REFUND_RETURNED = "refund_returned"
        REFUNDED = "refunded"
        INVOICE = "invoice"
        EXCHANGED = "exchanged"
        CARD_PAYOUT = "card_payout"

    line = models.ForeignKey(BankLine, models.PROTECT, related_name="outcomes", db_constraint=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    remittance = models.ForeignKey("Remittance", models.PROTECT, null=True, related_name="outcomes")
    refund = models.ForeignKey(
        "Refund", models.PROTECT, null=True, related_name="outcomes", db_constraint=False
    )
    entry = models.OneToOneField(
        "ledger.Entry", models.PROTECT, null=True, related_name="line_outcome"
    )
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    because = models.JSONField(default=dict)


class Suggestion(TenantModel):
    """A likely match that waits for a person, with its reasons. Removed by deciding, kept as history."""

    line = models.ForeignKey(BankLine, models.PROTECT, related_name="suggestions")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    score = models.PositiveSmallIntegerField()
    because = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True)
    taken = models.BooleanField(null=True)


class Allocation(TenantPart):
    """A part of a received payment given to a case and split by law. Append-only; undone by an
    Allocation with `reverses` and the amount turned.

    The sums of costs … overpaid over a case's rows are what `owed` says; so a row that changes the
    split of later payments carries that correction and may have parts of either sign.
    """

    line = models.ForeignKey(
        BankLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="allocations",
        db_constraint=False,
    )
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, related_name="allocations", db_constraint=False
    )
    client_id = models.UUIDField()
    received_on = models.DateField()
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    currency = models.CharField(max_length=3)
    costs = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    compensation = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    interest = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    principal = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    overpaid = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    direct = models.BooleanField(default=False, help_text="paid to the client, not to us")
    waived = models.BooleanField(default=False, help_text="given up, not received")
    designated = models.CharField(
        max_length=12, blank=True, help_text="what the payer, or who gave it up, named"
    )
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, related_name="allocation")
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    because = models.JSONField(
        default=dict, help_text="the match's reasons and the derivation of the split"
    )

    class Meta:
        indexes = [
            models.Index(fields=["agency", "case", "received_on"], name="allocation_by_case"),
            models.Index(
                fields=["agency", "client_id", "received_on"], name="allocation_by_client"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="allocation_adds_up",
                condition=Q(
                    amount=models.F("costs")
                    + models.F("compensation")
                    + models.F("interest")
                    + models.F("principal")
                    + models.F("overpaid")
                ),
            ),
            models.CheckConstraint(
                name="allocation_of_one_kind",
                condition=Q(direct=False, waived=False)
                | Q(line__isnull=True, direct=True, waived=False)
                | Q(line__isnull=True, direct=False, waived=True),
            ),
        ]


class PayoutFile(TenantModel):
    """A pain.001, or a pain.008 that collects (`collects`): its identifiers are stored before the file exists, and
    it goes to the bank only once a second person has approved the exact file (`PayoutDecision`)."""

    message_id = models.CharField(max_length=35)
    account = models.ForeignKey(TrustAccount, models.PROTECT, related_name="payouts")
    on = models.DateField()
    made_at = models.DateTimeField()
    by_id = models.UUIDField(null=True, help_text="who proposed it")
    by_name = models.CharField(max_length=200, blank=True)
    document = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+")
    collects = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "message_id"], name="payout_message_once")
        ]


class Remittance(TenantModel):
    """What a client gets on a day in a currency: gross less commission and tax. One per client, currency, day."""

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="remittances")
    number = models.CharField(max_length=20)
    on = models.DateField()
    currency = models.CharField(max_length=3)
    gross = models.DecimalField(max_digits=19, decimal_places=4)
    commission = models.DecimalField(max_digits=19, decimal_places=4)
    vat = models.DecimalField(max_digits=19, decimal_places=4)
    net = models.DecimalField(max_digits=19, decimal_places=4)
    method = models.CharField(
        max_length=5, default="net", help_text="net: fees taken from it; gross: billed apart"
    )
    lines = models.JSONField(default=list)
    payout = models.ForeignKey(PayoutFile, models.PROTECT, null=True, related_name="remittances")
    end_to_end_id = models.CharField(max_length=35)
    invoice = models.OneToOneField(Invoice, models.PROTECT, null=True, related_name="remittance")
    statement = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+")
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, related_name="remittance")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "client", "currency", "on"], name="remittance_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["agency", "end_to_end_id"], name="remittance_end_to_end_once"
            ),
        ]


class RemittedAllocation(TenantModel):
    """An allocation is remitted once."""

    remittance = models.ForeignKey(Remittance, models.PROTECT, related_name="allocations")
    allocation = models.OneToOneField(Allocation, models.PROTECT, related_name="remitted")
    client_id = models.UUIDField()
    commission = models.DecimalField(max_digits=19, decimal_places=4)
    clause = models.CharField(max_length=60)
