"""Writer of pain.008 direct debits (ISO 20022, versions 02 and 08), SEPA Core and B2B. Pure.

Every identifier and the instant of creation come from the caller, who stored them before the file exists:
the same order gives the same bytes. EPC016-06 and EPC222-07 (rulebooks), EPC130-08 (implementation
guidelines): mandate and its signing day on every debit, creditor identifier, sequence type.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from recoup.kernel.refusal import N_, Refusal
from recoup.payments.transfers.charset import sepa_text
from recoup.payments.transfers.order import (
    SEPA_COUNTRIES,
    Account,
    Transfer,
    check_account,
    check_amount,
    check_id,
)
from recoup.payments.transfers.pain001 import (
    NAME_LIMIT,
    REMITTANCE_LIMIT,
    account_id,
    add,
    agent,
    written_name,
)
from recoup.payments.transfers.validation import validate_payment_file

PREFIX = "urn:iso:std:iso:20022:tech:xsd:pain.008.001."
VERSIONS = ("02", "08")
SCHEMES = ("CORE", "B2B")
SEQUENCES = ("FRST", "RCUR", "OOFF", "FNAL")
CREDITOR_ID = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}", re.ASCII)
MANDATE = re.compile(r"[A-Za-z0-9+?/:().,'-]{1,35}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Debit:
    """One debit: `mandate` and `signed_on` name the debtor's word for it."""

    end_to_end_id: str
    amount: Decimal
    of: Account
    mandate: str
    signed_on: date
    sequence: str
    remittance: str = ""


@dataclass(frozen=True, slots=True)
class DebitOrder:
    """What a creditor collects on a day under a scheme."""

    message_id: str
    created_at: datetime
    collect_on: date
    creditor: Account
    creditor_id: str
    scheme: str
    debits: tuple[Debit, ...]
    batch_booking: bool = True  # else each debit is a line of its own on the statement


def pain008(order: DebitOrder, *, version: str = "08") -> bytes:
    """The order as a pain.008.001.`version`, valid against the XSD, one batch for each sequence type.

    Raises `Refusal` `order_empty`, `id_not_plain`, `end_to_end_id_twice`, `creditor_id_wrong`,
    `mandate_wrong`, `sequence_wrong`, `account_not_sepa` and as pain.001 does.
    """
    if version not in VERSIONS:
        raise ValueError(f"version must be one of {VERSIONS}, not {version!r}")
    check(order)
    default: Any = {None: PREFIX + version}
    root = etree.Element(f"{{{PREFIX + version}}}Document", nsmap=default)
    message = add(root, "CstmrDrctDbtInitn")
    header = add(message, "GrpHdr")
    add(header, "MsgId", order.message_id)
    add(header, "CreDtTm", order.created_at.isoformat(timespec="seconds"))
    totals(header, order.debits)
    add(add(header, "InitgPty"), "Nm", written_name(order.creditor, 0))
    for number, sequence in enumerate(
        s for s in SEQUENCES if any(d.sequence == s for d in order.debits)
    ):
        batch(message, order, number + 1, sequence, version)
    content = bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
    validate_payment_file(content, file=order.message_id)
    return content


def check(order: DebitOrder) -> None:
    check_id(order.message_id, "message_id")
    if not order.debits:
        raise Refusal("order_empty", N_("There is nothing to collect."))
    if not CREDITOR_ID.fullmatch(order.creditor_id) or not is_creditor_id(order.creditor_id):
        raise Refusal("creditor_id_wrong", N_("“%(found)s” is no creditor identifier."), field="creditor_id", found=order.creditor_id)  # fmt: skip
    if order.scheme not in SCHEMES:
        raise ValueError(f"scheme must be one of {SCHEMES}")
    check_sepa(order.creditor, 0)
    seen: set[str] = set()
    for row, debit in enumerate(order.debits, 1):
        check_id(debit.end_to_end_id, "end_to_end_id", row)
        if debit.end_to_end_id in seen:
            raise Refusal("end_to_end_id_twice", N_("Transfer %(row)d repeats the end-to-end id %(found)s."),
                          row=row, field="end_to_end_id", found=debit.end_to_end_id)  # fmt: skip
        seen.add(debit.end_to_end_id)
        check_amount(Transfer(debit.end_to_end_id, debit.amount, "EUR", debit.of), row)
        check_sepa(debit.of, row)
        if not MANDATE.fullmatch(debit.mandate) or debit.signed_on > order.created_at.date():
            raise Refusal("mandate_wrong", N_("Debit %(row)d: “%(found)s” is no mandate signed by now."),
                          row=row, field="mandate", found=debit.mandate)  # fmt: skip
        if debit.sequence not in SEQUENCES:
            raise Refusal("sequence_wrong", N_("Debit %(row)d: “%(found)s” is no sequence type."),
                          row=row, field="sequence", found=debit.sequence)  # fmt: skip


