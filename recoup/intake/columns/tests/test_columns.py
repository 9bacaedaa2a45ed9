"""From cells to debts: headings, formats decided on whole columns, every row judged."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recoup.intake.columns import Mapping, Terms, amounts, days, lay_out, profile, read_rows
from recoup.intake.columns.header import refuse_missing
from recoup.intake.columns.rows import Reader
from recoup.intake.columns.template import template
from recoup.intake.tables import read_table
from recoup.kernel.refusal import Refusal

DATA = Path(__file__).parents[4].parent / "shared" / "data" / "09_messy_tables" / "open"
TRUTH = (
    json.loads((DATA / "GROUND_TRUTH_derived_variants.json").read_text()) if DATA.exists() else {}
)
TODAY = date(2026, 11, 22)
TERMS = Terms(("CHF", "CNY", "EUR", "GBP", "HKD", "KWD", "SEK"), "K-000001", TODAY)
HEAD = "Debtor;VAT number;Country;Invoice number;Invoice date;Due date;Amount;Currency\n"


def judged(text, mapping=None, head=HEAD):
    table = read_table((head + text).encode(), file="x.csv")
    layout = lay_out(table, mapping, file="x.csv")
    refuse_missing(layout, "x.csv")
    return read_rows(layout, profile(layout), TERMS)


def line(**changes):
    cells = {"d": "Müller GmbH", "v": "DE136695976", "c": "DE", "n": "F-1", "i": "2026-03-01", "u": "2026-04-01",
             "a": "10.50", "k": "EUR"} | changes  # fmt: skip
    return ";".join(cells[key] for key in "dvcniuak") + "\n"


@pytest.mark.parametrize(("written", "amount", "kind"), [
    ("1.234,50", "1234.50", "invoice"), ("1,234.50", "1234.50", "invoice"), ("1'234.50", "1234.50", "invoice"),
    ("1 234,50", "1234.50", "invoice"), ("1 234,50", "1234.50", "invoice"), ("(500,00)", "500.00", "credit_note"),
    ("500,00-", "500.00", "credit_note"), ("−500,00", "500.00", "credit_note"), ("EUR 500,00", "500.00", "invoice"),
    ("500,00 €", "500.00", "invoice"), ("+500", "500", "invoice"),
])  # fmt: skip
def test_im16_amounts_are_read_by_a_rule_and_credit_notes_are_typed(written, amount, kind):
    (debt,) = judged(line(a=written)).debts
    assert (debt.amount, debt.kind) == (Decimal(amount), kind)


@pytest.mark.parametrize(
    "written",
    [
        "1e5",
        "12%",
        "1_000",
        "abc",
        "1.2.3,4",
        "1,23,4",
        "٣",
        "NaN",
        "0",
        "(-5)",
        "99999999999999.00",
    ],
)
def test_what_is_no_amount_is_refused_with_what_was_found(written):
    read = judged(line(a=written) + line(n="F-2"))
    assert [d.ref for d in read.debts] == ["F-2"]
    assert read.problems[0].row == 2 and read.problems[0].field == "amount"


def test_a_column_decides_for_the_values_that_could_be_read_two_ways():
    assert amounts.decide(["1.234", "5,50"]).sign == ","
    assert amounts.decide(["1.234", "1.234.567"]).sign == ","
    assert amounts.decide(["1,234", "12.50"]).sign == "."
    assert amounts.decide(["1.234", "2.345"]).unclear == "1.234"
    assert amounts.decide(["1,50", "2.50"]).unclear and not amounts.decide(["100", "200"]).unclear


def test_days_are_decided_on_the_column_or_asked():
    assert days.decide(["01/02/2026", "13/02/2026"]).order == "dmy"
    assert days.decide(["01/02/2026", "02/13/2026"]).order == "mdy"
    assert days.decide(["01/02/2026", "03/04/2026"]).unclear == "01/02/2026"
    assert days.decide(["13/02/2026", "02/13/2026", "01/02/2026"]).unclear
    assert days.day_of("01.02.2026", days.Decided()) == date(2026, 2, 1)
    assert days.day_of("45658", days.decide(["45658"])) == date(2025, 1, 1)
    assert days.day_of("00.01.1900", days.Decided()) is None


def test_im14_numbers_that_a_spreadsheet_spoiled_are_refused_with_advice():
    read = judged(line(n="1.23457E+15") + line(n="00123"))
    assert [d.ref for d in read.debts] == ["00123"]
    assert read.problems[0].code == "number_scientific"


@pytest.mark.parametrize(("changes", "code"), [
    ({"n": "F\x001"}, "text_unfit"), ({"d": "M�ller GmbH"}, "text_unfit"), ({"d": "x" * 131_073}, "text_too_long"),
    ({"d": "Anna Svensson", "v": ""}, "consumer_suspected"), ({"c": "Atlantis"}, "country_unknown"),
    ({"v": "DE111111111"}, "number_invalid"), ({"k": "XXX"}, "currency_not_in_card"), ({"u": ""}, "missing"),
    ({"u": "0026-04-01"}, "day_implausible"), ({"u": "2099-04-01"}, "day_implausible"), ({"u": "31.02.2026"}, "day_unreadable"),
    ({"a": "10.505"}, "amount_too_precise"), ({"a": "EUR 5", "k": "SEK"}, "currency_two"),
])  # fmt: skip
def test_one_bad_row_is_named_and_the_others_go_on(changes, code):
    read = judged(line(**changes) + line(n="F-2"))
    assert [d.ref for d in read.debts] == ["F-2"]
    assert code in [p.code for p in read.problems if p.row == 2]


def test_im22_of_five_thousand_rows_only_the_bad_one_is_left_out():
    read = judged("".join(line(n=f"F-{i}") for i in range(4999)) + line(n="F-4999", a="?"))
    assert len(read.debts) == 4999 and read.rejected == {5001}


def test_im25_names_like_formulas_are_stored_as_they_are():
    names = ["=HYPERLINK(1) GmbH", "<script>alert(1)</script> AG", "{{7*7}} Ltd"]
    read = judged("".join(line(d=name, v="", n=f"F{i}") for i, name in enumerate(names)))
    assert [d.name for d in read.debtors] == names


def test_im20_a_row_for_another_client_is_refused():
    read = judged("K-000002;" + line() + "K-000001;" + line(n="F-2"), head="Client number;" + HEAD)
    assert [d.ref for d in read.debts] == ["F-2"] and read.problems[0].code == "other_client"


def test_im26_words_about_health_or_offences_are_flagged():
    read = judged(line().strip() + ";is depressed and ill\n", head=HEAD.strip() + ";Note\n")
    assert [(p.code, p.error) for p in read.problems] == [("sensitive_words", False)]


def test_im28_due_before_issue_is_said_and_does_not_stop_the_row():
    read = judged(line(i="2026-05-01"))
    assert len(read.debts) == 1 and read.problems[0].code == "due_before_issue"


def test_im19_the_same_heading_twice_is_refused_and_moved_columns_are_found():
    with pytest.raises(Refusal) as refused:
        judged("a\n", head="Debtor;Amount;Amount;Due date;Invoice number\n")
    assert refused.value.code == "header_twice"
    moved = judged(
        "F-1;10,50;Müller GmbH;2026-04-01;DE;?\n",
        head="Invoice number;Amount;Debtor;Due date;Country;Unknown\n",
        mapping=Mapping(currency="EUR"),
    )
    assert moved.debts[0].amount == Decimal("10.50")


def test_totals_titles_and_footers_are_no_debts_and_are_listed():
    text = line() + line(n="F-2") + ";;;;;Summe;21.00;\n" + "Printed 2026\n"
    table = read_table(("Open items\n\n" + HEAD + text).encode(), file="x.csv")
    layout = lay_out(table, file="x.csv")
    assert [(o.row, o.why) for o in layout.left_out] == [(1, "title"), (6, "total"), (7, "footer")]
    assert len(layout.rows) == 2


def test_a_hong_kong_debtor_needs_no_postcode_and_no_column_of_countries():
    read = judged(
        "朋聯實業有限公司;九龍觀塘區聯安街3號;F-1;2026-04-01;10.00;HKD\n",
        head="公司名稱;地址;發票號碼;到期日;欠款金額;貨幣\n",
    )
    assert (read.debtors[0].country, read.debtors[0].postcode) == ("HK", "") and len(
        read.debts
    ) == 1


def test_the_same_number_under_two_names_is_said():
    read = judged(line() + line(d="Meier AG", n="F-2"))
    assert len(read.debtors) == 1 and [p.code for p in read.problems] == ["names_differ"]


def test_the_template_is_read_back_by_its_headings():
    content = template(say=lambda text: text, currencies=["EUR", "SEK"])
    table = read_table(content, file="recoup.xlsx")
    layout = lay_out(table, file="recoup.xlsx")
    assert {"debtor", "invoice", "due_on", "amount", "currency", "kind"} <= set(
        layout.mapping.columns
    )


@pytest.mark.skipif(not TRUTH, reason="../shared/data/09_messy_tables is not there")
@pytest.mark.parametrize("name", TRUTH or ["none"])
def test_every_list_of_debts_has_the_content_of_its_ground_truth(name):
    truth = TRUTH[name]
    table = read_table((DATA / "derived_variants" / name).read_bytes(), file=name)
    layout = lay_out(table, Mapping(country="HK"), file=name)
    found = profile(layout)
    assert not found.unclear and len(layout.rows) == truth["records"]
    amount = next(c for c in found.columns if c.field == "amount")
    assert {k: Decimal(v) for k, v in amount.sums.items()} == {
        k: Decimal(v) for k, v in truth["totals"].items()
    }
    read = read_rows(layout, found, TERMS)
    by_row = {d.row: d for d in read.debts}
    said = {p.row: p for p in read.problems if p.error}
    told = {(p.row, p.found) for p in read.problems if p.code == "names_differ"}
    assert len(by_row) + len(said) == truth["records"]
    for row, wanted in zip(layout.rows, truth["rows"], strict=True):
        debt = by_row.get(row.number)
        if debt is None:
            assert said[row.number].code in ("row_twice", "number_invalid")
            assert said[row.number].found in (wanted["invoice"], wanted["vat"])
            continue
        signed = debt.amount if debt.kind == "invoice" else -debt.amount
        assert (debt.ref, str(debt.issued_on), str(debt.due_on), signed, debt.currency) == (
            wanted["invoice"], wanted["invoice_date"], wanted["due_date"], Decimal(wanted["amount"]), wanted["currency"])  # fmt: skip
        debtor, has = read.debtors[debt.debtor], layout.mapping.columns
        name = " ".join(wanted["name"].split())
        # The numbers there are drawn at random: where two companies share one, the row says so.
        if debtor.name != name:
            assert (row.number, name) in told
        elif "email" in has:
            assert debtor.email == wanted["email"]
        if "vat_number" in has:
            assert debtor.vat_number.removeprefix("BE").lstrip("0") == wanted["vat"].removeprefix("BE").lstrip("0")  # fmt: skip
        if "street" in has:
            assert debtor.street == wanted["address"]
        lost = truth.get("leading_zero_lost_every_third", False)  # in the file, and so said there
        assert debt.reference == wanted["customer_no"] or (lost and debt.reference == wanted["customer_no"].lstrip("0"))  # fmt: skip


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data/09_messy_tables is not there")
def test_every_other_table_is_refused_by_name():
    for path in sorted(
        p for p in DATA.rglob("*") if p.suffix in (".csv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods")
    ):
        if "derived" in str(path) or path.name.startswith("GROUND"):
            continue
        with pytest.raises(Refusal) as refused:
            table = read_table(path.read_bytes(), file=path.name)
            refuse_missing(lay_out(table, file=path.name), path.name)
        assert path.name in refused.value.sentence() or refused.value.code == "header_twice", path


def test_people_of_further_rows_are_kept_beside_the_first():
    head = (
        "Debtor;Country;Invoice number;Due date;Amount;Currency;E-mail;Telephone;Contact person\n"
    )
    rows = [
        "a@x.example;030 1;Ann",
        "a@x.example;;",
        "b@x.example;;Bo",
        ";030 2;",
        "b@x.example;;Bo",
    ]
    text = "".join(f"Beta Ltd;GB;F-{n};2026-04-01;5.00;EUR;{who}\n" for n, who in enumerate(rows))
    (debtor,) = judged(text, head=head).debtors
    assert (debtor.contact, debtor.email, debtor.phone) == ("Ann", "a@x.example", "030 1")
    assert debtor.more == [("Bo", "b@x.example", ""), ("", "", "030 2")]


CELLS = {
    "Debtor": ["Müller GmbH", "Müller GmbH ", "Beta Ltd", "Anna Svensson", "", "x\x00y AB"],
    "VAT number": ["", "DE136695976", "DE000000000"], "Country": ["DE", "SE", "Deutschland", "Nowhere"],
    "Invoice number": ["F-1", "F-2", "F 3", "1.23E+15", "", "Ä-4"], "Invoice date": ["2026-03-01", "1.3.2026", "", "later"],
    "Due date": ["2026-04-01", "2026-02-01", "", "0026-01-01"],
    "Amount": ["10.50", "1200", "-3.00", "0", "??", "EUR 5.00", "7.005", "9" * 14 + ".00"],
    "Currency": ["EUR", "", "SEK", "Taler"], "Paid": ["", "1.00", "?", " "], "Kind": ["", "credit note", "invoice"],
    "Disputed": ["", "yes", "perhaps"], "Note": ["", "called twice", "diagnosis known"], "Creditor": ["", "K-000001", "K-9"],
    "E-mail": ["", "a@example.com", "nonsense"], "Reference": ["", "A-1"], "Customer number": ["", "00123", "1.2E+9"],
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(*(st.sampled_from(cells) for cells in CELLS.values())), min_size=1, max_size=12
    )
)
def test_rows_read_together_are_read_as_each_alone(lines):
    """The quick way of `Ordinary` and the way row by row of `Reader` say the same."""
    text = "\n".join(";".join(cells) for cells in [tuple(CELLS), *lines])
    try:
        layout = lay_out(
            read_table(text.encode(), file="x.csv"), Mapping(currency="EUR"), file="x.csv"
        )
    except Refusal:
        return  # rows that are all blank
    together = read_rows(layout, profile(layout), TERMS)
    alone = Reader(layout, profile(layout), TERMS)
    for row in layout.rows:
        alone.take(row)
    assert together.debts == alone.read.debts and together.debtors == alone.debtors.found
    assert together.problems[: len(alone.read.problems)] == alone.read.problems
