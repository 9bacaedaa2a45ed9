import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from recoup.kernel.refusal import Refusal
from recoup.payments.transfers import (
    Account,
    Transfer,
    TransferOrder,
    changes,
    is_sepa,
    pain001,
    validate_pain001,
)
from recoup.payments.transfers.charset import ALLOWED, sepa_text

DEBTOR = Account("Recoup Client Funds", iban="DE02 1203 0000 0000 2020 51", bic="BYLADEM1001")
EUR = Transfer(
    "E-1", Decimal("10.50"), "EUR", Account("Muster AG", iban="NL91ABNA0417164300"), "Remittance 7"
)
SEK = Transfer(
    "E-2",
    Decimal(100),
    "SEK",
    Account("Åkeri AB", number="5050-1055", scheme="BGNR", country="SE"),
    reference="123455",
)
GBP = Transfer(
    "E-3",
    Decimal("5.00"),
    "GBP",
    Account("Ltd", number="31926819", clearing_system="GBDSC", clearing_number="601613"),
)
HKD = Transfer(
    "E-4",
    Decimal("7.1"),
    "HKD",
    Account("Wing Ltd", number="123-456789-001", bic="HSBCHKHHHKH"),
    reference="RF18539007547034",
)
ORDER = TransferOrder(
    "RC-1", datetime(2026, 11, 21, 12, tzinfo=UTC), date(2026, 11, 23), DEBTOR, (EUR, SEK, GBP, HKD)
)
NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


def one(transfer: Transfer, **changed: object) -> TransferOrder:
    return replace(ORDER, transfers=(replace(transfer, **changed),))


def at(content: bytes, path: str) -> list[str]:
    steps = "/".join(f"p:{s}" for s in path.split("/"))
    return [e.text or "" for e in etree.fromstring(content).iterfind(f".//{steps}", NS)]


def test_an_order_in_four_currencies_is_valid_and_adds_up() -> None:
    content = pain001(ORDER)
    assert validate_pain001(content) is None
    assert at(content, "GrpHdr/NbOfTxs") == ["4"]
    assert at(content, "GrpHdr/CtrlSum") == ["122.60"]
    assert at(content, "InstdAmt") == ["10.50", "100.00", "5.00", "7.10"]
    assert at(content, "EndToEndId") == ["E-1", "E-2", "E-3", "E-4"]
    assert at(content, "SvcLvl/Cd") == ["SEPA"]
    assert at(content, "ChrgBr") == ["SLEV", "SHAR", "SHAR", "SHAR"]
    assert at(content, "CdtrAcct/Id/IBAN") == ["NL91ABNA0417164300"]
    assert at(content, "CdtrAcct/Id/Othr/Id") == ["5050-1055", "31926819", "123-456789-001"]
    assert at(content, "CdtrRefInf/Ref") == ["123455", "RF18539007547034"]
    assert at(content, "Tp/Issr") == ["ISO"]


def test_the_same_order_gives_the_same_bytes() -> None:
    assert pain001(ORDER) == pain001(ORDER)
    assert at(pain001(ORDER), "GrpHdr/MsgId") == ["RC-1"]
    assert at(pain001(ORDER), "CreDtTm") == ["2026-11-21T12:00:00+00:00"]


def test_sepa_is_euro_between_ibans_of_the_scheme() -> None:
    assert is_sepa(ORDER, EUR)
    assert not is_sepa(ORDER, replace(EUR, currency="SEK"))
    assert not is_sepa(ORDER, replace(EUR, to=replace(EUR.to, iban="TR330006100519786457841326")))


@pytest.mark.parametrize("amount", ["0", "0.00", "-1", "NaN", "Infinity", "1000000000", "-0.01"])
def test_po05_an_amount_that_cannot_be_paid_is_refused(amount: str) -> None:
    with pytest.raises(Refusal) as refused:
        pain001(one(EUR, amount=Decimal(amount)))
    assert refused.value.code == "amount_not_payable"


