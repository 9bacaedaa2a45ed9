"""Decisions as taken: the facts of the day, the rule and its version, the reasons."""

from django.db import models

from recoup.tenancy.models import TenantModel


class Decision(TenantModel):
    """What the day run decided for a case on a day. One per case, day and step."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="decisions")
    client_id = models.UUIDField()
    on = models.DateField()
    step = models.CharField(max_length=40)
    rule = models.CharField(max_length=60)
    plan = models.CharField(max_length=40)
    because = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "on", "step"], name="decision_once_a_day")
        ]
        indexes = [models.Index(fields=["agency", "case", "made_at"], name="decision_by_case")]
