"""Check of a pain.001 file against its XSD and its own count and sum. Pure.

A file can be valid against the schema and still state a wrong number or sum; banks refuse those, or
worse, do not.
"""

import functools
from decimal import Decimal
from importlib import resources
from io import BytesIO
from typing import Any

from lxml import etree

from recoup.kernel.refusal import N_, Refusal
from recoup.kernel.xml import local_name, parse_xml, schema_of
from recoup.payments.bankfiles.reading import amount

PREFIX = "urn:iso:std:iso:20022:tech:xsd:"
VERSIONS = ("pain.001.001.03", "pain.001.001.09", "pain.001.001.10", "pain.001.001.11")
LONGEST = 300  # of an objection, which repeats the value it objects to
DEBITS = ("pain.008.001.02", "pain.008.001.08", "pain.008.001.09", "pain.008.001.10")


def validate_pain001(content: bytes, *, file: str = "pain.001") -> None:
    """Return None for a payment order that may go to a bank.

    Raises `Refusal` `xml_broken`, `xml_doctype`, `pain001_version` (no schema at hand for it),
    `pain001_invalid` (with the schema's first objection), `pain001_count`, `pain001_sum`.
    """
    validate(content, VERSIONS, file)


def validate_payment_file(content: bytes, *, file: str) -> dict[str, Any]:
    """The same for credit transfers and direct debits (pain.008); what it holds: `format`, `message_id`,
    `transactions`, `sum`."""
    return validate(content, (*VERSIONS, *DEBITS), file)


def validate(content: bytes, known: tuple[str, ...], file: str) -> dict[str, Any]:
    root = parse_xml(content, file=file)
    namespace = etree.QName(root).namespace or ""
    version = namespace.removeprefix(PREFIX)
    if version not in known:
        raise Refusal(
            "pain001_version", N_("%(file)s is “%(found)s”; it can only be checked as %(known)s."),
            file=file, found=namespace, known=", ".join(known),
        )  # fmt: skip
    schema = compiled(version)
    if not schema.validate(root):
        log: Any = schema.error_log
        first = log[0]
        raise Refusal(
            "pain001_invalid", N_("%(file)s, line %(row)d, breaks the schema: %(reason)s"),
            file=file, row=first.line, reason=first.message.replace(f"{{{namespace}}}", "")[:LONGEST],
        )  # fmt: skip
    message: Any = root[0]
    q = f"{{{namespace}}}"
    name = "DrctDbtTxInf" if version in DEBITS else "CdtTrfTxInf"
    for part in [message.find(f"{q}GrpHdr"), *message.findall(f"{q}PmtInf")]:
        scope = message if local_name(part) == "GrpHdr" else part
        check_totals(part, list(scope.iter(f"{q}{name}")), q, file)
    found = list(message.iter(f"{q}{name}"))
    total = sum((amount_of(tx, q) for tx in found), Decimal(0))
    return {"format": version, "message_id": message.findtext(f"{q}GrpHdr/{q}MsgId") or "",
            "transactions": len(found), "sum": f"{total:f}"}  # fmt: skip


def check_totals(part: Any, transactions: list[Any], q: str, file: str) -> None:
    """The stated number and sum of the message or of one batch, where they are stated."""
    where = part.findtext(f"{q}PmtInfId") or part.findtext(f"{q}MsgId") or ""
    count = part.findtext(f"{q}NbOfTxs")
    if count is not None and int(count) != len(transactions):
        raise Refusal(
            "pain001_count", N_("%(file)s: %(where)s states %(found)s transactions and has %(counted)d."),
            file=file, where=where, field="NbOfTxs", found=count, counted=len(transactions),
        )  # fmt: skip
    stated = part.findtext(f"{q}CtrlSum")
    total = sum((amount_of(tx, q) for tx in transactions), Decimal(0))
    if stated is not None and Decimal(stated) != total:
        raise Refusal(
            "pain001_sum", N_("%(file)s: %(where)s states a sum of %(found)s; its amounts add up to %(total)s."),
            file=file, where=where, field="CtrlSum", found=stated, total=f"{total:f}",
        )  # fmt: skip


def amount_of(tx: Any, q: str) -> Decimal:
    text = tx.findtext(f"{q}Amt/{q}InstdAmt") or tx.findtext(f"{q}Amt/{q}EqvtAmt/{q}Amt")
    text = text or tx.findtext(f"{q}InstdAmt")
    return amount(text.strip() if text else None) or Decimal(0)


@functools.cache
def compiled(version: str) -> etree.XMLSchema:
    """The schema shipped with sepaxml, the ISO original."""
    shipped = resources.files("sepaxml").joinpath("schemas", f"{version}.xsd")
    return schema_of(BytesIO(shipped.read_bytes()))
