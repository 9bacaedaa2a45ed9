"""The bank rows of the hostile catalogue, as far as reading goes, and perturbed files."""

import resource
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recoup.kernel.refusal import Refusal
from recoup.payments.bankfiles import read_bankfile
from recoup.payments.bankfiles.tests.samples import (
    MT940,
    balance,
    camt,
    entry,
    mt940,
    statement,
    tx,
)

GOOD = camt(statement(entry("5.00", ref="R1", details=tx("5.00", "A &amp; B")), closing="105.00"))


def keys(content: bytes, file: str = "a") -> list[str]:
    return [e.line_key for e in read_bankfile(content, file=file).entries]


def refused(content: bytes) -> str:
    with pytest.raises(Refusal) as error:
        read_bankfile(content, file="a.xml")
    assert "a.xml" in error.value.sentence()
    return error.value.code


def test_bk01_the_same_content_under_another_name_gives_the_same_keys() -> None:
    assert keys(GOOD, "one.xml") == keys(GOOD, "two.xml")
    assert keys(MT940.encode(), "one") == keys(MT940.encode(), "two")


def test_bk02_a_duplicate_with_a_new_message_id_gives_the_same_keys() -> None:
    lines = entry("5.00", details=tx("5.00", "A")), entry("7.00", ref="R7")
    first = camt(statement(*lines, closing="112.00"), message_id="M-1")
    again = camt(statement(*lines, closing="112.00", copy="DUPL"), message_id="M-2")
    assert keys(first) == keys(again)


def test_bk02_the_banks_own_reference_names_a_line_in_an_overlapping_statement() -> None:
    monday = statement(entry("5.00", ref="R1"), closing="105.00", id="MON")
    both = statement(
        entry("5.00", ref="R1"), entry("7.00", ref="R2"), closing="112.00", id="MON-TUE"
    )
    assert keys(camt(monday)) == keys(camt(both))[:1]
    assert keys(
        camt(statement(entry("5.00", ref="R1"), unit="Ntfctn", id="N"), name="camt.054")
    ) == keys(camt(monday))


def test_bk02_without_a_reference_another_statement_brings_another_line_of_the_same_likeness() -> (
    None
):
    one = read_bankfile(camt(statement(entry("5.00"), closing="105.00", id="A")), file="a").entries[
        0
    ]
    two = read_bankfile(camt(statement(entry("5.00"), closing="105.00", id="B")), file="a").entries[
        0
    ]
    assert one.line_key != two.line_key
    assert one.likeness == two.likeness


def test_bk04_two_real_equal_payments_of_one_day_both_stay() -> None:
    line = entry("9.00", details=tx("9.00", "A"))
    assert len(set(keys(camt(statement(line, line, closing="118.00"))))) == 2
    assert len(set(keys(mt940(*[":61:2611201120C9,NTRFNONREF"] * 2, closing="C261120EUR18,")))) == 2


def test_bk11_three_hundred_transactions_are_split() -> None:
    details = "".join(tx("1.00", f"Debtor {n}") for n in range(300))
    found = read_bankfile(
        camt(statement(entry("300.00", details=details), closing="400.00")), file="a"
    )
    assert (
        len(found.entries)
        == len(set(keys(camt(statement(entry("300.00", details=details), closing="400.00")))))
        == 300
    )
    assert sum(e.amount for e in found.entries) == 300


@pytest.mark.parametrize("namespace", [
    "urn:iso:std:iso:20022:tech:xsd:camt.053.001.14", "urn:iso:std:iso:20022:tech:xsd:camt.053.001.99",
    "urn:iso:std:iso:20022:tech:xsd:camt.053.001.00", "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08",
    "urn:other", "urn:iso:std:iso:20022:tech:xsd:camt.053.001.081",
])  # fmt: skip
def test_bk13_an_unknown_version_is_refused_not_read_as_empty(namespace: str) -> None:
    assert refused(camt(statement(), namespace=namespace)) == "bankfile_version"


