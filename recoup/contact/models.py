"""What was said to a debtor and what came back."""

from django.db import models

from recoup.tenancy.models import TenantModel, TenantPart


class ContactAttempt(TenantPart):
    """One attempt to reach a debtor: its step, channel, the gate's answer and the outcome.

    A letter or e-mail has its outbox message, and its document once it is typeset; a call has its
    outcome code and note. Never changed once made, but for what the typesetting fills in, once
    (document, deadline, what was stated): the message's own state tells whether it left. `paper` is
    shared by the channels that carry the same letter. The composite key (agency, case) holds the
    reference; a simple one beside it would only be checked a second time.
    """

    case = models.ForeignKey(
        "cases.Case", models.PROTECT, related_name="attempts", db_constraint=False, db_index=False
    )
    client_id = models.UUIDField()
    step = models.CharField(max_length=40)
    channel = models.CharField(max_length=16)
    contact = models.ForeignKey(
        "parties.Contact", models.PROTECT, null=True, blank=True, related_name="+"
    )
    message = models.OneToOneField(
        "outbox.Message", models.PROTECT, null=True, blank=True, related_name="attempt"
    )
    document = models.ForeignKey(
        "files.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    paper = models.UUIDField(null=True)
    plan = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=7, blank=True)
    made_at = models.DateTimeField()
    answer_by = models.DateField(
        null=True, blank=True, help_text="the deadline stated to the debtor"
    )
    outcome = models.CharField(max_length=24, blank=True)
    right_party = models.BooleanField(null=True)
    note = models.TextField(blank=True)
    by_name = models.CharField(max_length=200)
    owed = models.JSONField(default=dict, help_text="what was stated as owed, with its derivation")

    class Meta:
        indexes = [models.Index(fields=["agency", "case", "made_at"], name="attempt_by_case")]


class Reminder(TenantModel):
    """A message to a debtor in its client's own name, about invoices that are no case yet; by the outbox and
    the gate as every other. Append-only: the message's state tells whether it left.

    `items`: of each invoice on it `{item, ref, due_on, open, step}` as stated; `step`: the furthest of
    them; `paper` is shared by the channels that carry the same letter.
    """

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="reminders")
    debtor = models.ForeignKey("parties.Debtor", models.PROTECT, related_name="reminders")
    currency = models.CharField(max_length=3)
    step = models.CharField(max_length=40)
    channel = models.CharField(max_length=16)
    kind = models.CharField(max_length=16)
    plan = models.CharField(max_length=60)
    paper = models.UUIDField()
    message = models.OneToOneField("outbox.Message", models.PROTECT, related_name="reminder")
    contact = models.ForeignKey(
        "parties.Contact", models.PROTECT, null=True, blank=True, related_name="+"
    )
    document = models.ForeignKey("files.Document", models.PROTECT, related_name="+")
    language = models.CharField(max_length=7)
    answer_by = models.DateField()
    items = models.JSONField()
    because = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(
                fields=["agency", "client", "debtor", "made_at"], name="reminder_by_debtor"
            )
        ]


class Denial(TenantPart):
    """The gate said no: by which rule, why, and from when it would say yes. `debtor` where there is no case:
    a client's own reminder."""

    case = models.ForeignKey(
        "cases.Case", models.PROTECT, related_name="denials", db_constraint=False, null=True
    )
    debtor = models.ForeignKey("parties.Debtor", models.PROTECT, related_name="+", null=True)
    client_id = models.UUIDField()
    message_id = models.UUIDField(null=True, help_text="asked for this message, at its sending")
    step = models.CharField(max_length=40)
    channel = models.CharField(max_length=16)
    at = models.DateTimeField()
    code = models.CharField(max_length=32)
    because = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    earliest_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="denial_of_case_or_debtor",
                condition=models.Q(case__isnull=False) ^ models.Q(debtor__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["agency", "at"], name="denial_by_time"),
            models.Index(
                fields=["agency", "debtor", "at"], name="denial_by_debtor",
                condition=models.Q(debtor__isnull=False),
            ),
        ]  # fmt: skip


