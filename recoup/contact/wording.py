"""The house's own words for letters, e-mails and text messages: what may stand in them, and what the law of
a country wants said. Pure.

A template is sentences with gaps (`{creditor}`) and nothing else: no code, no tags, no loops. Sentences that
a house does not change are the standard's (`paper/wording`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from recoup.contact.sms import refuse_long
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.rules import CODES
from recoup.kernel.refusal import N_, NotAnswered, Refusal
from recoup.paper.documents.debtor_letter import LetterKind, Step
from recoup.paper.documents.own_reminder import OwnKind
from recoup.paper.languages import LANGUAGES
from recoup.paper.render import refuse_unprintable
from recoup.paper.wording import GAP, fill, words_of

MEDIA = ("letter", "email", "sms")
OWN_KINDS = tuple(
    kind.value for kind in OwnKind
)  # in a client's own name, before it places anything
KINDS = (*(kind.value for kind in LetterKind), *OWN_KINDS)
LONGEST = 4000
# What every sentence may name; see paper.documents.debtor_letter.known_gaps.
GENERAL = (
    "creditor", "agency", "debtor", "case", "total", "deadline", "ground", "collector", "collector_phone",
    "collector_email", "link", "code", "reference", "today",
)  # fmt: skip
OWN_GENERAL = ("creditor", "debtor", "contact", "invoices", "total", "deadline", "today")
UNSAID = (
    "debtor",
    "total",
    "ground",
    "link",
    "code",
)  # a subject is read by whoever stands behind the screen
LEGAL_GAPS = ("creditor", "agency", "debtor", "case", "collector", "link")
FOLLOWS = tuple(step.value for step in Step if step is not Step.OTHER)
# A blank line begins a paragraph in these; everywhere else a text is one line.
LONG = ("opening", "next", "text")


@lru_cache(maxsize=64)
def keys_of(kind: str, medium: str) -> tuple[str, ...]:
    """The sentences of a template, in the order of the paper."""
    if kind in OWN_KINDS:
        return own_keys(kind, medium)
    if medium == "email":
        return ("mail.subject", "mail.text")
    if medium == "sms":
        return ("sms.text",)
    return (
        f"letter.{kind}.title", "letter.subject", "letter.salutation", f"letter.{kind}.opening", "letter.pay_by",
        "letter.interest_to", "letter.interest_grows", "letter.segment", "letter.next.title",
        *(f"letter.next.{each}" for each in FOLLOWS), "letter.talk.title", "letter.talk.text",
        "letter.legal_title", "letter.greeting",
    )  # fmt: skip


def own_keys(kind: str, medium: str) -> tuple[str, ...]:
    if medium == "email":
        return ("own.mail.subject", "own.mail.text")
    if medium == "sms":
        return ("own.sms.text",)
    return (
        f"own.{kind}.title", "own.subject", "own.salutation", f"own.{kind}.opening", "own.pay_by", "own.how",
        "own.talk", "own.greeting",
    )  # fmt: skip


@lru_cache(maxsize=64)
def labels_of(medium: str, language: str) -> tuple[str, ...]:
    """The small words of the sheet: headings of the table, of the payment box, of the references."""
    if medium != "letter":
        return ()
    words = words_of(language)
    small = (
        "table.",
        "pay.",
        "sheet.",
        "letter.talk.link",
        "letter.talk.code",
        "letter.talk.person",
    )
    return tuple(k for k, v in words.items() if k.startswith(small) and isinstance(v, str))  # fmt: skip


def standard(kind: str, medium: str, language: str) -> dict[str, str]:
    """The standard sentences of a template, with its labels."""
    words = words_of(language)
    return {
        key: str(words[key]) for key in (*keys_of(kind, medium), *labels_of(medium, language))
    }  # fmt: skip


def is_long(key: str) -> bool:
    return key.rpartition(".")[2] in LONG or (
        key.startswith("letter.next.") and not key.endswith("title")
    )


def gaps_of(key: str, language: str) -> tuple[str, ...]:
    """What the sentence may name: what all may, and what the standard one does."""
    mine = GAP.findall(str(words_of(language)[key]))
    title = ("title",) if key.startswith(("mail.", "own.mail.")) else ()
    general = OWN_GENERAL if key.startswith("own.") else GENERAL
    found = (*general, *(gap for gap in dict.fromkeys((*mine, *title)) if gap not in general))
    return tuple(gap for gap in found if not key.endswith("mail.subject") or gap not in UNSAID)


def read_texts(kind: str, medium: str, language: str, given: Mapping[str, Any]) -> dict[str, str]:
    """The sentences that differ from the standard's. Raises `Refusal` `template_…` with the key as `field`."""
    refuse_unknown(kind, medium, language)
    plain = standard(kind, medium, language)
    if unknown := sorted(set(given) - set(plain)):
        raise Refusal(
            "template_key", N_("A template has no sentence “%(found)s”."), field=unknown[0], found=unknown[0]
        )  # fmt: skip
    found = {}
    for key, text in given.items():
        said = read_sentence(key, text, gaps_of(key, language), long=is_long(key))
        if said != plain[key]:
            found[key] = said
    if medium == "sms":
        (key,) = keys_of(kind, medium)
        refuse_long(found.get(key, plain[key]))
    return found


def refuse_unknown(kind: str, medium: str, language: str) -> None:
    for name, value, known in (
        ("kind", kind, KINDS), ("medium", medium, MEDIA), ("language", language, tuple(LANGUAGES)),
    ):  # fmt: skip
        if value not in known:
            raise Refusal(
                "template_kind", N_("There is no template for “%(found)s”."), field=name, found=str(value)[:40]
            )  # fmt: skip


