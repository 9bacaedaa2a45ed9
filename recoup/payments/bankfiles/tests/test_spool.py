"""A large file's lines pass through in parts, and are the same lines."""

import pytest

from recoup.payments.bankfiles import Spool, read_bankfile
from recoup.payments.bankfiles.tests.samples import camt, entry, mt940, statement, tx

LINES = [
    entry("10.00"),
    entry("10.00"),  # equal to the first, and yet another payment
    entry("30.00", ref="B-3", details=tx("10.00", "One GmbH") + tx("20.00", "Two GmbH")),
    *(entry("1.00", ref=f"C-{n}", details=tx("1.00", f"Debtor {n} GmbH")) for n in range(5)),
]
CAMT = camt(
    statement(*LINES, closing="55.00", opening="0.00", id="S-1"),
    statement(entry("7.00", ref="D-1"), closing="7.00", opening="0.00", id="S-2"),
)
MT940 = mt940(*[":61:2611201120C9,NTRFNONREF"] * 3, closing="C261120EUR27,")


@pytest.mark.parametrize("part", [1, 2, 4, 100])
@pytest.mark.parametrize("content", [CAMT, MT940], ids=["camt", "mt940"])
def test_a_spool_gives_back_the_lines_of_the_file_in_their_order(content: bytes, part: int) -> None:
    whole = read_bankfile(content, file="a")
    with Spool(part) as spool:
        found = read_bankfile(content, file="a", keep=spool.add)
        assert len(spool) == len(whole.entries) > 0
        parts = list(spool.parts())
        assert [e for part in parts for e in part] == list(whole.entries)
        assert list(spool.parts()) == parts  # as often as asked
    assert found.entries == () and found.statements == whole.statements
    assert found.warnings == whole.warnings


def test_what_a_spool_holds_in_memory_does_not_grow() -> None:
    one = read_bankfile(CAMT, file="a").entries[0]
    with Spool(10) as spool:
        for _ in range(1000):
            spool.add([one])
            assert len(spool.waiting) < 10
        assert [len(part) for part in spool.parts()] == [10] * 100
