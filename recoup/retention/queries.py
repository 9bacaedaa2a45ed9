"""Whose time is over, and what stands in the way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Case as Case_
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When

from recoup.cases.models import Case, Move, Task
from recoup.cases.states import OPEN
from recoup.contact.models import ContactAttempt, InboundMail, VisitPhoto, VisitReport
from recoup.enquiries.models import Enquiry
from recoup.eventlog.models import Event
from recoup.files.operations import path_of
from recoup.outbox.models import Message
from recoup.parties.models import Contact
from recoup.retention.models import Erasure, Preservation, Term
from recoup.retention.states import RecordClass


def terms(agency: UUID) -> dict[str, Term]:
    """The newest of each class."""
    return {t.record_class: t for t in Term.objects.filter(agency_id=agency).order_by("made_at", "id")}  # fmt: skip


def files_gone(agency: UUID, digests: Iterable[str]) -> set[str]:
    """Of these files, those that were erased and are gone; the same bytes may be another document's still."""
    rows = Erasure.objects.filter(agency_id=agency, sha256__in=list(digests)).exclude(sha256="")
    return {one for one in rows.values_list("sha256", flat=True) if not path_of(one).exists()}


def standing(case: str) -> Exists:
    return Exists(Preservation.objects.filter(case=OuterRef(case), lifted_at__isnull=True))


def people_over(agency: UUID, before: date) -> QuerySet[Contact]:
    """Persons (not a company's general address) of debtors all of whose cases ended before a day; `held` where one of them is preserved."""
    mine = Case.objects.filter(debtor=OuterRef("debtor"))
    last = Move.objects.filter(case__debtor=OuterRef("debtor")).order_by("-at").values("at")[:1]
    held = Preservation.objects.filter(case__debtor=OuterRef("debtor"), lifted_at__isnull=True)
    found = Contact.objects.filter(agency_id=agency).exclude(name="")
    return found.filter(Exists(mine), ~Exists(mine.filter(stage__in=OPEN))).annotate(
        ended=Subquery(last), held=Exists(held)
    ).filter(ended__date__lt=before)  # fmt: skip


def mail_over(agency: UUID, before: date) -> QuerySet[InboundMail]:
    """Of cases that ended before a day."""
    found = InboundMail.objects.filter(agency_id=agency, case__isnull=False)
    found = found.exclude(case__stage__in=OPEN).annotate(ended=Max("case__moves__at"), held=standing("case"))  # fmt: skip
    return found.filter(ended__date__lt=before).exclude(Q(sender="") & Q(text="") & Q(subject=""))


def ended_cases(agency: UUID, before: date) -> QuerySet[Case]:
    """Cases that are over, whose last move lies before a day; `held` where they are preserved."""
    last = Move.objects.filter(case=OuterRef("pk")).order_by("-at").values("at")[:1]
    found = Case.objects.filter(agency_id=agency).exclude(stage__in=OPEN)
    return found.annotate(ended=Subquery(last), held=standing("pk")).filter(ended__date__lt=before)


def letters_over(agency: UUID, before: date) -> QuerySet[Message]:
    """What was sent to debtors and is not emptied: of ended cases; of no case (a client's own reminder) by its day."""
    over = ended_cases(agency, before).filter(id=OuterRef("case_id"))
    found = Message.objects.filter(
        Exists(over) | Q(case_id=None, made_at__date__lt=before), agency_id=agency, gated=True
    ).exclude(state__in=("ready", "attempting"))  # fmt: skip
    kept = Preservation.objects.filter(
        Q(case=OuterRef("case_id")) | Q(case=OuterRef("attempt__case_id")), lifted_at__isnull=True
    )
    return found.exclude(recipient="", payload={}).annotate(held=Exists(kept))


def notes_over(agency: UUID, before: date) -> QuerySet[ContactAttempt]:
    over = ended_cases(agency, before).filter(id=OuterRef("case_id"))
    said = VisitReport.objects.filter(attempt=OuterRef("pk")).exclude(said="", met="", met_role="")
    photos = VisitPhoto.objects.filter(report__attempt=OuterRef("pk"))
    known = Erasure.objects.filter(record_class=RecordClass.NOTES, row_id=OuterRef("pk"))
    found = ContactAttempt.objects.filter(Exists(over), ~Exists(known), agency_id=agency)
    return found.filter(~Q(note="") | Exists(said) | Exists(photos)).annotate(
        held=standing("case_id")
    )


def tasks_over(agency: UUID, before: date) -> QuerySet[Task]:
    over = ended_cases(agency, before).filter(id=OuterRef("case_id"))
    known = Erasure.objects.filter(record_class=RecordClass.TASKS, row_id=OuterRef("pk"))
    found = Task.objects.filter(
        Exists(over), ~Exists(known), agency_id=agency, done_at__isnull=False
    )
    return found.exclude(params={}).annotate(held=standing("case_id"))


def log_over(agency: UUID, before: date) -> QuerySet[Event]:
    """Events with commitments still open: of ended cases; of no case and no client, by their own day, as long as
    nothing at all is preserved: whom they concern is not said."""
    over = ended_cases(agency, before).filter(id=OuterRef("case_id"))
    old = Q(case_id=None, client_id=None, at__date__lt=before)
    found = Event.objects.filter(Exists(over) | old, agency_id=agency, salts__isnull=False)
    kept = Preservation.objects.filter(agency_id=agency, lifted_at__isnull=True)
    return found.exclude(salts={}).annotate(
        held=Case_(
            When(case_id=None, then=Exists(kept)),
            default=Exists(kept.filter(case=OuterRef("case_id"))),
        )
    )


def log_of_before(agency: UUID) -> int:
    """Events that were sealed before commitments: what they name is in the chain itself and cannot go."""
    return Event.objects.filter(agency_id=agency, salts__isnull=True).count()


def enquiries_over(agency: UUID, before: date) -> QuerySet[Enquiry]:
    found = Enquiry.objects.filter(agency_id=agency, made_at__date__lt=before)
    return found.exclude(email="").annotate(ended=F("made_at"))


@dataclass(frozen=True, slots=True)
class Gone:
    """What went of a class: rows, files, the last time."""

    rows: int
    files: int
    last: datetime


def erased_by_class(agency: UUID) -> dict[str, Gone]:
    rows = Erasure.objects.filter(agency_id=agency).values("record_class").annotate(
        rows=Count("row_id", distinct=True), files=Count("id", filter=~Q(sha256="")), last=Max("at")
    )  # fmt: skip
    return {r["record_class"]: Gone(r["rows"], r["files"], r["last"]) for r in rows}


def erased_files(agency: UUID) -> set[str]:
    return set(Erasure.objects.filter(agency_id=agency).exclude(sha256="").values_list("sha256", flat=True))  # fmt: skip


def is_preserved(case: Case) -> Preservation | None:
    return Preservation.objects.filter(case=case, lifted_at__isnull=True).first()
