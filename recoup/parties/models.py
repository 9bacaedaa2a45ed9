"""Clients (creditors), debtors and the people at debtors. Companies only."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Upper

from recoup.tenancy.models import TenantModel


class Company(TenantModel):
    """What every business party has. `address` is a list of lines without the country."""

    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    registration_number = models.CharField(max_length=40, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    address = models.JSONField(default=list)
    city = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=7, default="en")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    made_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Client(Company):
    """A creditor who hands over debts. `stage`: registered → signed → active (countersigned). `own`: the
    agency itself, whose unpaid invoices are collected like any other's and are never client money."""

    class Stage(models.TextChoices):
        REGISTERED = "registered"
        SIGNED = "signed"
        ACTIVE = "active"
        CLOSED = "closed"

    reference = models.CharField(max_length=20)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.REGISTERED)
    signatory = models.CharField(max_length=150, blank=True)
    authority = models.CharField(max_length=150, blank=True)
    payout_iban = models.CharField(max_length=34, blank=True)
    payout_bic = models.CharField(max_length=11, blank=True)
    own = models.BooleanField(default=False)
    account_manager = models.ForeignKey(
        "tenancy.Member", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "reference"], name="client_reference_once"),
            models.UniqueConstraint(
                fields=["agency", "country", "registration_number"],
                condition=~models.Q(registration_number=""),
                name="client_number_once",
            ),
            models.UniqueConstraint(
                fields=["agency"], condition=models.Q(own=True), name="client_own_once"
            ),
        ]


class Division(TenantModel):
    """A part of a client with cases of its own: a branch, a business area, a cost centre. Closed, it takes
    no new cases and keeps those it has. Papers about its cases go to its own address, where it has one."""

    client = models.ForeignKey(
        Client, models.PROTECT, related_name="divisions", db_index=False, db_constraint=False
    )
    name = models.CharField(max_length=100)
    reference = models.CharField(max_length=40, blank=True, help_text="such as a cost centre")
    address = models.JSONField(default=list)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Upper("name"), "agency", "client", name="division_name_once"
            ),
            models.UniqueConstraint(
                Upper("reference"), "agency", "client", name="division_reference_once",
                condition=~models.Q(reference=""),
            ),
            models.UniqueConstraint(fields=["agency", "client", "id"], name="division_of_client"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} ({self.reference})" if self.reference else self.name


class Debtor(Company):
    """A company that owes. Known once per agency; each case joins one client's claims to it."""

    match_name = models.CharField(max_length=200, help_text="folded name for finding it again")

    class Meta:
        indexes = [
            models.Index(fields=["agency", "match_name"], name="debtor_by_name"),
            models.Index(
                fields=["agency", "country", "vat_number"], name="debtor_by_vat",
                condition=~models.Q(vat_number=""),
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "country", "registration_number"],
                condition=~models.Q(registration_number=""),
                name="debtor_number_once",
            )
        ]


class Partner(Company):
    """An agency or law firm elsewhere that works cases for us. `share` is its part of what it collects, in
    percent."""

    countries = ArrayField(models.CharField(max_length=2), default=list)
    languages = ArrayField(models.CharField(max_length=7), default=list)
    share = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="partner_once_per_name"),
            models.CheckConstraint(
                name="partner_share_is_a_percentage",
                condition=models.Q(share__gte=0, share__lte=100),
            ),
        ]


class Contact(TenantModel):
    """A person at a debtor, or the company's general address when `name` is blank."""

    debtor = models.ForeignKey(Debtor, models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=7, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    opted_out_at = models.DateTimeField(null=True, blank=True)
    bad_since = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name or self.email or self.phone


class Relation(TenantModel):
    """Two debtors belong together, in somebody's words: one group, one address, one person behind both."""

    class Kind(models.TextChoices):
        GROUP = "group"
        ADDRESS = "address"
        PERSON = "person"

    one = models.ForeignKey(Debtor, models.PROTECT, related_name="+")
    other = models.ForeignKey(Debtor, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    because = models.CharField(max_length=300, blank=True)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other", "kind"], name="relation_once"),
            models.CheckConstraint(
                name="relation_of_two", condition=models.Q(one__lt=models.F("other"))
            ),
        ]