class InboundMail(TenantModel):
    """An e-mail that came in, kept whole in `document`; `text` is what was said without the quotations.

    `key` is its Message-ID, or the hash of its bytes where it has none: taken once, however often it is
    fetched. `case` is empty until it is known whose it is. `message` is ours that it answers or returns.
    """

    class Kind(models.TextChoices):
        REPLY = "reply"
        HARD = "hard"
        SOFT = "soft"
        DELIVERED = "delivered"
        COMPLAINT = "complaint"
        AUTO_REPLY = "auto_reply"

    key = models.CharField(max_length=300)
    document = models.ForeignKey("files.Document", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reason = models.CharField(max_length=24, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=7, blank=True)
    meaning = models.CharField(max_length=16, blank=True, help_text="what it seems to say")
    phrase = models.CharField(max_length=80, blank=True)
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, null=True, blank=True, related_name="mails"
    )
    contact = models.ForeignKey(
        "parties.Contact", models.PROTECT, null=True, blank=True, related_name="+"
    )
    message = models.ForeignKey(
        "outbox.Message", models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "key"], name="mail_taken_once"),
        ]
        indexes = [
            models.Index(fields=["agency", "case"], name="mail_by_case"),
            models.Index(fields=["agency", "message"], name="mail_by_message"),
        ]


class Permit(TenantPart):
    """The gate said yes, for one message and one attempt (`fence`) to hand it over, or for one call.

    Without it no message to a debtor can become `sent`: the database refuses. `facts`: what the gate
    knew, as far as it decided. `reminder` where there is no case: a client's own reminder.
    """

    case = models.ForeignKey(
        "cases.Case", models.PROTECT, related_name="permits", db_constraint=False, null=True
    )
    reminder = models.ForeignKey(
        "contact.Reminder", models.PROTECT, related_name="permits", null=True, db_index=False
    )
    client_id = models.UUIDField()
    message_id = models.UUIDField(null=True)
    fence = models.PositiveIntegerField(default=0)
    step = models.CharField(max_length=40)
    channel = models.CharField(max_length=16)
    at = models.DateTimeField()
    house = models.CharField(max_length=20, help_text="version of the house rules")
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message_id", "fence"], name="permit_once_per_attempt"),
            models.CheckConstraint(
                name="permit_of_case_or_reminder",
                condition=models.Q(case__isnull=False) ^ models.Q(reminder__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["agency", "at"], name="permit_by_time")]


