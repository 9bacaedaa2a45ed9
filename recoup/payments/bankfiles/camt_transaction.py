"""The facts of one TxDtls of camt.052/053/054, in any version from 01 to 13. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from recoup.payments.bankfiles import reading
from recoup.payments.bankfiles.identity import reference
from recoup.payments.bankfiles.stream import Node, money, node, text


@dataclass(frozen=True, slots=True)
class Party:
    name: str | None = None
    account: str | None = None


NOBODY = Party()


@dataclass(frozen=True, slots=True)
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


def transaction(of: Node) -> Transaction:
    """The facts of a folded TxDtls; names by `Nm`, `Pty/Nm` (version 8 on) or the bank's own name."""
    remittance = of.get("RmtInf", ())
    infos = [info for info in remittance if isinstance(info, dict)]
    structured = [s for info in infos for s in info.get("Strd", ()) if isinstance(s, dict)]
    refs = node(of, "Refs")
    return Transaction(
        amounts=amounts(of),
        instructed=read(money(of, "AmtDtls", "InstdAmt", "Amt")),
        direction=text(of, "CdtDbtInd"),
        debtor=party(of, "Dbtr"),
        creditor=party(of, "Cdtr"),
        end_to_end_id=text(refs, "EndToEndId"),
        reference=joined([text(s, "CdtrRefInf", "Ref") or text(s, "CdtrRefInf", "CdtrRef") for s in structured], "|"),
        remittance=joined([u for info in infos for u in info.get("Ustrd", ()) if isinstance(u, str)], " "),
        return_reason=return_reason(of),
        bank_reference=reference(text(refs, "AcctSvcrRef")),
        mandate_id=text(refs, "MndtId"),
        code=bank_code(node(of, "BkTxCd")),
        additional=reading.clean(text(of, "AddtlTxInf")),
        documents=tuple(d for s in structured for d in document_numbers(s)),
    )  # fmt: skip


def amounts(of: Node) -> tuple[tuple[Decimal, str], ...]:
    """The transaction's own amount, else what it came to, else what was instructed."""
    details = node(of, "AmtDtls")
    given = (
        money(of, "Amt"),
        money(details, "TxAmt", "Amt"),
        money(details, "CntrValAmt", "Amt"),
        money(details, "InstdAmt", "Amt"),
    )
    return tuple(found for found in map(read, given) if found)


def read(given: tuple[str, str] | None) -> tuple[Decimal, str] | None:
    if given is None:
        return None
    amount = reading.amount(given[0])
    return None if amount is None else (amount, given[1])


def party(of: Node, role: str) -> Party:
    """Debtor or creditor; the ultimate party where the bank names only that."""
    parties = node(of, "RltdPties")
    name = party_name(node(parties, role)) or party_name(node(parties, f"Ultmt{role}"))
    account = account_id(node(parties, f"{role}Acct"))
    return Party(name, account) if name or account else NOBODY


def party_name(of: Node) -> str | None:
    return reading.clean(
        text(of, "Pty", "Nm") or text(of, "Nm") or text(of, "Agt", "FinInstnId", "Nm")
        or text(of, "Pty", "PstlAdr", "AdrLine") or text(of, "PstlAdr", "AdrLine")
    )  # fmt: skip


def account_id(of: Node) -> str | None:
    """The IBAN, or the bank's own number, of a folded account."""
    ids = node(of, "Id")
    return (
        text(ids, "IBAN") or text(ids, "Othr", "Id") or text(ids, "BBAN")
        or text(ids, "PrtryAcct", "Id") or text(ids, "UPIC")
    )  # fmt: skip


def return_reason(of: Node) -> str | None:
    """The ISO reason code of a return (AC04 account closed, MD06 refund asked …)."""
    info = node(of, "RtrInf")
    return (
        text(info, "Rsn", "Cd") or text(info, "Rsn", "Prtry")
        or text(info, "RtrRsn", "Cd") or text(info, "RtrRsn", "Prtry")
    )  # fmt: skip


def bank_code(of: Node) -> str | None:
    """Domain/family/sub-family, else the bank's own code."""
    domain = node(of, "Domn")
    parts = (text(domain, "Cd"), text(domain, "Fmly", "Cd"), text(domain, "Fmly", "SubFmlyCd"))
    return "/".join(p for p in parts if p) or text(of, "Prtry", "Cd")


def document_numbers(of: Node) -> list[str]:
    """Numbers of the invoices a structured remittance refers to."""
    documents = [d for d in of.get("RfrdDocInf", ()) if isinstance(d, dict)]
    return [n for d in documents if (n := text(d, "Nb") or text(d, "RfrdDocNb"))]


def joined(texts: list[str | None], by: str) -> str | None:
    return reading.clean(by.join(t for t in texts if t))
