import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pikepdf
import pytest

from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.paper import figures
from recoup.paper.documents.agreement import AgreementTerms
from recoup.paper.documents.debtor_letter import Consequence, LetterKind, Step
from recoup.paper.documents.own_reminder import OwnKind
from recoup.paper.languages import LANGUAGES, language_of
from recoup.paper.tests import cast
from recoup.paper.tests.reading import opened, page_texts, squeezed, text_of

# What a reader must find, by document; amounts are added in the locale's own writing.
FINDS = {
    "letter": ["RC-2026-000417", cast.CREDITOR, "K4T-92M"],
    "agreement": ["AG-2026-00318", "2026-3", "Anna Lindqvist", "4f1c…9a07"],
    "power": ["PA-2026-00318", "AG-2026-00318"],
    "acceptance": ["RC-2026-000417", cast.DEBTOR, "2026-1184", "§ 2 (b)"],
    "remittance": ["R-2026-0093", "SE45 5000 0000 0583 9825 7466", "RC-2026-000388"],
    "invoice": ["F-2026-0207", "SE556016068001", "DE89 3704 0044 0532 0130 00", "2026-3", "§ 4"],
    "closing": ["RC-2026-000417", cast.DEBTOR],
    "certificate": ["RC-2026-000417", cast.DEBTOR, "2026-1184", "K-2026-9"],
    "owed": ["RC-2026-000417", "Directive 2011/7/EU, art. 3, 4 and 6"],
    "plan": ["RC-2026-000417-P1", cast.CREDITOR, "Preskriptionslag", "Max Müller"],
    "own": [cast.CREDITOR, "2026-1184", "2026-1240", "hej@fjallmobler.example"],
}
AMOUNTS = {
    "letter": "10736.32", "agreement": "75.00", "acceptance": "10350.50", "remittance": "4613.14",
    "invoice": "700.11", "closing": "9000.00", "certificate": "5736.32", "owed": "10736.32", "plan": "3074.28",
    "own": "1450.00",
}  # fmt: skip
EVERY = [(document, language) for document in cast.DOCUMENTS for language in cast.LANGUAGES]


def test_the_languages_tested_are_the_languages_there_are() -> None:
    assert set(cast.LANGUAGES) == set(LANGUAGES)


@pytest.mark.parametrize(("document", "language"), EVERY)
def test_every_document_in_every_language_says_what_it_must(document: str, language: str) -> None:
    paper = cast.write(document, language)
    text = squeezed(text_of(paper.content))
    for found in FINDS[document]:
        assert squeezed(found) in text
    if document in AMOUNTS:
        currency = "HKD" if document == "letter" and language == "zh-Hant" else "EUR"
        amount = Money.parse(AMOUNTS[document], currency)
        assert squeezed(figures.money(amount, language_of(language))) in text
    whom = cast.RECIPIENTS if document in ("letter", "own") else cast.CLIENTS
    assert squeezed(whom[language].name) in text
    assert "None" not in text and "{" not in text


@pytest.mark.parametrize(("document", "language"), EVERY)
def test_letters_take_one_page_and_each_page_bears_its_letter(document: str, language: str) -> None:
    paper = cast.write(document, language)
    texts = page_texts(paper.content)
    assert paper.pages == len(texts) == (2 if document in ("agreement", "plan") else 1)
    paper_id = "A-2M7K" if document in ("agreement", "power") else "L-7Q4M-20931"
    assert all(paper_id in text for text in texts)


@pytest.mark.parametrize(("document", "language"), EVERY)
def test_documents_declare_archival_and_accessible(document: str, language: str) -> None:
    paper = cast.write(document, language)
    with opened(paper) as pdf, pdf.open_metadata() as meta:
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
        assert meta["pdfuaid:part"] == "1"
        assert pdf.Root.MarkInfo.Marked and "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang).split("-")[0] == language.split("-")[0]
        assert meta["dc:title"] == paper.title
        assert "/OutputIntents" in pdf.Root


def test_same_data_gives_the_same_bytes_and_the_hash_is_theirs() -> None:
    first, second = cast.write("letter", "de"), cast.write("letter", "de")
    assert first.content == second.content
    assert first.sha256 == hashlib.sha256(first.content).hexdigest()
    assert cast.write("letter", "de", paper_id="L-OTHER").sha256 != first.sha256


def test_file_names_are_safe() -> None:
    paper = cast.write("letter", "en", case_number="RC/../..\\x 1")
    assert paper.filename == "RC-..-..-x-1-debtor-letter-L-7Q4M-20931.pdf"


@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("language", cast.LANGUAGES)
def test_each_kind_of_letter_has_its_own_words(kind: LetterKind, language: str) -> None:
    paper = cast.write("letter", language, kind=kind)
    others = [cast.write("letter", language, kind=k).title for k in LetterKind if k is not kind]
    assert paper.title not in others and paper.pages == 1


