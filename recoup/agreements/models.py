"""The price and the paper: rate cards, quotes, agreements, mandates."""

from django.db import models

from recoup.tenancy.models import TenantModel


class RateCard(TenantModel):
    """One published version of the price: `terms` is the machine-readable card (see rules.py).
    Never changed; a new price is a new version."""

    version = models.CharField(max_length=20)
    valid_from = models.DateField()
    currency = models.CharField(max_length=3)
    terms = models.JSONField()
    published_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "version"], name="rate_card_version_once"),
        ]
        ordering = ["-valid_from", "-version"]

    def __str__(self) -> str:
        return self.version


class Quote(TenantModel):
    """A price given to a visitor: what was asked, what was answered, by which card, until when.
    `number` is shown (Q-2026-000001), `token` makes its link."""

    number = models.CharField(max_length=20)
    token = models.CharField(max_length=43, unique=True)
    rate_card = models.ForeignKey(RateCard, models.PROTECT, related_name="quotes")
    asked = models.JSONField()
    answer = models.JSONField()
    made_at = models.DateTimeField()
    valid_until = models.DateField()
    client_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="quote_number_once"),
        ]

    def __str__(self) -> str:
        return self.number


class Agreement(TenantModel):
    """A collection agreement with its power of attorney, as shown, signed and sealed.

    `trail` is the signing's audit trail: who, when, from where, hash of what was shown, the boxes
    ticked. A new version is a new row; the old one stays. Without papers: the agency's claims of its own.
    """

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="agreements")
    number = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=1)
    rate_card = models.ForeignKey(RateCard, models.PROTECT, related_name="agreements")
    quote = models.ForeignKey(Quote, models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=7)
    token = models.CharField(max_length=43, unique=True)
    agreement_document = models.ForeignKey(
        "files.Document", models.PROTECT, null=True, related_name="+"
    )
    power_document = models.ForeignKey(
        "files.Document", models.PROTECT, null=True, related_name="+"
    )
    sealed_agreement = models.ForeignKey(
        "files.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    sealed_power = models.ForeignKey(
        "files.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.CharField(max_length=150, blank=True)
    trail = models.JSONField(default=dict)
    countersigned_at = models.DateTimeField(null=True, blank=True)
    countersigned_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="agreement_number_once"),
            models.UniqueConstraint(fields=["client", "version"], name="agreement_version_once"),
            models.CheckConstraint(
                name="agreement_signed_together",
                condition=models.Q(signed_at__isnull=True, signed_by="")
                | (models.Q(signed_at__isnull=False) & ~models.Q(signed_by="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"


class SigningLink(TenantModel):
    """The stated signatory's own way to an agreement, without an account. Only the hash of its token is
    kept; naming somebody else ends it."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="links")
    email = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.agreement} to {self.email}"
