"""Bank files damaged and rewritten at random: read or refused in one sentence, never anything else; and what does
not change a file's meaning does not change what is read. `ROUNDS` multiplies the trials.

Our own samples, and other people's files where they are at hand.
"""

import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recoup.kernel.refusal import Refusal
from recoup.payments.bankfiles import BankFile, read_bankfile
from recoup.payments.bankfiles.tests import samples

ROUNDS = int(os.environ.get("ROUNDS") or 1)
SHARED = Path(__file__).resolve().parents[4].parent / "shared/data/02_bank_statements/open"
SLOWEST = 20.0  # seconds for one small file, on a busy machine; a regular expression that runs away takes hours
MT940 = """:20:STARTUMS
:25:10020030/1234567
:28C:5/1
:60F:C261119EUR1000,00
:61:2611201120C250,00NTRFE-1//B-1
:86:166?00GUTSCHRIFT?20EREF+E-1?21SVWZ+RF18539007547034 Rechnung?22 F-1001?30DEUTDEFF?31DE0212030000
0000202051?32Mueller Feinkost GmbH
:61:2611201120RC40,00NRTIE-0//B-2
:86:109?00RUECKUEBERWEISUNG?20EREF+E-0?21RTRN+AC04?32Nobody
:61:2611201120D10,00NCHGNONREF//B-3
:86:/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/Bank/REMI/fee/EREF/NOTPROVIDED
:62F:C261120EUR1200,00
-
"""


def camt() -> bytes:
    lines = [
        samples.entry("250.00", ref="B-1", details=samples.tx("250.00", "Müller", ref="RF18539007547034", e2e="E-1")),
        samples.entry("40.00", "DBIT", ref="B-2", details=samples.tx("40.00", "Müller", e2e="E-0", reason="AC04")),
    ]  # fmt: skip
    return samples.camt(samples.statement(*lines, opening="1000.00", closing="1210.00"))


def files() -> list[tuple[str, bytes]]:
    found = [("own.xml", camt()), ("own.sta", MT940.encode())]
    if SHARED.is_dir():
        others = sorted(p for p in SHARED.rglob("*") if p.is_file() and p.suffix != ".csv" and p.stat().st_size < 60_000)  # fmt: skip
        found += [(str(p.relative_to(SHARED)), p.read_bytes()) for p in others]
    return found


def damage(content: bytes, chance: random.Random) -> bytes:
    """One to four of the things that happen to files."""
    for _ in range(chance.randint(1, 4)):
        if not content:
            break
        at, to = sorted(chance.randrange(len(content) + 1) for _ in range(2))
        match chance.randrange(9):
            case 0:
                content = content[:at]  # cut off
            case 1:
                content = content[at:]
            case 2:
                content = content[:at] + content[to:]  # a hole
            case 3:
                content = content[:to] + content[at:]  # a part twice
            case 4:
                content = content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
            case 5:
                content = content[:at] + bytes(chance.randrange(256) for _ in range(8)) + content[at:]  # fmt: skip
            case 6:
                digits = [m.start() for m in re.finditer(rb"[0-9]", content)]
                for each in chance.sample(digits, min(3, len(digits))):
                    new = chance.choice([b"9", b"0", b"-", b",", b".", b"e", b"\xd9\xa3"])
                    content = content[:each] + new + content[each + 1 :]
            case 7:
                lines = content.splitlines(keepends=True)
                chance.shuffle(lines)
                content = b"".join(lines)
            case 8:
                content = content.replace(b"<", b"\n<", 50).replace(b":61:", b":61:\r\n", 2)
    return content


def test_whatever_happens_to_a_file_it_is_read_or_refused() -> None:
    chance = random.Random(20261201 if ROUNDS == 1 else None)
    known, tried = files(), 0
    for _ in range(ROUNDS):
        for name, content in known:
            for _ in range(2):
                broken = damage(content, chance)
                start = time.perf_counter()
                try:
                    read = read_bankfile(broken, file=name)
                except Refusal as refusal:
                    assert refusal.sentence()
                except Exception as error:
                    raise AssertionError(f"{name}: {error!r} of {broken[:4000]!r}") from error
                else:
                    sound(read)
                assert time.perf_counter() - start < SLOWEST, f"{name}: {broken[:4000]!r}"
                tried += 1
    print(f"\n{tried} damaged files, each read or refused")


