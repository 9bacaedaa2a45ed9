"""Many debts at once: rows of a file or of a request are received, looked at, confirmed, placed by the
worker, corrected, and undone whole while nothing was sent."""

from recoup.journeys.place.check import Checked, check
from recoup.journeys.place.correct import corrections
from recoup.journeys.place.read import (
    confirm,
    look,
    looked,
    receive_file,
    receive_rows,
    table_of,
)
from recoup.journeys.place.run import place_now, run_placement, waiting_placements
from recoup.journeys.place.undo import undo_placement, why_not_undo

__all__ = [
    "Checked", "check", "confirm", "corrections", "look", "looked", "place_now", "receive_file", "receive_rows",
    "run_placement", "table_of", "undo_placement", "waiting_placements", "why_not_undo",
]  # fmt: skip