class LetterTemplate(TenantModel):
    """A version of the house's own words for one kind of message: letter, e-mail or text message, in a
    language, for debtors of a country (empty: of any).

    draft → released by another person than who wrote it. A released one never changes: a correction is a
    new version. The newest released whose day has come is in force; `texts` are the sentences that differ from
    the standard's, `legal` those that a law wants (`contact.wording`); `announces`: a consequence that the
    words themselves state, which then needs authority as a step's does.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        RELEASED = "released"
        DROPPED = "dropped"

    kind = models.CharField(max_length=16)
    medium = models.CharField(max_length=8)
    language = models.CharField(max_length=7)
    country = models.CharField(max_length=5, blank=True)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    texts = models.JSONField(default=dict)
    legal = models.JSONField(default=dict)
    announces = models.CharField(max_length=24, blank=True)
    note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    made_by_id = models.UUIDField(null=True)
    valid_from = models.DateField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "medium", "language", "country", "version"],
                name="template_version_once",
            ),
            models.UniqueConstraint(
                fields=["agency", "kind", "medium", "language", "country"],
                condition=models.Q(state="draft"), name="template_one_draft",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        place = f" {self.country}" if self.country else ""
        return f"{self.medium} {self.kind} {self.language}{place} {self.version}"


class PrintBatch(TenantModel):
    """Letters for a print house, as one delivery: open → (stopped → open) → handed → acknowledged."""

    class State(models.TextChoices):
        OPEN = "open"
        STOPPED = "stopped"
        HANDED = "handed"
        ACKNOWLEDGED = "acknowledged"

    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    letters = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    handed_at = models.DateTimeField(null=True, blank=True)
    manifest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the manifest")

    class Meta:
        verbose_name_plural = "print batches"
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="print_batch_once")
        ]


class PrintedLetter(TenantModel):
    """A letter's place in a batch and what became of it; `returned` makes its address one for no letters."""

    class State(models.TextChoices):
        MADE = "made"
        PRINTED = "printed"
        REFUSED = "refused"
        RETURNED = "returned"

    batch = models.ForeignKey(PrintBatch, models.PROTECT, related_name="rows")
    place = models.PositiveIntegerField()
    message = models.OneToOneField("outbox.Message", models.PROTECT, related_name="printed")
    case_id = models.UUIDField(null=True, help_text="none for a client's own reminder")
    client_id = models.UUIDField()
    paper_id = models.CharField(max_length=80)
    pages = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    recipient = models.CharField(max_length=320)
    state = models.CharField(max_length=10, choices=State.choices, default=State.MADE)
    said = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["agency", "recipient"], name="letter_returned",
                condition=models.Q(state="returned"),
            )
        ]  # fmt: skip


class HouseRules(TenantModel):
    """A version of the agency's own rules of contact; the newest whose day has come is in force."""

    version = models.PositiveIntegerField()
    valid_from = models.DateField()
    rules = models.JSONField(default=dict)
    because = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "version"], name="house_rules_version_once")
        ]


class Authority(TenantModel):
    """A client has authorised what may be announced to its debtors: `threat` (lawyer, court order …),
    for one case or for all; through `until`, or until it is withdrawn."""

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, blank=True, related_name="+")
    threat = models.CharField(max_length=24)
    because = models.CharField(max_length=300)
    given_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    until = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "authorities"
        indexes = [models.Index(fields=["agency", "client"], name="authority_by_client")]


class Visit(TenantModel):
    """A field agent is to see the debtor at `at`, at a place; reported once, or called off."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="visits")
    client_id = models.UUIDField()
    agent = models.ForeignKey("tenancy.Member", models.PROTECT, related_name="visits")
    contact = models.ForeignKey(
        "parties.Contact", models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    place = models.CharField(max_length=300)
    time_zone = models.CharField(max_length=64)
    purpose = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_because = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "agent", "at"], name="visit_by_agent")]


class VisitReport(TenantModel):
    """What was found, never changed: when, where, who was met, what was said. Coordinates are the
    telephone's own (WGS 84), with its accuracy in metres."""

    visit = models.OneToOneField(Visit, models.PROTECT, related_name="report")
    client_id = models.UUIDField()
    attempt = models.OneToOneField(ContactAttempt, models.PROTECT, related_name="visit_report")
    arrived_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=24)
    met = models.CharField(max_length=150, blank=True)
    met_role = models.CharField(max_length=100, blank=True)
    said = models.TextField(blank=True)
    by_name = models.CharField(max_length=200)


class VisitPhoto(TenantModel):
    """A photograph of a visit: the document as kept, and the hash it had when it came."""

    report = models.ForeignKey(VisitReport, models.PROTECT, related_name="photos")
    client_id = models.UUIDField()
    document = models.ForeignKey("files.Document", models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)


class QualityCheck(TenantModel):
    """A supervisor has looked at one contact of the sample: a mark from 0 to 2 for each question."""

    attempt = models.OneToOneField(ContactAttempt, models.PROTECT, related_name="quality")
    client_id = models.UUIDField()
    marks = models.JSONField(default=dict)
    note = models.CharField(max_length=1000, blank=True)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
