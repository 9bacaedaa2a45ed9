"""The free text of MT940 (:86:, :NS:) in the dialects of German, Dutch and other banks. Pure."""

import re
from typing import NamedTuple

from recoup.payments.bankfiles import reading

GERMAN = re.compile(r"\s*(\d{3})\s*([?>~@+|])(?=\d{2})", re.ASCII)
SEPA_KEYS = "EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|BREF|RREF|IBAN|BIC|PURP|RTRN"
SEPA = re.compile(rf"({SEPA_KEYS})\+", re.ASCII)
DUTCH_KEYS = (
    "TRTP|IBAN|BBAN|BIC|NAME|REMI|EREF|PREF|IREF|RREF|KREF|MARF|CSID|TRCD|BENM|ORDP|ULTB|ULTD|UDTR|UCRD|CNTP|"
    "ISDT|RTRN|PURP|SUM|ACCW|ADDR|ID|OCMT|CHGS|EXCH|SVCL|OGB|VA|SVLV|CPRF|OSDR|PT|PY"
)
DUTCH = re.compile(rf"/({DUTCH_KEYS})/", re.ASCII)
REASON = re.compile(
    r"\b(A[CGM]\d{2}|BE0[1-9]|CNOR|DNOR|FOCR|MD0[1-9]|MS0[23]|NARR|RC01|RR0[1-4]|SL01|TM01|CUST|DUPL|TECH|UPAY)\b",
    re.ASCII,
)
# Text key additions of the German interface for returned payments (DFÜ agreement, annex 3).
GERMAN_REASONS = {
    "901": "AC01",
    "902": "AC04",
    "903": "AC06",
    "904": "AG01",
    "905": "AG02",
    "914": "MS03",
}
GERMAN_RETURNS = frozenset({"108", "109", "159"})
# Subfield 32 holds 27 characters; a longer name runs on in 33.
FULL_NAME = 27
LEADING_ACCOUNT = re.compile(r"([A-Z]{2}\d{2}[A-Z0-9]{10,30}|\d{9,10})[ ]+(\S[^\n]*)", re.ASCII)


class Details(NamedTuple):
    """What the free text says, each None where it says nothing."""

    code: str | None = None
    counterparty: str | None = None
    account: str | None = None
    end_to_end_id: str | None = None
    mandate_id: str | None = None
    remittance: str | None = None
    return_reason: str | None = None
    reference: str | None = None


def details(lines: tuple[str, ...]) -> Details:
    """Whichever dialect the text is written in; plain text becomes the remittance."""
    whole = "".join(lines)
    german = GERMAN.match(whole)
    if german:
        return german_details(whole, german[1], german[2])
    if len(DUTCH.findall(whole)) >= 2 or DUTCH.match(whole.lstrip()):
        return dutch_details(whole)
    return plain_details(lines)


def german_details(whole: str, code: str, mark: str) -> Details:
    """Business code and ?xx subfields: 20–29, 60–63 purpose, 30 bank, 31 account, 32–33 name, 34 reason."""
    parts = re.split(rf"{re.escape(mark)}(\d{{2}})", whole)
    fields: dict[str, str] = {}
    for number, value in zip(parts[1::2], parts[2::2], strict=True):
        fields[number] = fields.get(number, "") + value
    purpose = "".join(v for n, v in fields.items() if "20" <= n <= "29" or "60" <= n <= "63")
    keyed = split_keys(SEPA, purpose)
    first, second = fields.get("32", ""), fields.get("33", "")
    name = first + second if len(first) >= FULL_NAME else f"{first.strip()} {second.strip()}"
    account = fields.get("38") or fields.get("31")
    remittance = keyed.get("SVWZ") if "SVWZ" in keyed else (keyed.get("") if keyed else purpose)
    return Details(
        code=code,
        counterparty=reading.clean(name) or reading.clean(keyed.get("ABWA")),
        account=reading.clean(account) or reading.clean(keyed.get("IBAN")),
        end_to_end_id=reading.clean(keyed.get("EREF")),
        mandate_id=reading.clean(keyed.get("MREF")),
        remittance=reading.clean(remittance) or reading.clean(fields.get("00")),
        return_reason=german_reason(code, fields.get("34", ""), purpose),
    )


def german_reason(code: str, addition: str, purpose: str) -> str | None:
    if code not in GERMAN_RETURNS:
        return None
    found = REASON.search(purpose)
    return found[1] if found else GERMAN_REASONS.get(addition.strip()[:3])


def split_keys(keys: re.Pattern[str], text: str) -> dict[str, str]:
    """Text by the key before it, the first of equal keys; what stands before all keys under ""."""
    parts = keys.split(text)
    found = {"": parts[0]}
    for key, value in zip(parts[1::2], parts[2::2], strict=True):
        found.setdefault(key, value)
    return found


def dutch_details(whole: str) -> Details:
    """/KEY/value pairs of Dutch banks and the Swift code words."""
    keyed = {
        key: value.strip().strip("/").strip() for key, value in split_keys(DUTCH, whole).items()
    }
    reason = REASON.search(keyed.get("RTRN", ""))
    account = keyed.get("IBAN") or keyed.get("BBAN") or keyed.get("ACCW", "").split(",")[0]
    party = keyed.get("CNTP", "").split("/")
    if len(party) >= 3:
        account, keyed["NAME"] = account or party[0], keyed.get("NAME") or party[2]
    side = next((p for k in ("ORDP", "BENM") if (p := plain_party(keyed.get(k, "")))), None)
    return Details(
        code=reading.clean(keyed.get("TRTP") or keyed.get("TRCD")),
        counterparty=reading.clean(keyed.get("NAME")) or side,
        account=reading.clean(account),
        end_to_end_id=reading.clean(keyed.get("EREF")),
        mandate_id=reading.clean(keyed.get("MARF")),
        remittance=reading.clean(remittance_text(keyed.get("REMI")))
        or reading.clean(keyed.get("")),
        return_reason=reason[1] if reason else None,
        reference=structured(keyed.get("REMI")),
    )


def plain_party(text: str) -> str | None:
    return None if not text or text.startswith("/") else reading.clean(text)


def remittance_text(text: str | None) -> str | None:
    """Remittance without the Dutch markers of structured (STRD) and unstructured (USTD) text."""
    return re.sub(r"^/*(?:USTD//|STRD/CUR/)", "", text) if text else None


def structured(text: str | None) -> str | None:
    found = re.match(r"/*STRD/(?:CUR|ISO)/([^/]+)", text) if text else None
    return found[1].strip() if found else None


def plain_details(lines: tuple[str, ...]) -> Details:
    """Free text: the lines as they are; an account and a name at the very start are the counterparty."""
    kept = [line.strip() for line in lines if line.strip()]
    first = LEADING_ACCOUNT.match(kept[0]) if kept else None
    name, account = (first[2], first[1]) if first and len(kept) > 1 else (None, None)
    return Details(
        counterparty=reading.clean(name), account=account, remittance=reading.clean("\n".join(kept))
    )


def ns_details(lines: tuple[str, ...]) -> Details:
    """The :NS: field of some German banks: 01–14 purpose, 15–16 name, 18 account."""
    fields = {line[:2]: line[2:].strip() for line in lines if line[:2].isdigit()}
    purpose = " ".join(v for n, v in fields.items() if "01" <= n <= "14" and v)
    name = " ".join(v for n in ("15", "16") if (v := fields.get(n)))
    return Details(
        counterparty=reading.clean(name), account=reading.clean(fields.get("18")),
        remittance=reading.clean(purpose),
    )  # fmt: skip
