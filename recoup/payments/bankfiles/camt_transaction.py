"""The facts of one TxDtls of camt.052/053/054, in any version from 01 to 13. Pure."""

import sys
from collections.abc import Sequence
from decimal import Decimal

from recoup.kernel.sheets import sheet
from recoup.payments.bankfiles import reading
from recoup.payments.bankfiles.identity import reference
from recoup.payments.bankfiles.stream import Flat, Node, first, flat_money, node, text

AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt")
# AC04 account closed, MD06 refund asked …: the ISO code, or the bank's own.
RETURN_REASONS = ("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry", "RtrInf/RtrRsn/Cd", "RtrInf/RtrRsn/Prtry")
DOCUMENTS = ("RmtInf/Strd/RfrdDocInf/Nb", "RmtInf/Strd/RfrdDocInf/RfrdDocNb")
DOMAIN = ("BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd")
NAMES = ("Pty/Nm", "Nm", "Agt/FinInstnId/Nm")
ADDRESSES = ("Pty/PstlAdr/AdrLine", "PstlAdr/AdrLine")
ACCOUNTS = ("IBAN", "Othr/Id", "BBAN", "PrtryAcct/Id", "UPIC")
PARTIES = {
    role: (
        (
            *(f"RltdPties/{role}/{name}" for name in NAMES),
            *(f"RltdPties/Ultmt{role}/{name}" for name in NAMES[:2]),
            *(f"RltdPties/{role}/{line}" for line in ADDRESSES),
        ),
        tuple(f"RltdPties/{role}Acct/Id/{kind}" for kind in ACCOUNTS),
    )
    for role in ("Dbtr", "Cdtr")
}


@sheet(frozen=True, slots=True)
class Party:
    name: str | None = None
    account: str | None = None


NOBODY = Party()


@sheet(frozen=True, slots=True)
class Transaction:
    """What a TxDtls says; `amounts` are those it gives, best first, unsigned."""

    amounts: tuple[tuple[Decimal, str], ...]
    instructed: tuple[Decimal, str] | None
    direction: str | None
    debtor: Party
    creditor: Party
    end_to_end_id: str | None
    reference: str | None
    remittance: str | None
    return_reason: str | None
    bank_reference: str | None
    mandate_id: str | None
    code: str | None
    additional: str | None
    documents: tuple[str, ...]


def transaction(of: Flat) -> Transaction:
    """The facts of a flattened TxDtls; names by `Nm`, `Pty/Nm` (version 8 on) or the bank's own name."""
    instructed = of.get("AmtDtls/InstdAmt/Amt")
    references = of.get("RmtInf/Strd/CdtrRefInf/Ref") or of.get("RmtInf/Strd/CdtrRefInf/CdtrRef")
    return Transaction(
        amounts=amounts(of),
        instructed=read(flat_money(of, "AmtDtls/InstdAmt/Amt")) if instructed else None,
        direction=first(of, "CdtDbtInd"),
        debtor=party(of, "Dbtr"),
        creditor=party(of, "Cdtr"),
        end_to_end_id=first(of, "Refs/EndToEndId"),
        reference=joined(references, "|"),
        remittance=joined(of.get("RmtInf/Ustrd"), " "),
        return_reason=first(of, *RETURN_REASONS),
        bank_reference=reference(first(of, "Refs/AcctSvcrRef")),
        mandate_id=first(of, "Refs/MndtId"),
        code=bank_code(of),
        additional=reading.clean(first(of, "AddtlTxInf")),
        documents=tuple(
            n for path in DOCUMENTS for n in of.get(path, ()) if n
        ),
    )  # fmt: skip


def amounts(of: Flat) -> tuple[tuple[Decimal, str], ...]:
    """The transaction's own amount, else what it came to, else what was instructed."""
    return tuple(found for path in AMOUNTS if path in of and (found := read(flat_money(of, path))))


def read(given: tuple[str, str] | None) -> tuple[Decimal, str] | None:
    if given is None:
        return None
    amount = reading.amount(given[0])
    return None if amount is None else (amount, given[1])


def party(of: Flat, role: str) -> Party:
    """Debtor or creditor; the ultimate party where the bank names only that."""
    names, accounts = PARTIES[role]
    name, account = first(of, *names), first(of, *accounts)
    return Party(reading.clean(name), account) if name or account else NOBODY


def bank_code(of: Flat) -> str | None:
    """Domain/family/sub-family, else the bank's own code."""
    domain = [p for path in DOMAIN if (p := first(of, path))]
    code = "/".join(domain) or first(of, "BkTxCd/Prtry/Cd")
    return sys.intern(code) if code else None


def joined(texts: Sequence[str] | None, by: str) -> str | None:
    return reading.clean(by.join(t for t in texts if t)) if texts else None


def party_name(of: Node) -> str | None:
    """The name of a folded party."""
    return reading.clean(text(of, "Pty", "Nm") or text(of, "Nm"))


def account_id(of: Node) -> str | None:
    """The IBAN, or the bank's own number, of a folded account."""
    ids = node(of, "Id")
    return (
        text(ids, "IBAN") or text(ids, "Othr", "Id") or text(ids, "BBAN")
        or text(ids, "PrtryAcct", "Id") or text(ids, "UPIC")
    )  # fmt: skip
