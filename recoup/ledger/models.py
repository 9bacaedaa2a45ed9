"""The double-entry ledger: Book → Entry → Posting, append-only, balanced by the database.

The ledger knows no cases: a case, a client and the house each have a book. Debits are positive,
credits negative; an entry's postings sum to zero per currency (deferred constraint trigger).
"""

from django.db import models

from recoup.tenancy.models import TenantModel, TenantPart


class Book(TenantModel):
    """A set of accounts that belong to one subject. `subject_id` is the client's or the case's id."""

    class Kind(models.TextChoices):
        HOUSE = "house"
        CLIENT = "client"
        CASE = "case"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    subject_id = models.UUIDField(null=True)
    client_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "subject_id"],
                name="book_once_per_subject",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Entry(TenantPart):
    """One balanced movement. `source` names what caused it, once per agency (`payment:…`). Its agency is known
    by its postings, without which there is no entry: their books are of the same agency. (Asked for each entry,
    two processes that post at once stand in each other's way at the agency's one row.)"""

    kind = models.CharField(max_length=32)
    source = models.CharField(max_length=200)
    client_id = models.UUIDField(null=True)
    value_on = models.DateField(help_text="the day it counts for")
    booked_at = models.DateTimeField(help_text="the instant it became known here")
    by_kind = models.CharField(max_length=8)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200)
    memo = models.CharField(max_length=300)
    because = models.JSONField(default=dict)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["agency", "source"], name="entry_source_once")
        ]
        indexes = [models.Index(fields=["agency", "value_on"], name="entry_by_value")]

    def __str__(self) -> str:
        return f"{self.value_on} {self.memo}"


class Posting(TenantPart):
    """One leg of an entry: an amount on an account of a book. Debit > 0, credit < 0, never 0.

    The composite keys (agency, entry) and (agency, book) hold the references; simple ones beside them
    would only be checked a second time.
    """

    entry = models.ForeignKey(
        Entry, models.PROTECT, related_name="postings", db_index=False, db_constraint=False
    )
    book = models.ForeignKey(
        Book, models.PROTECT, related_name="postings", db_index=False, db_constraint=False
    )
    client_id = models.UUIDField(null=True)
    account = models.CharField(max_length=32)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    value_on = models.DateField()
    booked_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["agency", "book", "account", "currency", "value_on"],
                include=["amount", "booked_at"],
                name="posting_balance",
            ),
            # Agency first: row security asks for it, and beside an index on the entry alone the planner
            # would read all of the agency's rows for each entry as long as it has no statistics.
            models.Index(fields=["agency", "entry"], name="posting_by_entry"),
            models.Index(
                fields=["agency", "account", "currency"],
                include=["amount"],
                name="posting_by_account",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="posting_amount_is_a_number",
                condition=~models.Q(amount=0) & models.Q(amount__lt=10**13, amount__gt=-(10**13)),
            ),
        ]


class PeriodClose(TenantModel):
    """Up to this day the books are closed: the database refuses an entry for value in it (trigger).
    Append-only; never earlier than the last one."""

    up_to = models.DateField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    figures = models.JSONField(default=dict, help_text="the reconciliation it was closed on")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "up_to"], name="period_closed_once")
        ]
