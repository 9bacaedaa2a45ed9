from datetime import date
from decimal import Decimal

import pytest

from recoup.payments.bankfiles import read_bankfile
from recoup.payments.bankfiles.tests.samples import ACCOUNT, balance, camt, entry, statement, tx


def read(content: bytes):
    return read_bankfile(content, file="a.xml")


def codes(found) -> list[str]:
    return [w.code for w in found.warnings]


@pytest.mark.parametrize("version", [f"{n:02d}" for n in range(1, 14)])
@pytest.mark.parametrize(
    "name, unit", [("camt.052", "Rpt"), ("camt.053", "Stmt"), ("camt.054", "Ntfctn")]
)
def test_every_version_is_read(name: str, unit: str, version: str) -> None:
    line = entry("50.00", details=tx("50.00", "Debtor GmbH", ref="RF18539007547034"))
    found = read(camt(statement(line, closing="150.00", unit=unit), name=name, version=version))
    assert found.format == f"{name}.001.{version}"
    (only,) = found.entries
    assert (only.amount, only.currency, only.counterparty) == (
        Decimal("50.00"),
        "EUR",
        "Debtor GmbH",
    )
    assert only.reference == "RF18539007547034"
    assert found.statements[0].balanced is True
    assert found.statements[0].account == ACCOUNT


def test_version_1_with_its_name_in_the_body_is_read() -> None:
    content = camt(
        statement(entry("5"), closing="105.00", unit="Rpt"), name="camt.052", version="01"
    )
    found = read(content.replace(b"BkToCstmrAcctRpt>", b"BkToCstmrAcctRptV01>"))
    assert found.format == "camt.052.001.01"
    assert len(found.entries) == 1


def test_names_of_version_8_and_status_codes_are_read() -> None:
    line = entry("5.00", status="<Sts><Cd>BOOK</Cd></Sts>", details=tx("5.00", "Ada Ltd", pty=True))
    (only,) = read(camt(statement(line, closing="105.00"))).entries
    assert (only.counterparty, only.status, only.is_bookable) == ("Ada Ltd", "BOOK", True)


def test_days_may_be_instants() -> None:
    line = entry(
        "5.00", booked="<DtTm>2026-11-20T23:30:00+01:00</DtTm>", valued="<Dt>2026-11-21+01:00</Dt>"
    )
    (only,) = read(camt(statement(line, closing="105.00"))).entries
    assert (only.booked_on, only.value_on) == (date(2026, 11, 20), date(2026, 11, 21))


def test_a_batch_is_split_into_its_transactions() -> None:
    details = tx("30.00", "A", e2e="1") + tx("20.00", "B", e2e="2")
    found = read(camt(statement(entry("50.00", details=details), closing="150.00")))
    assert [(e.amount, e.counterparty) for e in found.entries] == [
        (Decimal(30), "A"),
        (Decimal(20), "B"),
    ]
    assert (found.statements[0].entries, found.statements[0].transactions) == (1, 2)
    assert len({e.line_key for e in found.entries}) == 2
    assert len({e.entry_key for e in found.entries}) == 1


def test_a_batch_of_both_directions_is_split_by_each_direction() -> None:
    details = tx("70.00", "A", side="CRDT") + tx("20.00", "B", side="DBIT")
    found = read(camt(statement(entry("50.00", details=details), closing="150.00")))
    assert [e.amount for e in found.entries] == [Decimal(70), Decimal(-20)]


def test_a_batch_that_does_not_add_up_stays_whole() -> None:
    details = tx("30.00", "A") + tx("19.99", "B")
    found = read(camt(statement(entry("50.00", details=details), closing="150.00")))
    assert [(e.amount, e.counterparty) for e in found.entries] == [(Decimal(50), None)]
    assert codes(found) == ["batch_not_split"]


def test_an_instructed_amount_in_another_currency_is_kept_beside_the_booked_one() -> None:
    instructed = '<AmtDtls><InstdAmt><Amt Ccy="USD">55.00</Amt></InstdAmt></AmtDtls>'
    line = entry("50.00", details=tx("", "A", extra=instructed))
    (only,) = read(camt(statement(line, closing="150.00"))).entries
    assert (only.amount, only.currency) == (Decimal(50), "EUR")
    assert (only.instructed_amount, only.instructed_currency) == (Decimal(55), "USD")


def test_a_reversal_keeps_the_direction_the_bank_states() -> None:
    """ISO 20022: CdtDbtInd is the entry's own direction, RvslInd only says that it undoes another."""
    lines = entry("30.00", "DBIT", reversal="true"), entry("10.00", "CRDT", reversal="true")
    found = read(camt(statement(*lines, closing="80.00")))
    assert [(e.amount, e.reversal) for e in found.entries] == [
        (Decimal(-30), True),
        (Decimal(10), True),
    ]
    assert found.statements[0].balanced is True


def test_pending_and_informative_lines_are_shown_but_not_bookable() -> None:
    lines = [entry("5.00", status=f"<Sts>{s}</Sts>") for s in ("PDNG", "INFO", "FUTR", "BOOK")]
    found = read(camt(statement(*lines, closing="105.00")))
    assert [e.is_bookable for e in found.entries] == [False, False, False, True]
    assert found.statements[0].balanced is True
    assert found.statements[0].credit_sum == Decimal(20)