def check_sepa(account: Account, row: int) -> None:
    check_account(account, "debtor" if row else "creditor", row)
    if account.plain_iban[:2] not in SEPA_COUNTRIES:
        raise Refusal("account_not_sepa", N_("%(found)s is outside SEPA; it cannot be debited."),
                      field="iban", found=account.plain_iban or account.number or "", row=row)  # fmt: skip


def is_creditor_id(text: str) -> bool:
    """Check digits by ISO 7064 mod 97-10 over country and national part; the business code does not count."""
    digits = "".join(str(int(c, 36)) for c in text[7:] + text[:4])
    return int(digits) % 97 == 1


def batch(message: Any, order: DebitOrder, number: int, sequence: str, version: str) -> None:
    debits = [d for d in order.debits if d.sequence == sequence]
    info = add(message, "PmtInf")
    add(info, "PmtInfId", f"{order.message_id[:31].rstrip(' /')}-{number}")
    add(info, "PmtMtd", "DD")
    add(info, "BtchBookg", "true" if order.batch_booking else "false")
    totals(info, debits)
    kind = add(info, "PmtTpInf")
    add(add(kind, "SvcLvl"), "Cd", "SEPA")
    add(add(kind, "LclInstrm"), "Cd", order.scheme)
    add(kind, "SeqTp", sequence)
    add(info, "ReqdColltnDt", order.collect_on.isoformat())
    add(add(info, "Cdtr"), "Nm", written_name(order.creditor, 0))
    account_id(add(info, "CdtrAcct"), order.creditor)
    bank(add(info, "CdtrAgt"), order.creditor, version)
    add(info, "ChrgBr", "SLEV")
    other = add(add(add(add(info, "CdtrSchmeId"), "Id"), "PrvtId"), "Othr")
    add(other, "Id", order.creditor_id)
    add(add(other, "SchmeNm"), "Prtry", "SEPA")
    for debit in debits:
        transaction(info, debit, order.debits.index(debit) + 1, version)


def transaction(info: Any, debit: Debit, row: int, version: str) -> None:
    tx = add(info, "DrctDbtTxInf")
    add(add(tx, "PmtId"), "EndToEndId", debit.end_to_end_id)
    add(tx, "InstdAmt", f"{debit.amount:.2f}").set("Ccy", "EUR")
    mandate = add(add(tx, "DrctDbtTx"), "MndtRltdInf")
    add(mandate, "MndtId", debit.mandate)
    add(mandate, "DtOfSgntr", debit.signed_on.isoformat())
    bank(add(tx, "DbtrAgt"), debit.of, version)
    add(add(tx, "Dbtr"), "Nm", sepa_text(written_name(debit.of, row), NAME_LIMIT))
    account_id(add(tx, "DbtrAcct"), debit.of)
    if text := sepa_text(debit.remittance, REMITTANCE_LIMIT):
        add(add(tx, "RmtInf"), "Ustrd", text)


def bank(parent: Any, account: Account, version: str) -> None:
    if version == "08" or not account.bic:
        agent(parent, account)
        return
    add(add(parent, "FinInstnId"), "BIC", account.bic)


def totals(parent: Any, debits: Iterable[Debit]) -> None:
    listed = list(debits)
    add(parent, "NbOfTxs", str(len(listed)))
    add(parent, "CtrlSum", f"{sum((d.amount for d in listed), Decimal(0)):.2f}")
