"""Who agreed to which e-mails, in which words, and who wants them no more."""

from django.db import models

from recoup.tenancy.models import TenantModel


class Subscriber(TenantModel):
    """An address and the token of its preferences page, the same in every e-mail. The token opens
    nothing else."""

    address = models.CharField(max_length=320, help_text="folded")
    token = models.CharField(max_length=43, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "address"], name="subscriber_once")
        ]

    def __str__(self) -> str:
        return self.address


class Consent(TenantModel):
    """Somebody said yes or no to a purpose: in these words, from there, then. The newest counts."""

    subscriber = models.ForeignKey(Subscriber, models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=20)
    given = models.BooleanField()
    wording = models.CharField(
        max_length=500, help_text="as it was shown, in the reader's language"
    )
    wording_version = models.CharField(max_length=20)
    language = models.CharField(max_length=7)
    source = models.CharField(max_length=30)
    ip = models.CharField(max_length=45, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subscriber", "purpose", "-at"], name="consent_newest")]

    def __str__(self) -> str:
        return f"{self.purpose}: {'yes' if self.given else 'no'}"
