"""Agencies, their people and counters."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.crypto import salted_hmac

from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.tenancy.roles import CLIENT_ROLES, LIMITED_ROLES, Role


class Agency(models.Model):
    """The tenant: a collection agency, or a company's own credit department.

    Its rows are readable without a context: a visitor's page needs the name before anything else.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=7, default="en")
    currency = models.CharField(max_length=3, default="EUR")
    time_zone = models.CharField(max_length=64, default="Europe/Stockholm")
    registration_number = models.CharField(max_length=40, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    address = models.JSONField(default=list)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    sandbox = models.BooleanField(default=False, help_text="for trying out: nothing leaves it")
    sandbox_on = models.DateField(null=True, help_text="the sandbox's own day")
    lives_in = models.CharField(
        max_length=80,
        blank=True,
        help_text="the database it was last seen in (restores.place_of_rest)",
    )

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name


class TenantModel(models.Model):
    """A row that belongs to one agency. UUIDv7 keys, never deleted together with what they point at."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class TenantPart(TenantModel):
    """A row whose agency is known to exist: a composite key (agency, …) to another row of the agency, or a
    trigger for the whole statement, says so. A simple key beside it would only be checked a second time."""

    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        abstract = True


class Restore(TenantModel):
    """The database was found to be an earlier one than what has left the house, or in another place: until
    somebody has compared and released it, nothing leaves. One open at a time (`restores`)."""

    class Because(models.TextChoices):
        WITNESS = "witness", "a later head of the chain was published"
        PLACE = "place", "another server, database or timeline"
        TOLD = "told", "a person says so"

    noticed_at = models.DateTimeField()
    because = models.CharField(max_length=8, choices=Because.choices)
    params = models.JSONField(default=dict)
    released_at = models.DateTimeField(null=True)
    released_by_name = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency"],
                condition=models.Q(released_at__isnull=True),
                name="restore_one_open",
            )
        ]


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person who logs in. Holds identity only; what they may see follows from `Member`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150)
    language = models.CharField(max_length=7, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    session_round = models.PositiveIntegerField(
        default=0, help_text="counted up, every session of the person ends"
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.name or self.email

    def actor(self) -> Actor:
        return Actor.user(self.id, str(self))

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions end with the password, as Django has it, and with the round."""
        key = f"recoup.tenancy.session.{self.session_round}"
        return salted_hmac(key, self.password, secret=secret, algorithm="sha256").hexdigest()


class Member(TenantModel):
    """A person's place in an agency: a role, and for a client's people the client.

    `client_id` is a plain column here (the foreign key is added by the room above, which knows
    clients), so that the floor below stays free of it. `divisions` are those of the client to which the
    person is limited; empty: all of it.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="members")
    role = models.CharField(max_length=24, choices=[(r.value, r.value) for r in Role])
    client_id = models.UUIDField(null=True, blank=True)
    divisions = ArrayField(models.UUIDField(), default=list, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "user"], name="member_once_per_agency"),
            models.CheckConstraint(
                name="member_limited_by_role",
                condition=models.Q(divisions=[]) | models.Q(role__in=sorted(LIMITED_ROLES)),
            ),
            models.CheckConstraint(
                name="member_client_iff_client_role",
                condition=models.Q(role__in=sorted(CLIENT_ROLES), client_id__isnull=False)
                | (~models.Q(role__in=sorted(CLIENT_ROLES)) & models.Q(client_id__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class Invitation(TenantModel):
    """Somebody is asked to join: by a link that works once, until `expires_at`, while nobody has
    withdrawn it. Only the hash of the link's token is kept."""

    email = models.EmailField()
    name = models.CharField(max_length=150)
    role = models.CharField(max_length=24, choices=[(r.value, r.value) for r in Role])
    client_id = models.UUIDField(null=True, blank=True)
    divisions = ArrayField(models.UUIDField(), default=list, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_client_iff_client_role",
                condition=models.Q(role__in=sorted(CLIENT_ROLES), client_id__isnull=False)
                | (~models.Q(role__in=sorted(CLIENT_ROLES)) & models.Q(client_id__isnull=True)),
            ),
            models.CheckConstraint(
                name="invitation_limited_by_role",
                condition=models.Q(divisions=[]) | models.Q(role__in=sorted(LIMITED_ROLES)),
            ),
            models.CheckConstraint(
                name="invitation_ends_once",
                condition=models.Q(accepted_at=None) | models.Q(withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"


class Counter(TenantModel):
    """The last number given in a series (case numbers, invoice numbers), one row per series."""

    series = models.CharField(max_length=40)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "series"], name="counter_once_per_series")
        ]
