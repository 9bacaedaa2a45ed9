"""Codes are judged by another library, module by module."""

import random
import re

import pytest
import qrcode
from qrcode.util import MODE_8BIT_BYTE, QRData

from recoup.paper.codes import MASK, modules, svg

MOST = 2331


def dark(data: bytes) -> tuple[int, set[tuple[int, int]]]:
    """The side and the dark modules as `qrcode` has them, which weighs no mask either when told."""
    other = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, mask_pattern=MASK, border=0
    )
    other.add_data(QRData(data, mode=MODE_8BIT_BYTE))
    other.make(fit=True)
    rows = other.modules
    return len(rows), {(x, y) for y, row in enumerate(rows) for x, bit in enumerate(row) if bit}


def ours(data: bytes, side: int) -> set[tuple[int, int]]:
    row = side + 1
    return {(n % row, n // row) for n, bit in enumerate(modules(data)) if bit}


# Around the edges of the small versions, where codes are made every day, and some of the large ones.
SIZES = [
    *range(1, 40),
    62,
    63,
    84,
    85,
    86,
    106,
    107,
    122,
    123,
    152,
    180,
    181,
    213,
    214,
    287,
    331,
    1000,
    MOST,
]


@pytest.mark.parametrize("size", SIZES)
def test_each_module_is_where_another_library_has_it(size: int) -> None:
    data = random.Random(size).randbytes(size)
    side, wanted = dark(data)
    assert len(modules(data)) == side * (side + 1)
    assert ours(data, side) == wanted


def test_the_picture_has_exactly_these_modules() -> None:
    data = "BCD\n002\n1\nSCT\nÅkerströms Möbler".encode()
    side, wanted = dark(data)
    picture = svg(data)
    assert f"viewBox='0 0 {side} {side}'" in picture
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", picture)
    assert {(int(x) + i, int(y)) for x, y, wide in runs for i in range(int(wide))} == wanted
    assert "'" + "".join(f"M{x} {y}h{wide}v1h-{wide}z" for x, y, wide in runs) + "'" in picture


def test_more_than_the_largest_takes_is_no_code() -> None:
    with pytest.raises(ValueError, match="more than a QR code takes"):
        modules(bytes(MOST + 1))
