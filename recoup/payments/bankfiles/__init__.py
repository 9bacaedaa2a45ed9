"""Bank files: camt.052/053/054, MT940, MT942, pain.002 → frozen facts. Pure: no Django, no clock."""

from collections.abc import Callable

from recoup.kernel.refusal import N_, Refusal
from recoup.payments.bankfiles.camt import read_camt
from recoup.payments.bankfiles.facts import (
    BOOKED,
    BankFile,
    Entry,
    PaymentStatus,
    Remark,
    Statement,
)
from recoup.payments.bankfiles.mt import read_mt
from recoup.payments.bankfiles.mt_fields import decode, is_mt
from recoup.payments.bankfiles.pain002 import read_pain002
from recoup.payments.bankfiles.spool import Spool
from recoup.payments.bankfiles.stream import recognise, unknown

__all__ = [
    "BOOKED",
    "BankFile",
    "Entry",
    "PaymentStatus",
    "Remark",
    "Spool",
    "Statement",
    "read_bankfile",
]

LARGEST = 200 * 1024 * 1024
XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe", b"\xfe\xff")


def read_bankfile(
    content: bytes, *, file: str, keep: Callable[[list[Entry]], None] | None = None
) -> BankFile:
    """Read a bank file of any supported format; `file` is the name used in sentences.

    With `keep` the lines are handed to it as they stream by and `entries` is empty: for who holds only some of a
    large file in memory (`Spool`). Raises `Refusal`: `bankfile_empty`, `bankfile_too_large`, `bankfile_unknown`, `bankfile_version`,
    `statement_missing`, `xml_broken`, `xml_doctype`, `xml_instruction`, `mt_truncated`, `mt_trailing`.
    A statement that does not balance or a line that cannot be read is flagged, not refused.
    """
    if len(content) > LARGEST:
        raise Refusal(
            "bankfile_too_large", N_("%(file)s has more than %(limit)d megabytes."),
            file=file, limit=LARGEST // 1024 // 1024,
        )  # fmt: skip
    if not content[:1000].strip() and not content.strip():
        raise Refusal("bankfile_empty", N_("%(file)s is empty."), file=file)
    start = content[:200].lstrip()
    if start.startswith(XML_STARTS):
        content = content.lstrip() if start.startswith(b"<") else content
        message = recognise(content, file)
        if message.name == "pain.002":
            return read_pain002(content, message, file=file)
        return read_camt(content, message, file=file, keep=keep)
    if start.startswith((b"%PDF", b"PK\x03\x04")):
        raise unknown(file, "PDF" if start.startswith(b"%PDF") else "ZIP")
    text = decode(content)
    if is_mt(text):
        return read_mt(text, file=file, keep=keep)
    raise unknown(file, text.strip().split("\n")[0][:60])
