"""What visitors ask, and when they want to be called."""

from django.db import models

from recoup.tenancy.models import TenantModel


class Enquiry(TenantModel):
    """`call_at` is the moment asked for in the visitor's zone; `quote` the price it is about."""

    key = models.UUIDField(help_text="the same press of the button makes one")
    name = models.CharField(max_length=150)
    company = models.CharField(max_length=200, blank=True)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=7)
    time_zone = models.CharField(max_length=64)
    call_at = models.DateTimeField(null=True)
    message = models.TextField(blank=True)
    quote = models.ForeignKey("agreements.Quote", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=1000, blank=True)

    class Meta:
        verbose_name_plural = "enquiries"
        constraints = [
            models.UniqueConstraint(fields=["agency", "key"], name="enquiry_once"),
            models.CheckConstraint(
                name="enquiry_answered_together",
                condition=models.Q(answered_at=None, answered_by="")
                | (models.Q(answered_at__isnull=False) & ~models.Q(answered_by="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.company})" if self.company else self.name
