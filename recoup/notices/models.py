"""How the people of a client want to be told."""

from django.db import models
from django.db.models import Q

from recoup.notices.rules import USUAL, How
from recoup.tenancy.models import TenantModel


class Notice(TenantModel):
    """One person's wish, and how far they have been told. `told_upto` is an event's id (ids are in the
    order of making): what is newer has not been told yet."""

    member = models.OneToOneField("tenancy.Member", models.PROTECT, related_name="notice")
    client_id = models.UUIDField()
    how = models.CharField(max_length=8, choices=[(h.value, h.value) for h in How], default=USUAL)
    told_upto = models.UUIDField()
    told_on = models.DateField(null=True, help_text="the agency's day of the last digest")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="notice_how_known", condition=Q(how__in=[h.value for h in How])),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.member_id}: {self.how}"
