"""The invoice inside a PDF (Factur-X, ZUGFeRD 1 and 2, XRechnung). Runs in the guarded child only."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from recoup.intake.einvoice.reading import Attachment, NoInvoice, Notice, notice
from recoup.kernel.refusal import N_, Refusal

# Factur-X 1.08, 6.2; ZUGFeRD 1.0 and 2.0 wrote the last name in both cases.
NAMES = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")
MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class Embedded:
    """The XML, and whatever else the PDF carries."""

    xml: bytes
    attachments: tuple[Attachment, ...]
    notices: tuple[Notice, ...]


def embedded_in(content: bytes, *, file: str) -> Embedded:
    """The invoice XML of a PDF.

    Raises `NoInvoice` `pdf_without_xml`, `Refusal` `pdf_password` or `pdf_broken`.
    """
    import pikepdf

    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            return chosen_from(pdf, content, file)
    except pikepdf.PasswordError:
        raise Refusal(
            "pdf_password",
            N_("%(file)s is locked with a password; please send it unlocked."),
            file=file,
        ) from None
    except (Refusal, MemoryError):
        raise
    except Exception:  # qpdf's errors come as several Python types
        raise Refusal(
            "pdf_broken", N_("%(file)s is a damaged PDF and cannot be opened."), file=file
        ) from None


def chosen_from(pdf: Any, content: bytes, file: str) -> Embedded:
    files = list(pdf.attachments)[:MOST_FILES]
    documents = [name for name in files if name.lower().endswith(".xml")]
    if not documents:
        raise NoInvoice(
            "pdf_without_xml",
            N_("%(file)s is a PDF without an invoice in XML inside; please type in what it says."),
            file=file,
        )
    name, xml = from_library(content) or from_list(pdf, documents)
    others = tuple(Attachment(other) for other in files if other != name)
    several = len([d for d in documents if d.lower() in NAMES]) > 1
    doubt = notice(
        "several_xmls", N_("The PDF holds several invoices in XML; %(name)s was read."), name=name
    )
    return Embedded(xml, others, (doubt,) if several else ())


def from_library(content: bytes) -> tuple[str, bytes] | None:
    """The invoice the factur-x library finds; it passes over any XML that it cannot parse."""
    from facturx import get_xml_from_pdf

    for names in (NAMES, ("*.xml",)):
        try:
            name, xml = get_xml_from_pdf(BytesIO(content), check_xsd=False, filenames=list(names))
        except MemoryError:
            raise
        except Exception:  # noqa: S112 - pypdf raises whatever trips it; qpdf has opened the file
            continue
        if xml:
            return str(name), bytes(xml)
    return None


def from_list(pdf: Any, documents: list[str]) -> tuple[str, bytes]:
    """The first XML by the known names, for the reader to say what is wrong with it."""
    chosen = min(
        documents, key=lambda n: NAMES.index(n.lower()) if n.lower() in NAMES else len(NAMES)
    )
    return chosen, bytes(pdf.attachments[chosen].get_file().read_bytes())
