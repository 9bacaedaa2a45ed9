"""Whose time is over, and what stands in the way."""

from datetime import date
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from recoup.cases.models import Case, Move
from recoup.cases.states import OPEN
from recoup.contact.models import InboundMail
from recoup.enquiries.models import Enquiry
from recoup.parties.models import Contact
from recoup.retention.models import Erasure, Preservation, Term


def terms(agency: UUID) -> dict[str, Term]:
    """The newest of each class."""
    return {t.record_class: t for t in Term.objects.filter(agency_id=agency).order_by("made_at", "id")}  # fmt: skip


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


def enquiries_over(agency: UUID, before: date) -> QuerySet[Enquiry]:
    found = Enquiry.objects.filter(agency_id=agency, made_at__date__lt=before)
    return found.exclude(email="").annotate(ended=F("made_at"))


def erased_files(agency: UUID) -> set[str]:
    return set(Erasure.objects.filter(agency_id=agency).exclude(sha256="").values_list("sha256", flat=True))  # fmt: skip


def is_preserved(case: Case) -> Preservation | None:
    return Preservation.objects.filter(case=case, lifted_at__isnull=True).first()