def test_po05_more_decimals_than_the_currency_has_and_floats_are_refused() -> None:
    with pytest.raises(Refusal, match="more decimals"):
        pain001(one(EUR, amount=Decimal("1.005")))
    with pytest.raises(TypeError):
        pain001(one(EUR, amount=1.5))


def test_po06_names_are_spelled_for_banks_and_every_change_is_listed() -> None:
    order = one(
        EUR,
        to=Account("Müller & Łódź <ß> 😀 " + "x" * 140, iban="NL91ABNA0417164300"),
        remittance="Überweisung «7»",
    )
    content = pain001(order)
    (name,) = at(content, "Cdtr/Nm")
    assert name.startswith("Mueller + Lodz ss xxx")
    assert len(name) == 70
    assert at(content, "Ustrd") == ["Ueberweisung 7"]
    assert [(c.row, c.field) for c in changes(order)] == [(1, "to.name"), (1, "remittance")]
    assert changes(order)[0].original == order.transfers[0].to.name
    assert changes(one(EUR)) == []


@pytest.mark.parametrize("name", ["香港貿易有限公司", "株 A", "😀", "", "***"])
def test_po06_a_name_that_banks_cannot_write_is_refused(name: str) -> None:
    if name == "株 A":
        assert at(pain001(one(EUR, to=replace(EUR.to, name=name))), "Cdtr/Nm") == ["A"]
        return
    with pytest.raises(Refusal) as refused:
        pain001(one(EUR, to=replace(EUR.to, name=name)))
    assert refused.value.code == "name_not_writable"


@pytest.mark.parametrize("account, code", [
    (Account("A", iban="DE00120300000000202051"), "iban_invalid"),
    (Account("A", iban="DE0212030000000020205"), "iban_invalid"),
    (Account("A", iban=""), "iban_invalid"),
    (Account("A", iban="NL91ABNA0417164300", bic="HELLO"), "bic_invalid"),
    (Account("A", iban="NL91ABNA0417164300", bic="abnanl2a"), "bic_invalid"),
    (Account("A"), "account_missing"),
    (Account("A", number="1234567"), "bank_missing"),
    (Account("A", number="1<2", bic="ABNANL2A"), "account_missing"),
    (Account("A", number="123", clearing_number="601613"), "clearing_incomplete"),
])  # fmt: skip
def test_po11_a_bad_account_is_refused(account: Account, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        pain001(one(EUR, to=account))
    assert (refused.value.code, refused.value.params["row"]) == (code, 1)


@pytest.mark.parametrize("message_id", ["", "x" * 36, "/a", "a/", "a//b", "ä", "a\n"])
def test_identifiers_are_plain(message_id: str) -> None:
    with pytest.raises(Refusal) as refused:
        pain001(replace(ORDER, message_id=message_id))
    assert refused.value.code == "id_not_plain"


def test_an_end_to_end_id_comes_once_and_an_order_is_not_empty() -> None:
    with pytest.raises(Refusal, match="repeats"):
        pain001(replace(ORDER, transfers=(EUR, EUR)))
    with pytest.raises(Refusal, match="at least one"):
        pain001(replace(ORDER, transfers=()))


@pytest.mark.parametrize("old, new, code", [
    (b"<NbOfTxs>4", b"<NbOfTxs>5", "pain001_count"),
    (b"<CtrlSum>122.60", b"<CtrlSum>122.61", "pain001_sum"),
    (b"<CtrlSum>10.50", b"<CtrlSum>10.51", "pain001_sum"),
    (b"<PmtMtd>TRF</PmtMtd>", b"", "pain001_invalid"),
    (b"pain.001.001.09", b"pain.001.001.99", "pain001_version"),
    (b"</Document>", b"", "xml_broken"),
])  # fmt: skip
def test_a_tampered_order_is_refused(old: bytes, new: bytes, code: str) -> None:
    content = pain001(ORDER)
    assert old in content
    with pytest.raises(Refusal) as refused:
        validate_pain001(
            content.replace(old, new, 1) if old != b"pain.001.001.09" else content.replace(old, new)
        )
    assert refused.value.code == code


def test_an_objection_does_not_repeat_an_endless_value() -> None:
    long = pain001(ORDER).replace(b"<NbOfTxs>4", b"<NbOfTxs>" + b"9" * 5000, 1)
    with pytest.raises(Refusal) as refused:
        validate_pain001(long)
    assert refused.value.code == "pain001_invalid" and len(refused.value.sentence()) < 500


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 10**10), min_size=1, max_size=6),
    st.text(min_size=1, max_size=150),
    st.text(max_size=200),
)
def test_any_texts_and_amounts_give_a_valid_file_or_a_refusal(
    cents: list[int], name: str, text: str
) -> None:
    transfers = tuple(
        Transfer(f"E-{n}", Decimal(c) / 100, "EUR", Account(name, iban="NL91ABNA0417164300"), text)
        for n, c in enumerate(cents)
    )
    try:
        content = pain001(replace(ORDER, transfers=transfers))
    except Refusal as refusal:
        assert refusal.code == "name_not_writable"
        return
    assert at(content, "GrpHdr/CtrlSum") == [f"{Decimal(sum(cents)) / 100:.2f}"]


