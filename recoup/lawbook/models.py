"""Rates entered, and their confirmations. Append-only: a correction is a new row that supersedes."""

from django.db import models

from recoup.tenancy.models import TenantModel


class PublishedRate(TenantModel):
    """A value of a series from `first` to `last`, both counted, as somebody read it in `source`.

    It counts once another person has confirmed it, until a confirmed row supersedes it. `value` in
    the series' own unit (percent a year, or an amount).
    """

    series = models.CharField(max_length=60)
    first = models.DateField()
    last = models.DateField()
    value = models.DecimalField(max_digits=15, decimal_places=6)
    source = models.CharField(max_length=300)
    link = models.URLField(max_length=500)
    because = models.CharField(max_length=500, blank=True, help_text="why it supersedes another")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    entered_by = models.UUIDField()
    entered_name = models.CharField(max_length=200)
    entered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["agency", "series", "first"], name="rate_by_series")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="rate_has_days"
            ),
            models.CheckConstraint(
                condition=models.Q(supersedes__isnull=True) | ~models.Q(because=""),
                name="rate_correction_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.first}: {self.value}"


class Confirmation(TenantModel):
    """Another person looked the value up at its source and found the same."""

    rate = models.OneToOneField(PublishedRate, models.PROTECT, related_name="confirmation")
    confirmed_by = models.UUIDField()
    confirmed_name = models.CharField(max_length=200)
    confirmed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.rate} confirmed by {self.confirmed_name}"
