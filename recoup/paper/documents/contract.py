"""What the agreement and the power of attorney share: two languages abreast, parties, signatures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from recoup.paper import figures
from recoup.paper.languages import Language, language_of
from recoup.paper.parts import Address, Sender, Signature
from recoup.paper.wording import Wording

ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Numbers are registration numbers as written in the trade."""

    agency: Sender
    agency_number: str
    client: Address
    client_number: str

    def gaps(self) -> dict[str, str]:
        return {
            "client": self.client.name, "client_number": self.client_number,
            "client_address": ", ".join(self.client.lines), "agency": self.agency.name,
            "agency_number": self.agency_number, "agency_address": ", ".join(self.agency.lines),
        }  # fmt: skip


class Tongues:
    """The client's language and, unless that is English, English beside it."""

    def __init__(self, language: str) -> None:
        self.mine = (Wording(language), language_of(language))
        english = (Wording(ENGLISH), language_of(ENGLISH))
        self.english = None if language == ENGLISH else english

    def joined(self, say: Callable[[Wording, Language], str]) -> str:
        """Both in one line, `Vollmacht / Power of attorney`, for cells and labels."""
        texts = [say(*self.mine)] + ([say(*self.english)] if self.english else [])
        return " / ".join(dict.fromkeys(texts))

    def pair(self, say: Callable[[Wording, Language], Any]) -> tuple[Any, Any]:
        return say(*self.mine), say(*self.english) if self.english else None


def clause(key: str, tongues: Tongues, gaps: Callable[[Wording, Language], dict[str, str]]) -> Any:
    """Title and text of the clause `key`; each language fills the gaps in its own way."""

    def written(words: Wording, spoken: Language) -> dict[str, str]:
        return {
            "title": words.say(f"{key}.title"),
            "text": words.say(f"{key}.text", **gaps(words, spoken)),
        }

    mine, english = tongues.pair(written)
    return mine | {"english": english}


def prevails(tongues: Tongues) -> tuple[str, str | None]:
    """Which version counts if they differ: the one in the client's own language."""
    code = tongues.mine[1].code

    def written(words: Wording, _: Language) -> str:
        return words.say("agreement.prevails", tongue=words.say(f"agreement.tongue.{code}"))

    return tongues.pair(written)


def signature_block(
    party: str, name: str, signature: Signature | None, tongues: Tongues
) -> dict[str, Any]:
    """The signature as given, or a line to sign on."""
    head = tongues.joined(lambda words, _: words.say(f"sign.party_{party}", name=name))
    if signature is None:
        blank = tongues.joined(lambda words, _: words.say("sign.blank"))
        return {"party": head, "signed": False, "name": "", "lines": [blank]}
    words, spoken = tongues.mine
    return {
        "party": head, "signed": True, "name": signature.name,
        "lines": [
            f"{signature.name}, {signature.title}",
            words.say("sign.at", at=figures.instant(signature.at, spoken)),
            words.say("sign.evidence", evidence=signature.evidence),
        ],
    }  # fmt: skip
