"""Bank files made for the tests: no bank's data."""

from collections.abc import Sequence

ACCOUNT = "DE02120300000000202051"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
BODIES = {
    "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


def amt(amount: str, currency: str = "EUR") -> str:
    return f'<Amt Ccy="{currency}">{amount}</Amt>'


def balance(
    code: str, amount: str, side: str = "CRDT", on: str = "2026-11-20", currency: str = "EUR"
) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{amt(amount, currency)}"
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def tx(
    amount: str = "", name: str = "", *, side: str = "", ref: str = "", ustrd: Sequence[str] = (), e2e: str = "",
    bank_ref: str = "", iban: str = "", role: str = "Dbtr", pty: bool = False, reason: str = "", extra: str = "",
    currency: str = "EUR",
) -> str:  # fmt: skip
    refs = f"<AcctSvcrRef>{bank_ref}</AcctSvcrRef>" if bank_ref else ""
    refs += f"<EndToEndId>{e2e}</EndToEndId>" if e2e else ""
    named = f"<Pty><Nm>{name}</Nm></Pty>" if pty else f"<Nm>{name}</Nm>"
    party = f"<{role}>{named}</{role}>" if name else ""
    party += f"<{role}Acct><Id><IBAN>{iban}</IBAN></Id></{role}Acct>" if iban else ""
    remittance = "".join(f"<Ustrd>{u}</Ustrd>" for u in ustrd)
    remittance += f"<Strd><CdtrRefInf><Ref>{ref}</Ref></CdtrRefInf></Strd>" if ref else ""
    return (
        "<TxDtls>" + (f"<Refs>{refs}</Refs>" if refs else "") + (amt(amount, currency) if amount else "")
        + (f"<CdtDbtInd>{side}</CdtDbtInd>" if side else "") + extra
        + (f"<RltdPties>{party}</RltdPties>" if party else "")
        + (f"<RmtInf>{remittance}</RmtInf>" if remittance else "")
        + (f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if reason else "") + "</TxDtls>"
    )  # fmt: skip


def entry(
    amount: str, side: str = "CRDT", *, status: str = "<Sts>BOOK</Sts>", ref: str = "", details: str = "",
    booked: str = "<Dt>2026-11-20</Dt>", valued: str = "<Dt>2026-11-20</Dt>", reversal: str = "",
    currency: str = "EUR", info: str = "",
) -> str:  # fmt: skip
    return (
        f"<Ntry>{amt(amount, currency)}<CdtDbtInd>{side}</CdtDbtInd>"
        + (f"<RvslInd>{reversal}</RvslInd>" if reversal else "")
        + f"{status}<BookgDt>{booked}</BookgDt><ValDt>{valued}</ValDt>"
        + (f"<AcctSvcrRef>{ref}</AcctSvcrRef>" if ref else "")
        + (f"<NtryDtls>{details}</NtryDtls>" if details else "")
        + (f"<AddtlNtryInf>{info}</AddtlNtryInf>" if info else "") + "</Ntry>"
    )  # fmt: skip


def statement(
    *entries: str, opening: str = "100.00", closing: str = "100.00", id: str = "S-1", unit: str = "Stmt",
    account: str = ACCOUNT, currency: str = "EUR", balances: str | None = None, copy: str = "", seq: str = "117",
) -> str:  # fmt: skip
    if balances is None:
        balances = balance("OPBD", opening, currency=currency) + balance(
            "CLBD", closing, currency=currency
        )
    return (
        f"<{unit}><Id>{id}</Id><ElctrncSeqNb>{seq}</ElctrncSeqNb>" + (f"<CpyDplctInd>{copy}</CpyDplctInd>" if copy else "")
        + f"<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy></Acct>{balances}{''.join(entries)}</{unit}>"
    )  # fmt: skip


def camt(
    *statements: str,
    name: str = "camt.053",
    version: str = "08",
    namespace: str | None = None,
    message_id: str = "M-1",
) -> bytes:
    body, _ = BODIES[name]
    namespace = f"{NAMESPACE}{name}.001.{version}" if namespace is None else namespace
    declared = f' xmlns="{namespace}"' if namespace else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document{declared}><{body}><GrpHdr><MsgId>{message_id}</MsgId></GrpHdr>'
        f"{''.join(statements)}</{body}></Document>"
    ).encode()


MT940 = """\
{1:F01BANKDEFFXXXX0000000000}{2:I940BANKDEFFXXXXN}{4:
:20:STARTUMSE
:25:10020030/1234567
:28C:00017/001
:60F:C261119EUR1000,00
:61:2611201120CR119,00NTRFNONREF//BANKREF0001
:86:166?00GUTSCHRIFT?109310?20EREF+E2E-4711?21SVWZ+R-2026-000123 Re?22chnung
 4711?30BANKDEFFXXX?31DE89370400440532013000?32Mueller und Soehne Bauteile?33 GmbH
:61:2611201120RCR19,00N068NONREF
:86:109?00RETOURE?20SVWZ+RUECKGABE AC04 KONTO ERLOSCHEN?32MUSTER AG?34902
:61:2611201120RDR5,00N068NONREF
:86:899?00STORNO?20STORNO ENTGELT
:61:2611201120DR100,00NMSCNONREF
:62F:C261120EUR1005,00
-}
"""


def mt940(
    *lines: str,
    opening: str = "C261119EUR0,00",
    closing: str = "C261120EUR0,00",
    number: str = "1/1",
) -> bytes:
    return (
        f":20:STARTUMS\n:25:10020030/1234567\n:28C:{number}\n:60F:{opening}\n"
        + "".join(f"{line}\n" for line in lines) + f":62F:{closing}\n-\n"
    ).encode()  # fmt: skip
