"""What a lawyer must check before a paper is filed or served, as a paper of its own."""

from datetime import date, datetime

from recoup.cases.models import Case
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.kernel.actor import Actor
from recoup.paper.documents.court_paper import CourtPaper, lawyers_note
from recoup.paper.wording import Wording

KIND = "lawyers_note"


def keep_note(
    *, case: Case, data: CourtPaper, language: str, by: Actor, at: datetime
) -> Document | None:
    """Keep the note on `data` beside it; it is internal, and no bundle takes it in. None where there is
    nothing to check."""
    if not data.notes:
        return None
    note = lawyers_note(data, language=language, at=at)
    return keep(
        agency=case.agency_id, content=note.content, name=note.filename, media_type="application/pdf", kind=KIND,
        title=note.title[:200], language=language, client=case.client_id, case=case.id, audience="internal", by=by, at=at,
    )  # fmt: skip


def noted(data: CourtPaper, *, case: Case, language: str, on: date) -> bool:
    """Whether the note on `data` was kept on that day."""
    title = Wording(language).say("court.note_of", title=data.title)[:200]
    same = Document.objects.filter(agency_id=case.agency_id, case_id=case.id, kind=KIND)
    return same.filter(title=title, made_at__date=on).exists()
