"""What a message holds besides its recipient, the same for a demand and for a client's own reminder."""

from typing import Any

from recoup.contact.sms import parts_of, refuse_long
from recoup.paper.parts import Paper


def letter_payload(paper: Paper, paper_id: str, document: str, template: str) -> dict[str, Any]:
    return {
        "document": document, "sha256": paper.sha256, "paper_id": paper_id, "pages": paper.pages, "template": template,
    }  # fmt: skip


def sms_payload(text: str, document: str, template: str) -> dict[str, Any]:
    """Raises `Refusal` for a text that is too long to be sent."""
    refuse_long(text)
    parts = parts_of(text)
    return {
        "text": text, "parts": parts.count, "coding": parts.coding, "document": document, "template": template,
    }  # fmt: skip
