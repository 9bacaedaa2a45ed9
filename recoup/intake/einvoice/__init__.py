"""E-invoices in: UBL, CII (ZUGFeRD, Factur-X, XRechnung) and FatturaPA, as XML or inside a PDF. Pure."""

from recoup.intake.einvoice.claim import suggest_claim
from recoup.intake.einvoice.reader import Reader, read_invoice
from recoup.intake.einvoice.reading import NoInvoice, Notice, Party, Reading, refused_document

__all__ = [
    "NoInvoice", "Notice", "Party", "Reader", "Reading", "read_invoice", "refused_document", "suggest_claim",
]  # fmt: skip