@pytest.mark.parametrize("kind", OwnKind)
@pytest.mark.parametrize("language", cast.LANGUAGES)
def test_a_creditors_own_letter_speaks_in_its_name_alone_and_asks_for_no_more(kind: OwnKind, language: str) -> None:  # fmt: skip
    paper = cast.write("own", language, kind=kind)
    text = text_of(paper.content)
    assert paper.title not in [cast.write("own", language, kind=k).title for k in OwnKind if k is not kind]  # fmt: skip
    assert cast.SENDER.name not in text and "IBAN" not in text and cast.CREDITOR in text
    with pytest.raises(Refusal) as caught:
        cast.write("own", language, total=Money.parse("1450.01", "EUR"))
    assert caught.value.code == "sum_differs"


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("language", cast.LANGUAGES)
def test_what_follows_is_exactly_what_was_authorised(step: Step, language: str) -> None:
    given = Consequence(step=step, route="Mahnbescheid", text="Vi återkommer på tisdag.")
    text = text_of(cast.write("letter", language, consequence=given).content)
    assert ("Mahnbescheid" in text) == (step is Step.COURT_ORDER)
    assert ("återkommer på tisdag" in text) == (step is Step.OTHER)


def test_a_letter_without_a_bank_code_shows_the_link_instead() -> None:
    text = text_of(cast.write("letter", "zh-Hant").content)
    assert "轉數快" not in text and "123-456789-001" in text and "掃描開啟貴公司專頁" in text


def test_columns_without_figures_are_left_out() -> None:
    text = text_of(cast.write("letter", "en").content)
    assert "Compensation" in text and "Costs" not in text


def test_many_invoices_run_over_pages_with_their_head() -> None:
    rows = cast.rows()[:1] * 60
    total = sum((row.owed for row in rows), Money.zero("EUR"))
    paper = cast.write("letter", "en", invoices=rows, total=total)
    texts = page_texts(paper.content)
    assert paper.pages > 1
    assert all("L-7Q4M-20931" in text for text in texts)
    assert sum("Owed, EUR" in text for text in texts) >= 2


@pytest.mark.parametrize(("law", "pages"), [((), 1), (("The law says this. " * 400,), 2)])
def test_a_short_letter_says_how_many_pages_it_has_also_where_it_needs_two(law: tuple[str, ...], pages: int) -> None:  # fmt: skip
    texts = page_texts(cast.write("letter", "en", legal=law).content)
    assert [f"Page {n} of {pages}" in text for n, text in enumerate(texts, 1)] == [True] * pages


def test_the_agreement_sets_english_beside_and_names_the_version_that_counts() -> None:
    text = text_of(cast.write("agreement", "sv").content)
    assert "Inkassoavtal / Debt collection agreement" in text
    assert "versionen på svenska" in text and "the version in Swedish prevails" in text
    alone = text_of(cast.write("agreement", "en").content)
    assert "prevails" not in alone and alone.count("Governing law") == 1


def test_both_languages_of_the_agreement_give_the_same_terms() -> None:
    data: AgreementTerms = cast.agreement_terms("de", remitted_within=7, notice=45)
    text = text_of(cast.DOCUMENTS["agreement"][0](data, language="de", at=cast.AT).content)
    for words in ("von 7 Bankarbeitstagen", "within 7", "Frist von 45 Tagen", "with 45 days"):
        assert words in text


def elements(node: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    """The structure elements below `node`, in reading order."""
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from elements(each)
    elif isinstance(node, pikepdf.Dictionary) and ("/S" in node or "/K" in node):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node.K)


def test_a_screen_reader_finds_headings_table_heads_and_the_codes_meaning() -> None:
    with opened(cast.write("letter", "de")) as pdf:
        found = list(elements(pdf.Root.StructTreeRoot))
        kinds = [str(each.S) for each in found]
        assert kinds.count("/H1") == 1 and kinds.count("/H2") == 2
        assert kinds.count("/TH") == 8 and kinds.count("/Table") == 1
        figures_alt = [str(each.Alt) for each in found if str(each.S) == "/Figure"]
        assert figures_alt == ["QR-Code, der diese Zahlung in einer Banking-App ausfüllt"]


def test_english_beside_another_language_is_marked_as_english() -> None:
    with opened(cast.write("power", "sv")) as pdf:
        spoken = {str(e.Lang) for e in elements(pdf.Root.StructTreeRoot) if "/Lang" in e}
        assert any(each.startswith("en") for each in spoken)


@pytest.mark.parametrize("language", cast.LANGUAGES)
def test_a_letter_about_five_invoices_still_takes_one_page(language: str) -> None:
    rows = cast.letter(language).invoices
    five = tuple(replace(rows[0], number=f"2026-11{n}", segments=()) for n in range(5))
    total = sum((row.owed for row in five), Money.zero(five[0].amount.currency))
    assert cast.write("letter", language, invoices=five, total=total).pages == 1
