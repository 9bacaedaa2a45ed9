"""The only writers of the room."""

from recoup.insolvency.operations.claims import (
    admit_proof,
    draft_proof,
    file_proof,
    keep_certificate,
    move_proof,
    note_dividend,
)
from recoup.insolvency.operations.estates import (
    add_meeting,
    close_estate,
    open_estate,
    set_file_by,
    set_practitioner,
)
from recoup.insolvency.operations.take import decide_match, keep_notices, keep_word

__all__ = [
    "add_meeting", "admit_proof", "close_estate", "decide_match", "draft_proof", "file_proof",
    "keep_certificate", "keep_notices", "keep_word", "move_proof", "note_dividend", "open_estate", "set_file_by",
    "set_practitioner",
]  # fmt: skip
