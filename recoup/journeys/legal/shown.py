"""A file that is no PDF, as pages of a bundle: an invoice that was sent as data as it says, anything else
by its name and hash."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from recoup.files.models import Document
from recoup.intake.einvoice import NoInvoice, Party, Reader, Reading
from recoup.journeys.letter import sender_of
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.legal.models import Proceeding
from recoup.paper import figures
from recoup.paper.documents.court_paper import CourtPaper, Field, Part, court_paper
from recoup.paper.languages import Language, language_of
from recoup.paper.parts import Address
from recoup.paper.tables import in_currency, table
from recoup.paper.wording import Wording
from recoup.tenancy.models import Agency

DATA = ("application/xml", "text/xml")
MOST_LINES = 200  # on paper; the file has them all


def shown(
    agency: Agency, one: Proceeding, document: Document, content: bytes, language: str, to: Address, at: datetime
) -> bytes:  # fmt: skip
    """The pages that stand for `document`, in the bundle's language."""
    words = Wording(language)
    invoice = reading_of(document, content)
    title, intro = str(document), words.say("bundle.unreadable")
    parts: tuple[Part, ...] = (Part(fields=tuple(file_fields(document, words))),)
    if invoice is not None:
        title = words.say("bundle.data_as_data", number=invoice.number or document.name)
        intro = words.say("bundle.data_from_data")
        parts = (*invoice_parts(invoice, words, language_of(language)), *parts)
    data = CourtPaper(
        paper_id=f"{one.number}-{document.sha256[:8]}", reference=one.case.number, title=title, written_on=at.date(),
        sender=sender_of(agency), to=to, intro=(intro,), parts=parts, posted=False,
    )  # fmt: skip
    return court_paper(data, language=language, at=at).content


def reading_of(document: Document, content: bytes) -> Reading | None:
    if document.media_type not in DATA:
        return None
    try:
        with Reader() as reader:
            return reader.read(content, file=document.name)
    except (NoInvoice, Refusal):
        return None


def file_fields(document: Document, words: Wording) -> Iterator[Field]:
    yield Field(no="", label=words.say("bundle.data_file"), value=document.name)
    yield Field(no="", label=words.say("bundle.data_kind"), value=document.media_type)
    yield Field(no="", label="SHA-256", value=figures.grouped(document.sha256).replace("\xa0", " "))


def invoice_parts(invoice: Reading, words: Wording, spoken: Language) -> tuple[Part, ...]:
    def money(amount: Decimal | None) -> str:
        return "" if amount is None or not invoice.currency else figures.money(Money(amount, invoice.currency).rounded(), spoken)  # fmt: skip

    said = {
        "seller": party(invoice.seller), "buyer": party(invoice.buyer), "invoice_number": invoice.number,
        "issued": invoice.issue_date and figures.day(invoice.issue_date, spoken),
        "due": invoice.due_date and figures.day(invoice.due_date, spoken), "order": invoice.order_reference,
        "terms": invoice.payment_terms, "net": money(invoice.tax_basis_total), "tax": money(invoice.tax_total),
        "gross": money(invoice.grand_total), "paid_before": money(invoice.prepaid or None),
        "payable": money(invoice.due_payable),
    }  # fmt: skip
    fields = tuple(
        Field(no="", label=words.say(f"bundle.data_{name}"), value=value or "", optional=True)
        for name, value in said.items()
    )
    lines = line_table(invoice, words, spoken)
    return (Part(fields=fields), *((Part(table=lines),) if lines else ()))


def party(one: Party) -> str:
    place = " ".join(filter(None, (one.postcode, one.city)))
    return ", ".join(
        filter(None, (one.name, one.street, place, one.country, one.vat or one.legal_id))
    )


def line_table(invoice: Reading, words: Wording, spoken: Language) -> dict[str, Any] | None:
    if not invoice.lines or not invoice.currency:
        return None
    rows = [
        [
            line.id or "", line.name or "", line.quantity or "",
            figures.plain(Money(line.net, invoice.currency).rounded(), spoken) if line.net is not None else "",
        ]
        for line in invoice.lines[:MOST_LINES]
    ]  # fmt: skip
    head = [words.say(f"bundle.data_{name}") for name in ("position", "what", "quantity", "net")]
    head[3] = in_currency(head[3], invoice.currency, words)
    return table(head, "llrr", rows, wide=1)
