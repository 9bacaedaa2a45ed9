"""Models of what the agency bills its clients, and of how that is settled."""

from django.db import models
from django.db.models import Q

from recoup.tenancy.models import TenantModel


class Invoice(TenantModel):
    """An invoice or a credit note to a client. `lines`: the tax first, then what is billed, each with
    rate card version and clause. A commission invoice that was deducted in a remittance is settled by it;
    what is open of another follows from its settlements."""

    class Kind(models.TextChoices):
        COMMISSION = "commission"
        SET_UP = "set_up"
        WITHDRAWAL = "withdrawal"
        DISBURSEMENT = "disbursement"
        CREDIT_NOTE = "credit_note"

    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.COMMISSION)
    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="invoices")
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+")
    number = models.CharField(max_length=20)
    on = models.DateField()
    due_on = models.DateField(null=True, help_text="none: settled by its remittance")
    currency = models.CharField(max_length=3)
    net = models.DecimalField(max_digits=19, decimal_places=4)
    vat = models.DecimalField(max_digits=19, decimal_places=4)
    total = models.DecimalField(max_digits=19, decimal_places=4)
    lines = models.JSONField(default=list)
    document = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+")
    credits = models.ForeignKey("self", models.PROTECT, null=True, related_name="credit_notes")
    key = models.CharField(max_length=100, blank=True, help_text="what it bills, once")
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, null=True, related_name="invoice")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="invoice_number_once"),
            models.UniqueConstraint(
                fields=["agency", "key"], condition=~Q(key=""), name="invoice_once_for_its_cause"
            ),
            models.CheckConstraint(
                name="invoice_credit_note_turned",
                condition=Q(credits__isnull=True) | Q(kind="credit_note", total__lt=0),
            ),
        ]


class InvoiceSettlement(TenantModel):
    """A part of an invoice that is no longer owed: paid by a line of the trust account, paid elsewhere as a
    person says, or set against a credit note (whose own row is turned). Append-only."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="settlements")
    client_id = models.UUIDField()
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    line = models.ForeignKey("payments.BankLine", models.PROTECT, null=True, related_name="+")
    against = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="+")
    entry = models.ForeignKey("ledger.Entry", models.PROTECT, null=True, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    because = models.CharField(max_length=300, blank=True)


class OwnAccount(TenantModel):
    """The agency's own account, to which its invoices are paid; never client money. One for a currency."""

    currency = models.CharField(max_length=3)
    bank = models.CharField(max_length=100)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "currency"], name="own_account_once")
        ]
