"""Names of payers as banks write them. Pure.

How alike two names are is `screening.companies`' to say; here stand what banks do to names (cut them off), how sure
a suggestion must be, and the folded name under which a learned rule is kept.
"""

import functools
import re
import unicodedata

from rapidfuzz import fuzz

from recoup.screening.companies import alike

LEGAL_FORMS = re.compile(
    r"\b(?:gesellschaft mit beschrankter haftung|g ?m ?b ?h(?: und co| co)?(?: kg| ohg)?|u ?g haftungsbeschrankt|ug|"
    r"aktiengesellschaft|mbh|ag|kgaa|kg|ohg|gbr|e k|ek|ev|eg|se|"
    r"limited liability company|limited liability partnership|public limited company|private limited|pte ltd|pvt ltd|"
    r"pty ltd|co ltd|company limited|limited|ltd|plc|llp|llc|lp|incorporated|inc|corporation|corp|company|co|"
    r"aktiebolag|ab publ|ab|hb|kb|aksjeselskap|asa|as|ans|da|a s|aps|i s|oyj|oy|ab oy|"
    r"b ?v|n ?v|v ?o ?f|b ?v ?b ?a|s ?a ?r ?l|s ?a ?s|s ?a|s ?r ?l|s ?p ?a|s ?l ?u|s ?l|lda|ltda|"
    r"sp z o o|spolka z o o|s ?r ?o|spol s r o|a s|d o o|k ?f ?t|z ?r ?t|bt|ou|uab|sia)\b"
)
CHINESE_FORMS = re.compile(
    r"(?:股份有限公司|有限責任公司|有限责任公司|集團有限公司|集团有限公司|有限公司|股份公司|株式会社|株式會社|合同会社|"
    r"有限会社|公司|\(株\)|㈱)"
)
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "œ": "oe", "þ": "th", "ı": "i"}
)
NO_WORD, AND = re.compile(r"[^\w]+|_"), re.compile(r"\b(?:and|och|og|et|y|i|en|e)\b")
AND_AT_AN_END = re.compile(r"(?:\bund$)|(?:^und\b)")
CUT_FROM, SHORT, SURE = 14, 6, 88


@functools.lru_cache(maxsize=10_000)
def plain_name(name: str) -> str:
    """The name for comparison: folded, without marks, punctuation and legal form.

    A name that is nothing but a legal form stays as it is.
    """
    bare = name.casefold() if name.isascii() else bared(name)
    spaced = NO_WORD.sub(" ", bare.replace("&", " und ").replace("'", "")).strip()
    spaced = AND.sub("und", spaced)
    cut = " ".join(LEGAL_FORMS.sub(" ", spaced).split())
    cut = AND_AT_AN_END.sub("", cut).strip()
    return cut or spaced


def bared(name: str) -> str:
    """Folded, without marks and Chinese legal forms."""
    folded = unicodedata.normalize("NFKC", name).casefold().translate(LETTERS)
    folded = CHINESE_FORMS.sub(" ", folded)
    return "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))


def similarity(one: str, other: str) -> int:
    """0 to 100: how alike two company names are, whatever the order of words or a cut-off end.

    Banks cut names at 18 to 70 characters, so a long enough name is also compared with the
    beginning of the other.
    """
    a, b = plain_name(one), plain_name(other)
    if not a or not b:
        return 0
    score = 100 if a == b else alike(one, other).score
    short, long = sorted((a, b), key=len)
    if CUT_FROM <= len(short) < len(long):
        score = max(score, int(fuzz.ratio(short, long[: len(short)])))
    return score


def is_alike(one: str, other: str) -> bool:
    """Whether two names are alike enough to suggest (never to book by).

    Short and Chinese names, where one character is another company, must be equal.
    """
    a, b = plain_name(one), plain_name(other)
    if not a or not b:
        return False
    if (CJK.search(a) and CJK.search(b)) or min(len(a), len(b)) < SHORT:
        return a.replace(" ", "") == b.replace(" ", "")
    return similarity(one, other) >= SURE and numbers_of(a) == numbers_of(b)


def numbers_of(name: str) -> list[str]:
    """Numbers in a name tell companies of one group apart (Fonds 3, Fonds 4)."""
    return sorted(re.findall(r"\d+", name))
