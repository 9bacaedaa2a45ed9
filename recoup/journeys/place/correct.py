"""The rows that were not taken, as a file to correct and send again."""

import csv
import io
from collections.abc import Callable

from recoup.intake.models import PlacedRow, Placement
from recoup.intake.states import RowState
from recoup.intake.tables.workbook import cell_text
from recoup.journeys.place.read import looked
from recoup.kernel.refusal import Refusal

Say = Callable[[Refusal], str]
RISKY = ("=", "+", "-", "@", "\t", "\r")


def corrections(*, placement: Placement, say: Say, heading: str) -> bytes:
    """A CSV (UTF-8 with mark, semicolons) with the rejected rows only, as they stood, under their own
    headings, and the reasons in a last column `heading`, each said by `say`. Cells that a spreadsheet
    would take for a formula are made text (HOSTILE EX01)."""
    reasons = {
        row: "; ".join(
            say(Refusal(p["code"], p["text"], **p["params"])) for p in problems if p["error"]
        )
        for row, problems in PlacedRow.objects.filter(
            placement=placement, state=RowState.REJECTED
        ).values_list("row", "problems")
    }
    layout = looked(placement).layout
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([*map(neutral, layout.names), heading])
    for row in layout.rows:
        if row.number in reasons:
            cells = [neutral(cell_text(cell)) for cell in row.cells]
            cells += [""] * (len(layout.names) - len(cells))
            writer.writerow([*cells, reasons[row.number]])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def neutral(text: str) -> str:
    """Text that no spreadsheet calculates; signed numbers and telephone numbers stay as they are."""
    plain = text.replace("\x00", "")
    rest = (
        plain[1:]
        .replace(" ", "")
        .replace(".", "")
        .replace(",", "")
        .replace("-", "")
        .replace("(", "")
        .replace(")", "")
    )
    if plain.startswith(RISKY) and not (plain[0] in "+-" and rest.isdigit()):
        return "'" + plain
    return plain