def test_a_return_says_why_and_who() -> None:
    details = tx("25.00", "Old Debtor", role="Cdtr", reason="AC04", ustrd=["Payout 7"])
    (only,) = read(camt(statement(entry("25.00", details=details), closing="125.00"))).entries
    assert (only.return_reason, only.counterparty) == ("AC04", "Old Debtor")


def test_the_own_account_is_never_the_counterparty() -> None:
    details = tx("6.00", "We", iban=ACCOUNT).replace(
        "</RltdPties>", "<Cdtr><Nm>They</Nm></Cdtr></RltdPties>"
    )
    (only,) = read(camt(statement(entry("6.00", details=details), closing="106.00"))).entries
    assert only.counterparty == "They"


def test_a_statement_that_does_not_balance_is_flagged() -> None:
    found = read(camt(statement(entry("5.00"), closing="104.00")))
    assert found.statements[0].balanced is False
    assert codes(found) == ["statement_unbalanced"]
    assert "-1.00 EUR" in found.warnings[0].sentence()


def test_the_previous_closing_balance_opens_where_no_opening_is_given() -> None:
    balances = balance("PRCD", "33.06", "DBIT") + balance("CLBD", "23.06", "DBIT")
    found = read(camt(statement(entry("10.00"), balances=balances)))
    assert found.statements[0].opening == Decimal("-33.06")
    assert found.statements[0].balanced is True


def test_an_empty_statement_is_fine_only_when_its_balances_agree() -> None:
    assert read(camt(statement())).statements[0].balanced is True
    assert read(camt(statement(closing="99.00"))).statements[0].balanced is False
    assert read(camt(statement(balances=""))).statements[0].balanced is False


def test_an_amount_in_another_currency_than_the_account_is_kept_and_flagged() -> None:
    found = read(camt(statement(entry("5.00", currency="USD"))))
    assert found.entries[0].currency == "USD"
    assert found.statements[0].balanced is False
    assert codes(found) == ["entry_currency"]


@pytest.mark.parametrize(
    "amount", ["12..34", "-5.00", "1e3", "NaN", "٣.00", "1_000", "", "1,00", " "]
)
def test_an_unreadable_amount_is_flagged_and_never_booked(amount: str) -> None:
    found = read(camt(statement(entry(amount))))
    assert found.entries[0].amount is None
    assert not found.entries[0].is_bookable
    assert found.statements[0].balanced is False
    assert "amount_unreadable" in codes(found)


def test_five_decimals_are_exact_and_not_bookable_and_zero_is_not_booked() -> None:
    found = read(
        camt(statement(entry("0.00001"), entry("0.00"), entry("1.50000"), closing="101.50001"))
    )
    assert [e.amount for e in found.entries] == [Decimal("0.00001"), 0, Decimal("1.5")]
    assert [e.is_bookable for e in found.entries] == [False, False, True]
    assert found.statements[0].balanced is True


def test_several_statements_keep_their_own_lines() -> None:
    one = statement(entry("5.00"), closing="105.00")
    other = statement(entry("7.00"), closing="107.00", id="S-2", account="NL91ABNA0417164300")
    found = read(camt(one, other))
    assert [(e.statement, e.statement_no, e.amount) for e in found.entries] == [
        ("S-1", 0, 5),
        ("S-2", 1, 7),
    ]


def test_unstructured_lines_are_joined_and_document_numbers_kept() -> None:
    details = tx("5.00", ustrd=["Rechnung", "4711"]).replace(
        "</RmtInf>", "<Strd><RfrdDocInf><Nb>INV-9</Nb></RfrdDocInf></Strd></RmtInf>"
    )
    (only,) = read(camt(statement(entry("5.00", details=details), closing="105.00"))).entries
    assert (only.remittance, only.documents) == ("Rechnung 4711", ("INV-9",))


def test_a_wrong_count_in_the_summary_is_said() -> None:
    balances = balance("OPBD", "0.00") + balance("CLBD", "5.00")
    summary = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>"
    found = read(camt(statement(entry("5.00"), balances=balances + summary)))
    assert codes(found) == ["summary_differs"]


def test_a_document_in_an_envelope_is_read() -> None:
    inner = camt(statement(entry("5.00"), closing="105.00")).split(b"?>")[1]
    header = b'<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><BizMsgIdr>1</BizMsgIdr></AppHdr>'
    found = read(b"<BizMsgEnvlp>" + header + inner + b"</BizMsgEnvlp>")
    assert (found.format, found.statements[0].balanced) == ("camt.053.001.08", True)


def test_an_available_balance_in_another_currency_is_not_the_accounts() -> None:
    balances = (
        balance("CLAV", "2700", currency="JPY") + balance("OPBD", "1.00") + balance("CLBD", "6.00")
    )
    content = camt(statement(entry("5.00"), balances=balances)).replace(b"<Ccy>EUR</Ccy>", b"")
    (found,) = read(content).statements
    assert (found.currency, found.balanced) == ("EUR", True)