def sound(read: BankFile) -> None:
    """What is bookable has an amount, a currency and a place of its own, whatever the file."""
    # The same statement twice in a file has the same keys, and is taken once.
    keys = [(e.statement_no, e.line_key) for e in read.entries]
    assert len(keys) == len(set(keys))
    for each in read.entries:
        assert not each.is_bookable or (each.amount is not None and each.amount.is_finite())
        assert 0 <= each.statement_no < len(read.statements)


def crlf(content: bytes) -> bytes:
    return re.sub(rb"\r?\n", b"\r\n", content)


def blank_lines_between(content: bytes) -> bytes:
    return re.sub(rb"(?m)^-\s*$", b"-\n\n\n", content) + b"\n\n"


def no_last_hyphen(content: bytes) -> bytes:
    return re.sub(rb"\s*-\s*$", b"\n", content)


def in_an_envelope(content: bytes) -> bytes:
    return b"{1:F01DEUTDEFFAXXX0000000000}{2:O9400000261120DEUTDEFFAXXX00000000002611200000N}{4:\r\n" + crlf(content.rstrip().removesuffix(b"-")) + b"-}"  # fmt: skip


def with_a_mark(content: bytes) -> bytes:
    return b"\xef\xbb\xbf" + content


def prefixed(content: bytes) -> bytes:
    """The same XML with a prefix on every element, as some banks' programs write it."""
    text = re.sub(rb"<(/?)([A-Za-z])", rb"<\1ns0:\2", content).replace(b"<?ns0:", b"<?")
    return text.replace(b'xmlns="', b'xmlns:ns0="')


def utf16(content: bytes) -> bytes:
    return content.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")


def commented(content: bytes) -> bytes:
    return content.replace(b"<Ntry>", b"<!-- > -->\n  <Ntry>")


def indented(content: bytes) -> bytes:
    return content.replace(b"><", b">\n\t<")


def said(read: BankFile) -> Any:
    """What is booked by it; a statement's name and the lines' own keys included."""
    return (
        [(s.id, s.account, s.opening, s.closing, s.balanced, s.entries) for s in read.statements],
        [
            (e.line_key, e.amount, e.currency, e.booked_on, e.counterparty, e.end_to_end_id, e.reference, e.remittance, e.return_reason)
            for e in read.entries
        ],
    )  # fmt: skip


@pytest.mark.parametrize(
    "change", [crlf, blank_lines_between, no_last_hyphen, in_an_envelope, with_a_mark]
)
def test_an_mt940_says_the_same_however_it_is_wrapped(change: Callable[[bytes], bytes]) -> None:
    plain = MT940.encode()
    read = read_bankfile(change(plain), file="a.sta")
    assert said(read) == said(read_bankfile(plain, file="a.sta"))
    assert read.statements[0].balanced and [str(e.amount) for e in read.entries] == ["250.00", "-40.00", "-10.00"]  # fmt: skip


@pytest.mark.parametrize("change", [crlf, with_a_mark, prefixed, utf16, commented, indented])
def test_a_camt_says_the_same_however_it_is_written(change: Callable[[bytes], bytes]) -> None:
    read = read_bankfile(change(camt()), file="a.xml")
    assert said(read) == said(read_bankfile(camt(), file="a.xml")) and read.statements[0].balanced


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared bank files are not beside the project")
def test_other_peoples_files_say_the_same_with_other_line_ends() -> None:
    for name, content in files():
        if content.lstrip()[:1] == b"<" or b"\r" in content:
            continue
        try:
            before = said(read_bankfile(content, file=name))
        except Refusal:
            continue
        assert said(read_bankfile(crlf(content), file=name)) == before, name
        assert said(read_bankfile(content.replace(b"\n", b"\r"), file=name)) == before, name