def read_sentence(key: str, given: Any, gaps: tuple[str, ...], *, long: bool) -> str:
    """One sentence: words and gaps, nothing that could be code."""
    text = str(given).replace("\r\n", "\n").strip() if isinstance(given, str) else ""
    if not text:
        raise Refusal("template_empty", N_("A sentence is missing here."), field=key)
    if len(text) > LONGEST:
        raise Refusal(
            "template_long", N_("This text is longer than %(most)d characters."), field=key, most=LONGEST
        )  # fmt: skip
    if not long and "\n" in text:
        raise Refusal("template_lines", N_("This text has one line."), field=key)
    try:
        refuse_unprintable(text.replace("\n", " "))
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.text, field=key, **refusal.params) from None
    for gap in GAP.findall(text):
        if gap not in gaps:
            raise Refusal(
                "template_gap", N_("Nothing is known as {%(found)s} here."), field=key, found=gap
            )
    if rest := CODE.search(GAP.sub("", text)):
        raise Refusal(
            "template_code", N_("“%(found)s” cannot stand in a template: gaps are written as {creditor}."),
            field=key, found=rest[0],
        )  # fmt: skip
    return text


CODE = re.compile(r"[{}]|<%|%>|\$\(")


# What the law wants said ------------------------------------------------------------------------

SHEET: tuple[str, ...] = ()  # the sheet itself says it, whatever the sentences are
# Each requirement of a pack, word for word, and the gaps that meet it. What is not here needs a sentence of
# the house's own: no wording of a law is invented.
MET: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "SE": {
        "creditor name and ground of the claim": ("creditor", "ground"),
        "capital, interest and costs stated separately": SHEET,
        "accrued interest amount, rate, period and principal used": ("interest", "rate", "from_on", "to_on", "principal"),
        "reasonable time to pay or object": ("deadline",),
        "should: how to pay": SHEET,
    },
    "GB": {
        "basis of claim, summary of facts": ("ground",),
        "amount and how calculated, incl. interest and rate": ("interest", "rate"),
        "documents relied on": SHEET,  # the link to the page that has them
        "how to pay and response time": ("deadline",),
    },
    "NO": {
        "creditor's name": ("creditor",),
        "what the claim concerns": ("ground",),
        "amount with principal and add-ons (interest, costs) shown separately": SHEET,
        "interest rate used and start date": ("rate", "from_on"),
    },
    "FR": {
        "ground and amount in principal, interest, accessories separated, excluding costs left to the creditor": ("ground",),
        "payment instructions": SHEET,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a country wants in a demand: `gaps` that meet it, or None where it needs a sentence of the house's
    own; `only_if`: it depends on the case, so the sentence may be left out."""

    text: str
    source: str
    gaps: tuple[str, ...] | None
    only_if: bool

    @property
    def own(self) -> bool:
        return self.gaps is None


@lru_cache(maxsize=64)
def required(country: str) -> tuple[Requirement, ...]:
    """What the pack of a country asks for; nothing where it has no answer or no list for business debtors."""
    if country not in CODES:
        return ()
    try:
        fact = law(country).required_wording()
    except NotAnswered:
        return ()
    if not isinstance(fact.value, list):
        return ()
    met = MET.get(country, {})
    return tuple(
        Requirement(text, fact.source, met.get(text), text.startswith("if ")) for text in fact.value
    )


def lacking(
    kind: str, language: str, country: str, texts: Mapping[str, str], legal: Mapping[str, str]
) -> tuple[Requirement, ...]:
    """What a letter with these sentences would not say although the law of `country` wants it said. What it
    wants of a demand it does not want of a creditor's own reminder."""
    needed = required(country) if kind not in OWN_KINDS else ()
    if not needed:
        return ()
    all_texts = standard(kind, "letter", language) | dict(texts)
    said = {
        gap for key in keys_of(kind, "letter") for gap in GAP.findall(all_texts[key])
        if not key.startswith("letter.next.")
    }  # fmt: skip
    return tuple(
        r for r in needed
        if (r.own and not r.only_if and not legal.get(r.text, "").strip())
        or (r.gaps is not None and not set(r.gaps) <= said)
    )  # fmt: skip


def refuse_lacking(
    kind: str, language: str, country: str, texts: Mapping[str, str], legal: Mapping[str, str]
) -> None:
    """Raises `Refusal` `wording_missing` naming what is missing and the source that wants it."""
    missing = lacking(kind, language, country, texts, legal)
    if missing:
        raise Refusal(
            "wording_missing",
            N_("The letter does not say what the law of %(country)s wants said: %(missing)s (%(source)s)."),
            field="legal", country=country, missing="; ".join(r.text for r in missing), source=missing[0].source,
        )  # fmt: skip


def read_legal(country: str, given: Mapping[str, Any]) -> dict[str, str]:
    """The house's own sentences for what the law of a country wants said. Raises `Refusal` `template_…`."""
    known = {r.text for r in required(country) if r.own}
    found = {}
    for text, sentence in given.items():
        if text not in known:
            raise Refusal(
                "template_key", N_("A template has no sentence “%(found)s”."), field="legal", found=str(text)[:60]
            )  # fmt: skip
        if str(sentence).strip():
            found[text] = read_sentence("legal", sentence, LEGAL_GAPS, long=False)
    return found


@dataclass(frozen=True, slots=True)
class Words:
    """The words a message is written in: a released version (`label`), or the standard."""

    label: str
    texts: Mapping[str, str]
    legal: Mapping[str, str]
    announces: str = ""

    def say(self, key: str, language: str, gaps: Mapping[str, str]) -> str:
        """One sentence filled. Raises `Refusal` `value_missing`."""
        return fill(self.texts.get(key) or str(words_of(language)[key]), dict(gaps))


def standard_words(kind: str, medium: str, language: str) -> Words:
    return Words(f"standard {medium} {kind} {language}", {}, {})
