"""Writer of pain.001 credit transfers (ISO 20022, versions 03 and 09), SEPA and not. Pure.

One writer for both, so that the same order gives the same bytes: every identifier and the instant of
creation come from the caller, who stored them before the file exists.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree

from recoup.kernel.money import places
from recoup.kernel.refs import is_rf
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.transfers.charset import sepa_text
from recoup.payments.transfers.order import Account, Transfer, TransferOrder, check, is_sepa
from recoup.payments.transfers.validation import validate_pain001

PREFIX = "urn:iso:std:iso:20022:tech:xsd:pain.001.001."
VERSIONS = ("03", "09")
NAME_LIMIT = 70
REMITTANCE_LIMIT = 140
REFERENCE_LIMIT = 35


@dataclass(frozen=True, slots=True)
class Change:
    """A text that the file carries in another spelling. `row` is 0 for the debtor."""

    row: int
    field: str
    original: str
    written: str


def pain001(order: TransferOrder, *, version: str = "09") -> bytes:
    """The order as a pain.001.001.`version` valid against the XSD; 03 for banks that take nothing newer
    (an agent is its BIC there, the day stands bare).

    Raises `Refusal` `order_empty`, `id_not_plain`, `end_to_end_id_twice`, `amount_not_payable`,
    `amount_too_precise`, `currency_unknown`, `account_missing`, `bank_missing`, `iban_invalid`,
    `bic_invalid`, `clearing_incomplete`, `name_not_writable`.
    """
    check(order)
    if version not in VERSIONS:
        raise ValueError(f"version must be one of {VERSIONS}, not {version!r}")
    namespace = PREFIX + version
    default: Any = {None: namespace}
    root = etree.Element(f"{{{namespace}}}Document", nsmap=default)
    message = add(root, "CstmrCdtTrfInitn")
    header = add(message, "GrpHdr")
    add(header, "MsgId", order.message_id)
    add(header, "CreDtTm", order.created_at.isoformat(timespec="seconds"))
    totals(header, order.transfers)
    add(add(header, "InitgPty"), "Nm", written_name(order.debtor, 0))
    for number, (sepa, transfers) in enumerate(batches(order), 1):
        batch(message, order, number, sepa, transfers)
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    validate_pain001(content, file=order.message_id)
    return bytes(content)


def changes(order: TransferOrder) -> list[Change]:
    """Every name and text that the file spells differently, for the record."""
    found = [(0, "debtor.name", order.debtor.name, sepa_text(order.debtor.name, NAME_LIMIT))]
    for row, t in enumerate(order.transfers, 1):
        found.append((row, "to.name", t.to.name, sepa_text(t.to.name, NAME_LIMIT)))
        found.append((row, "remittance", t.remittance, sepa_text(t.remittance, REMITTANCE_LIMIT)))
        if t.reference:
            found.append((row, "reference", t.reference, written_reference(t.reference)))
    return [Change(*f) for f in found if f[2] != f[3]]


Rows = list[tuple[int, Transfer]]


def batches(order: TransferOrder) -> list[tuple[bool, Rows]]:
    """Transfers by kind and currency, in the order of the first of each."""
    found: dict[tuple[bool, str], Rows] = {}
    for row, transfer in enumerate(order.transfers, 1):
        found.setdefault((is_sepa(order, transfer), transfer.currency), []).append((row, transfer))
    return [(sepa, rows) for (sepa, _), rows in found.items()]


def batch(message: Any, order: TransferOrder, number: int, sepa: bool, rows: Rows) -> None:
    info = add(message, "PmtInf")
    add(info, "PmtInfId", f"{order.message_id[:31].rstrip(' /')}-{number}")
    add(info, "PmtMtd", "TRF")
    add(info, "BtchBookg", "true" if order.batch_booking else "false")
    totals(info, [transfer for _, transfer in rows])
    if sepa:
        add(add(add(info, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    day = add(info, "ReqdExctnDt")
    if is_old(info):
        day.text = order.execute_on.isoformat()
    else:
        add(day, "Dt", order.execute_on.isoformat())
    add(add(info, "Dbtr"), "Nm", written_name(order.debtor, 0))
    account_id(add(info, "DbtrAcct"), order.debtor)
    agent(add(info, "DbtrAgt"), order.debtor)
    add(info, "ChrgBr", "SLEV" if sepa else "SHAR")
    for row, transfer in rows:
        credit(info, transfer, row)


def credit(info: Any, transfer: Transfer, row: int) -> None:
    tx = add(info, "CdtTrfTxInf")
    add(add(tx, "PmtId"), "EndToEndId", transfer.end_to_end_id)
    amount = add(add(tx, "Amt"), "InstdAmt", f"{transfer.amount:.{places(transfer.currency)}f}")
    amount.set("Ccy", transfer.currency)
    if transfer.to.bic or transfer.to.clearing_number:
        agent(add(tx, "CdtrAgt"), transfer.to)
    creditor = add(tx, "Cdtr")
    add(creditor, "Nm", written_name(transfer.to, row))
    if transfer.to.country:
        add(add(creditor, "PstlAdr"), "Ctry", transfer.to.country)
    account_id(add(tx, "CdtrAcct"), transfer.to)
    remittance(tx, transfer)


def remittance(tx: Any, transfer: Transfer) -> None:
    """SEPA carries a structured reference or a text, never both: the reference goes first."""
    text = sepa_text(transfer.remittance, REMITTANCE_LIMIT)
    if transfer.reference:
        info = add(add(add(tx, "RmtInf"), "Strd"), "CdtrRefInf")
        kind = add(info, "Tp")
        add(add(kind, "CdOrPrtry"), "Cd", "SCOR")
        if is_rf(transfer.reference):
            add(kind, "Issr", "ISO")
        add(info, "Ref", written_reference(transfer.reference))
    elif text:
        add(add(tx, "RmtInf"), "Ustrd", text)


def written_reference(reference: str) -> str:
    return sepa_text(reference.replace(" ", ""), REFERENCE_LIMIT)


def written_name(account: Account, row: int) -> str:
    """The name as written. Raises `Refusal` where most of its letters have no Latin spelling."""
    name = sepa_text(account.name, NAME_LIMIT)
    lost = [c for c in account.name if c.isalpha() and not sepa_text(c, 2)]
    if not any(c.isalnum() for c in name) or len(lost) > sum(c.isalpha() for c in name):
        raise Refusal(
            "name_not_writable",
            N_("“%(found)s” has no spelling in the characters banks accept; give a Latin name."),
            field="name", found=account.name, **({"row": row} if row else {}),
        )  # fmt: skip
    return name


def account_id(parent: Any, account: Account) -> None:
    identity = add(parent, "Id")
    if account.iban is not None:
        add(identity, "IBAN", account.plain_iban)
        return
    other = add(identity, "Othr")
    add(other, "Id", (account.number or "").replace(" ", ""))
    scheme = account.scheme or "BBAN"
    add(add(other, "SchmeNm"), "Cd" if scheme == "BBAN" else "Prtry", scheme)


def agent(parent: Any, account: Account) -> None:
    """The bank by BIC and clearing number; NOTPROVIDED where the IBAN alone finds it (EPC IBAN only)."""
    institution = add(parent, "FinInstnId")
    if account.bic:
        add(institution, "BIC" if is_old(parent) else "BICFI", account.bic)
    if account.clearing_number:
        member = add(institution, "ClrSysMmbId")
        add(add(member, "ClrSysId"), "Cd", account.clearing_system)
        add(member, "MmbId", account.clearing_number)
    if not account.bic and not account.clearing_number:
        add(add(institution, "Othr"), "Id", "NOTPROVIDED")


def totals(parent: Any, transfers: Iterable[Transfer]) -> None:
    """Number and sum; ISO 20022 adds the bare figures of all currencies."""
    listed = list(transfers)
    finest = max(places(t.currency) for t in listed)
    add(parent, "NbOfTxs", str(len(listed)))
    add(parent, "CtrlSum", f"{sum((t.amount for t in listed), Decimal(0)):.{finest}f}")


def add(parent: Any, name: str, text: str | None = None) -> Any:
    child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")
    child.text = text
    return child


def is_old(element: Any) -> bool:
    """Whether the file is a version 03."""
    return str(etree.QName(element).namespace).endswith(".03")