@given(st.text(max_size=300), st.integers(1, 140))
def test_written_text_is_plain_short_and_stable(text: str, limit: int) -> None:
    written = sepa_text(text, limit)
    assert len(written) <= limit
    assert all(ALLOWED.fullmatch(c) for c in written)
    assert "//" not in written
    assert sepa_text(written, limit) == written


ROOT = Path(__file__).resolve().parents[4].parent / "shared/data/03_payment_files/open"
there = pytest.mark.skipif(
    not ROOT.is_dir(), reason="the shared payment files are not beside the project"
)


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((ROOT / name).read_text("utf-8").splitlines(keepends=True)))


@there
def test_other_peoples_orders_are_judged_as_their_ground_truth_says() -> None:
    judged = 0
    for row in rows("GROUND_TRUTH.csv"):
        if not row["message"].startswith("pain.001.001.") or ".ch." in row["schema"]:
            continue
        fine = all(row[k] == "True" for k in ("schema_valid", "count_ok", "sum_ok"))
        judged += 1
        if fine:
            validate_pain001((ROOT / row["file"]).read_bytes(), file=row["file"])
            continue
        with pytest.raises(Refusal):
            validate_pain001((ROOT / row["file"]).read_bytes(), file=row["file"])
    assert judged >= 5


@there
def test_other_peoples_spellings() -> None:
    for row in rows("VECTORS_sepa_charset.csv"):
        assert sepa_text(row["input"], 140) == row["expected"], row


SCHEMAS = ROOT.parent / "schemas"


@pytest.mark.parametrize("version", ["03", "09"])
def test_each_version_is_valid_against_its_schema(version: str) -> None:
    content = pain001(ORDER, version=version)
    validate_pain001(content)
    path = SCHEMAS / f"pain.001.001.{version}.xsd"
    if not path.exists():
        pytest.skip("needs the shared data's schemas")
    assert etree.XMLSchema(etree.parse(str(path))).validate(etree.fromstring(content))
    space = {"p": f"urn:iso:std:iso:20022:tech:xsd:pain.001.001.{version}"}
    tree = etree.fromstring(content)
    assert tree.findtext("p:CstmrCdtTrfInitn/p:GrpHdr/p:NbOfTxs", namespaces=space) == "4"
    assert bool(tree.findall(".//p:BICFI", space)) is (version == "09")


def test_there_are_two_versions() -> None:
    with pytest.raises(ValueError, match="version"):
        pain001(ORDER, version="08")
