"""What warns of a debtor, who watches it, what its accounts say; a client's receivables not yet placed."""

from django.db import models
from django.db.models import Q

from recoup.tenancy.models import TenantModel
from recoup.watch.states import KINDS, Band, Source

BANDS = [(b.value, b.value) for b in Band]


class Signal(TenantModel):
    """A danger signal on a debtor, with its weight, half-life and expiry as they were when it was seen.
    Never changed, but for being taken back, once.

    `client_id`: whose data it rests on; that client sees it, no other. Empty: it rests on several clients'
    data or on what the house observed, and only staff see it. `public`: a court or a register has
    published it; every client of that debtor sees it.
    """

    debtor = models.ForeignKey("parties.Debtor", models.PROTECT, related_name="signals")
    client_id = models.UUIDField(null=True, blank=True)
    public = models.BooleanField(default=False)
    kind = models.CharField(max_length=24)
    source = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Source])
    on = models.DateField(help_text="the day it was seen, or of the newest fact behind it")
    weight = models.DecimalField(max_digits=5, decimal_places=2, help_text="percent")
    half_life = models.PositiveIntegerField(help_text="days")
    expires_on = models.DateField()
    because = models.CharField(max_length=300, help_text="English with gaps; see `params`")
    params = models.JSONField(default=dict)
    note = models.CharField(max_length=1000, blank=True)
    document = models.ForeignKey(
        "files.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    rule = models.CharField(max_length=24)
    key = models.CharField(max_length=160, help_text="the same fact makes one signal")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "key"], name="signal_once_per_fact"),
            models.CheckConstraint(
                name="signal_weighs",
                condition=Q(weight__gt=0, weight__lt=100, half_life__gt=0, kind__in=sorted(KINDS)),
            ),
            models.CheckConstraint(
                name="signal_expires_later", condition=Q(expires_on__gt=models.F("on"))
            ),
        ]
        indexes = [models.Index(fields=["agency", "debtor", "on"], name="signal_by_debtor")]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Look(TenantModel):
    """How far a debtor's signals have been computed: what is due follows from it, so that a run that was
    killed is gone on with."""

    debtor = models.OneToOneField("parties.Debtor", models.PROTECT, related_name="look")
    on = models.DateField()


class Watching(TenantModel):
    """Somebody wants to be told when a debtor's level rises to `band`: the house (no client) or a client.
    `level` is the band that was last told or seen."""

    debtor = models.ForeignKey("parties.Debtor", models.PROTECT, related_name="watchings")
    client_id = models.UUIDField(null=True, blank=True)
    band = models.CharField(max_length=8, choices=BANDS, default=Band.WARNING)
    told = models.CharField(max_length=8, choices=BANDS, default=Band.CALM)
    since = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "debtor", "client_id"], condition=Q(ended_at__isnull=True),
                name="watching_once", nulls_distinct=False,
            )
        ]  # fmt: skip


class Alert(TenantModel):
    """A watched debtor's level rose: what it was and is, from which signals (as the watcher may see them)."""

    watching = models.ForeignKey(Watching, models.PROTECT, related_name="alerts")
    debtor = models.ForeignKey("parties.Debtor", models.PROTECT, related_name="alerts")
    client_id = models.UUIDField(null=True, blank=True)
    was = models.CharField(max_length=8)
    now = models.CharField(max_length=8)
    score = models.DecimalField(max_digits=4, decimal_places=1)
    kinds = models.JSONField(default=list)
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["watching", "on", "now"], name="alert_once_a_day")
        ]
        indexes = [models.Index(fields=["agency", "client_id", "at"], name="alert_by_client")]


class Accounts(TenantModel):
    """A debtor's accounts of one year, as filed or told. Append-only: a correction is a new row, the newest
    counts. Amounts in `currency`; what was not given is empty, never nought."""

    debtor = models.ForeignKey("parties.Debtor", models.PROTECT, related_name="accounts")
    year_end = models.DateField()
    currency = models.CharField(max_length=3)
    turnover = models.DecimalField(max_digits=19, decimal_places=2, null=True, blank=True)
    profit = models.DecimalField(max_digits=19, decimal_places=2, null=True, blank=True)
    assets = models.DecimalField(max_digits=19, decimal_places=2, null=True, blank=True)
    current_assets = models.DecimalField(max_digits=19, decimal_places=2, null=True, blank=True)
    equity = models.DecimalField(max_digits=19, decimal_places=2, null=True, blank=True)
    current_liabilities = models.DecimalField(
        max_digits=19, decimal_places=2, null=True, blank=True
    )
    employees = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=200)
    known_on = models.DateField(help_text="from this day on we knew it")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "accounts"
        indexes = [models.Index(fields=["agency", "debtor", "year_end"], name="accounts_by_year")]

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.year_end}"


class Item(TenantModel):
    """An open item of a client's ledger that has not been placed. The newest list says what is still open;
    `paid_on` is set when the client says it was paid, or when it is no longer listed.

    Hygiene is what is on record: `document`, `sent_on`, `confirmed_on`, and `Touch` rows for contacts.
    `case`: the case it became when it was placed.
    """

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="items")
    debtor = models.ForeignKey("parties.Debtor", models.PROTECT, related_name="items")
    ref = models.CharField(max_length=60)
    issued_on = models.DateField(null=True, blank=True)
    due_on = models.DateField()
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    open = models.DecimalField(max_digits=19, decimal_places=4)
    currency = models.CharField(max_length=3)
    document = models.ForeignKey(
        "files.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_on = models.DateField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    rests_until = models.DateField(
        null=True, blank=True, help_text="the client wants it left alone through this day"
    )
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, null=True, blank=True, related_name="items"
    )
    seen_on = models.DateField(help_text="the newest list that has it")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "client", "debtor", "ref"], name="item_once_per_debtor"
            ),
            models.CheckConstraint(
                name="item_open_within",
                condition=Q(amount__gt=0, amount__lt=10**13, open__gte=0, open__lte=models.F("amount")),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["agency", "client", "due_on"], name="item_by_due_day")]

    def __str__(self) -> str:
        return self.ref


class Ladder(TenantModel):
    """A client has us send its own reminders, in its name: since when, until it says stop. At most one stands."""

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="ladders")
    since = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "client"],
                condition=Q(ended_at__isnull=True),
                name="ladder_one_stands",
            )
        ]


class Touch(TenantModel):
    """The client contacted its debtor about an item. Append-only."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="touches")
    client_id = models.UUIDField()
    on = models.DateField()
    channel = models.CharField(max_length=16)
    reached = models.BooleanField(help_text="the right person answered, or receipt was confirmed")
    note = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=120)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "key"], name="touch_once")]
        verbose_name_plural = "touches"


class Trade(TenantModel):
    """What a client tells of its trade with a debtor: an order, or the credit limit from a day on.
    Append-only."""

    class Kind(models.TextChoices):
        ORDER = "order"
        LIMIT = "limit"

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="trades")
    debtor = models.ForeignKey("parties.Debtor", models.PROTECT, related_name="trades")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    on = models.DateField()
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    currency = models.CharField(max_length=3)
    key = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "client", "debtor", "kind", "key"], name="trade_once"
            ),
            models.CheckConstraint(name="trade_positive", condition=Q(amount__gt=0, amount__lt=10**13)),
        ]  # fmt: skip
        indexes = [models.Index(fields=["agency", "debtor", "on"], name="trade_by_debtor")]
