"""Direct debits as files: valid against the XSD, with right counts and sums; wrong ones refused with the reason."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from recoup.console.payment_file import check, run
from recoup.kernel.refusal import Refusal
from recoup.payments.transfers import Account, validate_payment_file
from recoup.payments.transfers.pain008 import Debit, DebitOrder, is_creditor_id, pain008

CREDITOR = Account("Recoup Client Funds", iban="DE02120300000000202051", bic="BYLADEM1001")
ONE = Debit("DD-1", Decimal("120.50"), Account("Müller & Söhne GmbH", iban="NL91ABNA0417164300"), "M-1", date(2026, 11, 1), "FRST", "R-2026-000123")  # fmt: skip
TWO = replace(ONE, end_to_end_id="DD-2", amount=Decimal("79.50"), mandate="M-2", sequence="RCUR")
ORDER = DebitOrder("PAY-2026-000001", datetime(2026, 11, 20, 9, tzinfo=UTC), date(2026, 12, 4), CREDITOR,
                   "DE98ZZZ09999999999", "CORE", (ONE, TWO, replace(TWO, end_to_end_id="DD-3")))  # fmt: skip


@pytest.mark.parametrize("version", ["02", "08"])
def test_a_file_is_valid_with_its_own_count_and_sum(version):
    content = pain008(ORDER, version=version)
    found = validate_payment_file(content, file="x")
    assert (found["transactions"], found["sum"], found["format"]) == (
        3,
        "279.50",
        f"pain.008.001.{version}",
    )
    assert content == pain008(ORDER, version=version), "the same order is the same bytes"
    root = etree.fromstring(content)
    said = [e.text for e in root.iter() if etree.QName(e).localname in ("SeqTp", "MndtId", "Cd")]
    assert said == ["SEPA", "CORE", "FRST", "M-1", "SEPA", "CORE", "RCUR", "M-2", "M-2"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"debits": ()}, "order_empty"), ({"creditor_id": "DE99ZZZ09999999999"}, "creditor_id_wrong"),
        ({"debits": (ONE, ONE)}, "end_to_end_id_twice"), ({"message_id": "ä"}, "id_not_plain"),
        ({"debits": (replace(ONE, sequence="XXXX"),)}, "sequence_wrong"),
        ({"debits": (replace(ONE, mandate="ü"),)}, "mandate_wrong"),
        ({"debits": (replace(ONE, signed_on=date(2026, 11, 21)),)}, "mandate_wrong"),
        ({"debits": (replace(ONE, of=Account("X", iban="US12")),)}, "iban_invalid"),
        ({"debits": (replace(ONE, amount=Decimal(0)),)}, "amount_not_payable"),
    ],
)  # fmt: skip
def test_what_no_bank_takes_is_refused(changed, code):
    with pytest.raises(Refusal) as refused:
        pain008(replace(ORDER, **changed))
    assert refused.value.code == code


def test_check_digits_of_a_creditor_identifier():
    assert is_creditor_id("DE98ZZZ09999999999") and is_creditor_id("AT61ZZZ01234567890")
    assert not is_creditor_id("DE97ZZZ09999999999")


@pytest.mark.parametrize(("was", "now", "code"), [
    (b"<NbOfTxs>3<", b"<NbOfTxs>4<", "pain001_count"), (b"<CtrlSum>279.50<", b"<CtrlSum>279.51<", "pain001_sum"),
    (b"<SeqTp>FRST<", b"<SeqTp>FIRST<", "pain001_invalid"), (b"pain.008.001.08", b"pain.008.001.99", "pain001_version"),
])  # fmt: skip
def test_a_wrong_file_is_refused_on_reading_with_the_reason(tmp_path, capsys, was, now, code):
    wrong, right = tmp_path / "wrong.xml", tmp_path / "right.xml"
    right.write_bytes(pain008(ORDER))
    wrong.write_bytes(pain008(ORDER).replace(was, now))
    assert check(str(wrong))["error"]["code"] == code and check(str(right))["status"] == "ok"
    assert run([str(right)]) == 0 and run([str(right), str(wrong)]) == 1 and run([]) == 2
    assert "REFUSED" in capsys.readouterr().out


ROOT = Path(__file__).resolve().parents[4].parent / "shared/data/03_payment_files/open"


@pytest.mark.skipif(not ROOT.exists(), reason="../shared/data/03_payment_files is not there")
def test_the_files_of_others_are_taken_and_the_wrong_ones_refused():
    checked = 0
    for row in csv.DictReader((ROOT / "GROUND_TRUTH.csv").read_text().splitlines()):
        found = check(str(ROOT / row["file"]))
        good = (
            row["schema_valid"] == "True"
            and row["count_ok"] == "True"
            and row["sum_ok"] in ("True", "")
        )
        if found["status"] == "refused" and found["error"]["code"] == "pain001_version":
            continue  # a country's own variant, for which no schema is shipped
        checked += 1
        assert (found["status"] == "ok") == good, (row["file"], found)
        if good:
            assert found["transactions"] == int(row["computed_txs"])
            assert Decimal(found["sum"]) == Decimal(row["computed_sum"])
    assert checked >= 12
