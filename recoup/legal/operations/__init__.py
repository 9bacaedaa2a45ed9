"""The only writers of the room."""

from recoup.legal.operations.deadlines import add_deadline, finish_deadline, miss_deadline
from recoup.legal.operations.facts import (
    add_party,
    grant_award,
    keep_review,
    move_measure,
    note_look,
    set_title_until,
    start_measure,
)
from recoup.legal.operations.lawyers import take_records
from recoup.legal.operations.outlays import give_back, pay_outlay
from recoup.legal.operations.proceedings import (
    move_proceeding,
    open_proceeding,
    set_budget,
    set_court,
)

__all__ = [
    "add_deadline", "add_party", "finish_deadline", "give_back", "grant_award", "keep_review", "miss_deadline",
    "move_measure", "move_proceeding", "note_look", "open_proceeding", "pay_outlay", "set_budget", "set_court",
    "set_title_until", "start_measure", "take_records",
]  # fmt: skip
