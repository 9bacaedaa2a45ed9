"""Who talks, and what may be enclosed. Pure."""

from enum import StrEnum

from recoup.kernel.refusal import N_, Refusal
from recoup.kernel.text import counted

LONGEST = 4000
MOST_FILES = 10
LARGEST = 20_000_000


class Side(StrEnum):
    CLIENT = "client"
    HOUSE = "house"

    @property
    def other(self) -> "Side":
        return Side.HOUSE if self is Side.CLIENT else Side.CLIENT


# By the first bytes, never by the name.
TYPES = (
    (b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"), (b"<?xml", "application/xml"), (b"\xef\xbb\xbf<?xml", "application/xml"),
)  # fmt: skip
OFFICE = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def media_type_of(name: str, content: bytes) -> str:
    """What the content is. Raises `Refusal` `file_empty`, `file_too_large`, `file_kind`."""
    if not content:
        raise Refusal("file_empty", N_("%(file)s is empty."), file=name, field="enclosed")
    if len(content) > LARGEST:
        raise Refusal(
            "file_too_large", N_("%(file)s is larger than %(most)s MB."), file=name, field="enclosed",
            most=LARGEST // 1_000_000,
        )  # fmt: skip
    found = next((kind for start, kind in TYPES if content.startswith(start)), "")
    ending = name[name.rfind(".") :].lower()
    if found == "application/zip":
        found = OFFICE.get(ending, "")
    if not found and is_text(content) and ending in (".txt", ".csv", ".eml"):
        found = "text/plain"
    if not found:
        raise Refusal(
            "file_kind", N_("%(file)s cannot be enclosed: PDF, PNG, JPEG, XML, XLSX, DOCX, CSV and text can."),
            file=name, field="enclosed",
        )  # fmt: skip
    return found


def is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return "\x00" not in text


def refuse_unsound(text: str, files: int) -> None:
    """Raises `Refusal` `message_empty`, `message_long`, `files_too_many`."""
    if not text and not files:
        raise Refusal("message_empty", N_("Please write something."), field="text")
    if (found := counted(text, LONGEST)) > LONGEST:
        raise Refusal(
            "message_long", N_("The message has %(found)d characters; up to %(most)d can be sent."),
            field="text", found=found, most=LONGEST,
        )  # fmt: skip
    if files > MOST_FILES:
        raise Refusal(
            "files_too_many", N_("%(found)s files at once; up to %(most)s can be taken."),
            field="enclosed", found=files, most=MOST_FILES,
        )  # fmt: skip