def test_bk13_entries_of_another_namespace_are_no_entries() -> None:
    content = camt(statement(entry("5.00"), closing="105.00")).replace(
        b"<Ntry>", b'<Ntry xmlns="urn:x">'
    )
    assert read_bankfile(content, file="a").statements[0].balanced is False


def test_bk13_a_missing_namespace_is_read_with_a_warning() -> None:
    found = read_bankfile(camt(statement(entry("5.00"), closing="105.00"), namespace=""), file="a")
    assert (found.format, len(found.entries)) == ("camt.053", 1)
    assert [w.code for w in found.warnings] == ["namespace_missing"]


@pytest.mark.parametrize("trick, code", [
    (b'<!DOCTYPE Document [<!ENTITY x "1">]>', "xml_doctype"),
    (b'<!DOCTYPE Document SYSTEM "file:///etc/passwd">', "xml_doctype"),
    (b"<?xml-stylesheet href='x'?>", "xml_instruction"),
    (b"<?php echo 1 ?>", "xml_instruction"),
])  # fmt: skip
def test_bk14_tricks_of_xml_refuse_the_whole_file(trick: bytes, code: str) -> None:
    assert refused(GOOD.replace(b"?><Document", b"?>" + trick + b"<Document")) == code


def test_bk14_an_instruction_or_an_entity_inside_refuses_the_whole_file() -> None:
    assert refused(GOOD.replace(b"<Ntry>", b"<?do it?><Ntry>")) == "xml_instruction"
    assert refused(GOOD.replace(b"<Id>S-1", b"<Id>&secret;")) == "xml_broken"


