"""Which way a case may end: the code must fit what the file of the case says."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from recoup.cases.rules.closing import ADVICE, EndFacts, refuse_end
from recoup.cases.states import WRITTEN_OFF, CloseCode
from recoup.kernel.refusal import Refusal

ON = date(2026, 11, 20)
NOTHING = EndFacts("R-1", ON, channels=0, reached=False, disputed=False, sought_at_law=False, visited=False,
                   plan_kept=False, limitation=date(2029, 1, 1))  # fmt: skip
TABLE: list[tuple[str, dict[str, Any], str]] = [
    ("untraceable", {}, "close_not_sought"),
    ("untraceable", {"channels": 1}, "close_not_sought"),
    ("untraceable", {"channels": 3, "reached": True}, "close_reached"),
    ("untraceable", {"channels": 2}, ""),
    ("no_assets", {}, "close_assets_not_sought"),
    ("no_assets", {"visited": True}, ""),
    ("no_assets", {"sought_at_law": True}, ""),
    ("disputed", {}, "close_not_disputed"),
    ("disputed", {"disputed": True}, ""),
    ("limitation", {}, "close_not_barred"),
    ("limitation", {"limitation": ON}, "close_not_barred"),
    ("limitation", {"limitation": date(2026, 11, 19)}, ""),
    ("limitation", {"limitation": None}, ""),
    ("plan_completed", {}, "close_no_plan"),
    ("plan_completed", {"plan_kept": True}, ""),
    *((code, {}, "") for code in ("paid", "withdrawn", "settled", "uncollectable", "uneconomic", "insolvent")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "facts", "refused"), TABLE)
def test_the_code_must_fit_the_file(code: str, facts: dict[str, Any], refused: str) -> None:
    known = replace(NOTHING, **facts)
    if not refused:
        refuse_end(code, known)
        return
    with pytest.raises(Refusal) as caught:
        refuse_end(code, known)
    assert caught.value.code == refused and "R-1" in str(caught.value)


def test_every_code_is_in_the_table_and_what_stays_unpaid_has_advice() -> None:
    assert {code for code, _, _ in TABLE} | {"paid_and_rest_waived"} == set(CloseCode)
    assert set(WRITTEN_OFF) <= set(ADVICE)
