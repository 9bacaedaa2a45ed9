"""What clients say of a case that has ended."""

from django.db import models
from django.db.models import Q

from recoup.tenancy.models import TenantModel

MARKS = (1, 2, 3, 4, 5)


class Survey(TenantModel):
    """One question to a client at the end of a case, by a link; only the token's hash is kept. Answered
    once: `mark` from 1 (bad) to 5 (very good)."""

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="survey")
    client_id = models.UUIDField()
    token_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    mark = models.PositiveSmallIntegerField(null=True)
    comment = models.CharField(max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="survey_answered_whole",
                condition=Q(mark__isnull=True, answered_at__isnull=True)
                | Q(mark__gte=1, mark__lte=5, answered_at__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["agency", "asked_at"], name="survey_by_day")]

    def __str__(self) -> str:
        return f"survey of {self.case_id}"