def test_bk16_truncated_concatenated_and_trailed_files_are_refused() -> None:
    assert refused(GOOD[: len(GOOD) // 2]) == "xml_broken"
    assert refused(GOOD[:-4]) == "xml_broken"
    assert refused(GOOD + GOOD) in ("xml_broken", "xml_instruction")
    assert refused(GOOD + b"garbage") == "xml_broken"


@pytest.mark.parametrize("content, code", [
    (b"", "bankfile_empty"), (b" \r\n ", "bankfile_empty"), (b"%PDF-1.7 x", "bankfile_unknown"),
    (b"PK\x03\x04zip", "bankfile_unknown"), (b"date;amount\n1;2\n", "bankfile_unknown"), (b"\x00\xff" * 50, "bankfile_unknown"),
    (b"<Invoice/>", "bankfile_unknown"), (b"<Document><X/></Document>", "bankfile_unknown"),
])  # fmt: skip
def test_what_is_no_bank_file_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as error:
        read_bankfile(content, file="a")
    assert error.value.code == code


def test_bk17_any_text_is_kept_as_it_is() -> None:
    text = "=cmd|' /C calc'!A0 '; DROP TABLE x; -- \u202eRTL 😀" + "x" * 1_000_000
    found = read_bankfile(
        camt(statement(entry("5.00", details=tx("5.00", ustrd=[text])), closing="105.00")), file="a"
    )
    assert found.entries[0].remittance == text


def test_bk17_control_characters_of_old_files_become_blanks() -> None:
    found = read_bankfile(
        mt940(":61:2611201120C9,NTRFX", ":86:a\x00b\x07c", closing="C261120EUR9,"), file="a"
    )
    assert found.entries[0].remittance == "a b c"


@pytest.mark.parametrize("day", ["1970-01-01", "2099-12-31"])
def test_bk20_days_no_bank_books_on_are_said(day: str) -> None:
    found = read_bankfile(
        camt(statement(entry("5.00", booked=f"<Dt>{day}</Dt>"), closing="105.00")), file="a"
    )
    assert [w.code for w in found.warnings] == ["day_unlikely"]


def test_bk25_a_masked_or_wrong_iban_is_kept_raw() -> None:
    details = tx("5.00", "A", iban="DE89*****3000")
    found = read_bankfile(
        camt(statement(entry("5.00", details=details), closing="105.00")), file="a"
    )
    assert found.entries[0].counterparty_account == "DE89*****3000"


def test_a_statement_whose_account_comes_after_its_entries_is_refused() -> None:
    account = b"<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    long = camt(statement(*[entry("1.00")] * 500, closing="600.00"))
    moved = long.replace(account, b"").replace(b"</Stmt>", account + b"</Stmt>")
    assert refused(moved) == "statement_without_account"


def test_many_entries_take_bounded_memory() -> None:
    """20,000 entries of half a kilobyte: streamed, they take far less than their tree would."""
    lines = [
        entry("1.00", ref=f"R{n}", details=tx("1.00", f"Debtor {n}", ustrd=["x" * 200]))
        for n in range(20_000)
    ]
    content = camt(statement(*lines, closing="20100.00"))
    del lines
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = read_bankfile(content, file="a")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert found.statements[0].balanced is True
    assert grown < 80, f"{grown:.0f} MB"


@st.composite
def perturbed(draw: st.DrawFn) -> bytes:
    content = bytearray(
        draw(st.sampled_from([GOOD, MT940.encode(), mt940(), camt(name="camt.054")]))
    )
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        length = draw(st.integers(0, 30))
        content[at : at + length] = draw(st.binary(max_size=12))
    return bytes(content)


@settings(max_examples=400, deadline=None)
@given(perturbed())
def test_a_perturbed_file_is_read_or_refused_and_nothing_else(content: bytes) -> None:
    try:
        found = read_bankfile(content, file="a")
    except Refusal as refusal:
        assert refusal.sentence()
        return
    for one in found.statements:
        if one.balanced:
            assert one.opening is not None and one.closing is not None
            booked = [
                e.amount for e in found.entries
                if e.statement_no == found.statements.index(one) and e.status == "BOOK"
            ]  # fmt: skip
            assert one.opening + sum(booked, Decimal(0)) == one.closing
    assert all(w.sentence() for w in found.warnings)


@pytest.mark.parametrize(
    "content", ["<:/>", "<::/>", "<Document><:/></Document>", "<a:b xmlns:a='x'/>"]
)
def test_an_element_without_a_right_name_is_refused(content: str) -> None:
    with pytest.raises(Refusal):
        read_bankfile(content.encode(), file="a")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_bankfile(text.encode("utf-8", "replace"), file="a")
    except Refusal as refusal:
        assert refusal.as_error()["code"]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.booleans()), max_size=12),
    st.integers(-(10**9), 10**9),
)
def test_opening_and_lines_make_the_closing_balance_in_every_format(
    moves: list[tuple[int, bool]], opening: int
) -> None:
    def units(value: int) -> str:
        return f"{abs(value) // 100}.{abs(value) % 100:02d}"

    def side(value: int) -> str:
        return "CRDT" if value >= 0 else "DBIT"

    closing = opening + sum(v if credit else -v for v, credit in moves)
    lines = [entry(units(v), "CRDT" if credit else "DBIT") for v, credit in moves]
    balances = balance("OPBD", units(opening), side(opening)) + balance(
        "CLBD", units(closing), side(closing)
    )
    mt_lines = [
        f":61:2611201120{'C' if credit else 'D'}{units(v).replace('.', ',')}NTRFX"
        for v, credit in moves
    ]
    ends = [f"{side(v)[0]}261120EUR{units(v).replace('.', ',')}" for v in (opening, closing)]
    for content in (
        camt(statement(*lines, balances=balances)),
        mt940(*mt_lines, opening=ends[0], closing=ends[1]),
    ):
        found = read_bankfile(content, file="a")
        assert found.statements[0].balanced is True
        assert (
            found.statements[0].credit_sum + found.statements[0].debit_sum
            == Decimal(closing - opening) / 100
        )
        assert len({e.line_key for e in found.entries}) == len(moves)
