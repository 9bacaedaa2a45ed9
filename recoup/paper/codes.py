"""QR codes (ISO/IEC 18004:2015) of bytes at error level M, six times as fast as the library draws them.

What is the same in every code of a size comes from segno: the patterns, the blocks, the field. What differs
is arithmetic on large numbers and one shuffle: a division by a polynomial is a table of what each byte
leaves, and a module is a place in the message. segno is the judge in the tests.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, zip_longest
from operator import itemgetter
from typing import Any

import segno
from segno import consts, encoder

# Readers accept any mask; weighing all eight takes longer than everything else.
MASK = 4
RUN = re.compile(b"\x01+")
LARGEST = 40  # versions


@dataclass(frozen=True, slots=True)
class Frame:
    """What all codes of a version share. `shuffle` takes the message's bits, each a byte, to the modules,
    row by row with a light one after each row; `xor` is the mask there and the patterns elsewhere."""

    side: int
    count_bits: int
    blocks: tuple[tuple[int, int, int], ...]  # how many, codewords of data, of correction
    shuffle: Callable[[bytes], tuple[int, ...]]
    xor: int

    @property
    def room(self) -> int:
        """Codewords of data."""
        return sum(many * data for many, data, _ in self.blocks)


def svg(data: bytes) -> str:
    """One path of horizontal runs of dark modules, a unit each, without a margin. `ValueError` where there is
    more than the largest code takes (2,331 bytes)."""
    frame = _frame_for(len(data))
    side, run_at = frame.side, _run(frame.side)
    path = "".join([run_at(*run.span()) for run in RUN.finditer(modules(data))])
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {side} {side}' "
        f"width='{side}' height='{side}'><path d='{path}'/></svg>"
    )


def modules(data: bytes) -> bytes:
    """Rows of modules, 1 for dark, each row followed by a 0."""
    frame = _frame_for(len(data))
    message = _message(_codewords(data, frame), frame)
    bits = bin(int.from_bytes(b"\x01" + message))[3:].encode().translate(_BIT) + b"\x00"
    placed = int.from_bytes(bytes(frame.shuffle(bits))) ^ frame.xor
    return placed.to_bytes(frame.side * (frame.side + 1))


_BIT = bytes.maketrans(b"01", b"\x00\x01")


def _codewords(data: bytes, frame: Frame) -> bytes:
    """Mode, length, data, end, and padding (7.4)."""
    head = 0b0100 << frame.count_bits | len(data)
    text = (head << 8 * len(data) | int.from_bytes(data)) << 4
    size = (4 + frame.count_bits) // 8 + len(data) + 1
    return (text.to_bytes(size) + b"\xec\x11" * frame.room)[: frame.room]


def _message(codewords: bytes, frame: Frame) -> bytes:
    """Blocks and their correction, interleaved (7.5, 7.6)."""
    start, data, correction = 0, [], []
    for many, size, extra in frame.blocks:
        for _ in range(many):
            block = codewords[start : start + size]
            start += size
            data.append(block)
            correction.append(_remainder(block, extra))
    mixed = chain(chain(*zip_longest(*data)), chain(*zip_longest(*correction)))
    return bytes([each for each in mixed if each is not None])


def _remainder(block: bytes, extra: int) -> bytes:
    """Of the block as a polynomial, divided by the generator of `extra` codewords."""
    left, shift, table = 0, 8 * (extra - 1), _table(extra)
    keep = (1 << shift) - 1
    for byte in block:
        left = (left & keep) << 8 ^ table[byte ^ left >> shift]
    return left.to_bytes(extra)


@cache
def _table(extra: int) -> tuple[int, ...]:
    """What the generator of `extra` codewords, times each byte, leaves."""
    log, power, generator = consts.GALIOS_LOG, consts.GALIOS_EXP, consts.GEN_POLY[extra]

    def times(byte: int) -> bytes:
        return bytes(power[log[byte] + each] for each in generator) if byte else bytes(extra)

    return tuple(int.from_bytes(times(byte)) for byte in range(256))


@cache
def _frame_for(size: int) -> Frame:
    """The smallest for so many bytes."""
    for version in range(1, LARGEST + 1):
        room = sum(block.num_blocks * block.num_data for block in _blocks(version))
        if 4 + _count_bits(version) + 8 * size <= 8 * room:
            return _frame(version)
    raise ValueError("more than a QR code takes")


def _count_bits(version: int) -> int:
    return 8 if version < 10 else 16


@cache
def _frame(version: int) -> Frame:
    side = 17 + 4 * version
    drawn = segno.make_qr(
        "A", version=version, error="m", mask=MASK, mode="byte", boost_error=False
    ).matrix
    draw: Any = encoder  # untyped
    empty = draw.make_matrix(side, side)  # 2: the message's
    draw.add_finder_patterns(empty, side, side)
    draw.add_alignment_patterns(empty, side, side)
    empty[side - 8][8] = 1  # the dark module
    free = [(y, x) for y, x in _zigzag(side) if empty[y][x] == 2]
    places = {place: number for number, place in enumerate(free)}
    blocks = tuple((b.num_blocks, b.num_data, b.num_total - b.num_data) for b in _blocks(version))
    bits = 8 * sum(many * (data + extra) for many, data, extra in blocks)
    where, xor = [], bytearray()
    for y in range(side):
        where += [min(places.get((y, x), bits), bits) for x in range(side)] + [bits]
        xor += bytes(
            (y // 2 + x // 3) % 2 == 0 if (y, x) in places else drawn[y][x] for x in range(side)
        ) + bytes(1)
    return Frame(side, _count_bits(version), blocks, itemgetter(*where), int.from_bytes(xor))


def _blocks(version: int) -> Any:
    tables: Any = consts  # untyped
    return tables.ECC[version][consts.ERROR_LEVEL_M]


def _zigzag(side: int) -> Iterator[tuple[int, int]]:
    """Places in the order of the message: pairs of columns from the right, up and down (7.7.3)."""
    up = True
    for right in (*range(side - 1, 6, -2), *range(5, 0, -2)):
        for y in range(side - 1, -1, -1) if up else range(side):
            yield y, right
            yield y, right - 1
        up = not up


@cache
def _run(side: int) -> Callable[[int, int], str]:
    @cache
    def run(start: int, end: int) -> str:
        y, x = divmod(start, side + 1)
        return f"M{x} {y}h{end - start}v1h-{end - start}z"

    return run
