"""A due day that stands only in free text. What is found is a proposal that a person confirms."""

import re
from dataclasses import dataclass
from datetime import date

from recoup.intake.einvoice.prepared import DISCOUNT

MONTHS = {
    "jan": 1, "gen": 1, "ene": 1, "feb": 2, "fév": 2, "fev": 2, "mar": 3, "mär": 3, "maa": 3, "mrt": 3,
    "apr": 4, "avr": 4, "abr": 4, "mai": 5, "may": 5, "maj": 5, "mag": 5, "mei": 5, "jun": 6, "giu": 6,
    "juin": 6, "jul": 7, "lug": 7, "juil": 7, "aug": 8, "aoû": 8, "ago": 8, "sep": 9, "set": 9,
    "okt": 10, "oct": 10, "ott": 10, "nov": 11, "dez": 12, "dec": 12, "déc": 12, "dic": 12, "des": 12, "out": 10,
    # Polish, Finnish, Czech (červen and červenec share four letters and are left out), Hungarian
    "sty": 1, "lut": 2, "kwi": 4, "cze": 6, "lip": 7, "sie": 8, "wrz": 9, "paź": 10, "lis": 11, "gru": 12,
    "tam": 1, "hel": 2, "huh": 4, "tou": 5, "kes": 6, "hei": 7, "elo": 8, "syy": 9, "lok": 10, "marr": 11, "jou": 12,
    "led": 1, "úno": 2, "bře": 3, "dub": 4, "kvě": 5, "srp": 8, "zář": 9, "říj": 10, "pro": 12,
    "már": 3, "ápr": 4, "máj": 5, "jún": 6, "júl": 7, "sze": 9,
}  # fmt: skip
DAY = r"(?P<d>[0-9]{1,2})"
YEAR = r"(?P<y>[0-9]{4})"
FORMS = (
    re.compile(rf"(?<![0-9]){YEAR}-(?P<m>[0-9]{{2}})-(?P<d>[0-9]{{2}})(?![0-9])", re.ASCII),
    re.compile(rf"(?<![0-9]){DAY}\. ?(?P<m>[0-9]{{1,2}})\. ?{YEAR}(?![0-9])", re.ASCII),
    re.compile(rf"(?<![0-9]){DAY}/(?P<m>[0-9]{{1,2}})/{YEAR}(?![0-9])", re.ASCII),
    re.compile(rf"(?<![0-9]){YEAR} ?年 ?(?P<m>[0-9]{{1,2}}) ?月 ?{DAY} ?日"),
    re.compile(rf"(?<![0-9]){DAY}(?:\.|er|st|nd|rd|th)? (?:de )?(?P<w>[^\W0-9_]{{3,12}})\.?,? (?:de )?{YEAR}(?![0-9])"),
    re.compile(rf"\b(?P<w>[^\W0-9_]{{3,12}}) {DAY},? {YEAR}(?![0-9])"),
    re.compile(rf"(?<![0-9]){YEAR}(?P<s>[./]) ?(?P<m>[0-9]{{1,2}})(?P=s) ?{DAY}(?![0-9])", re.ASCII),
    re.compile(rf"(?<![0-9]){YEAR}\. (?P<w>[^\W0-9_]{{3,12}}) {DAY}\."),
)  # fmt: skip
# Words that ask for payment by a day: en, de, sv, fr, it, es, pt, nl, da, nb, fi, pl, cs, hu, ro, et, tr, el, zh, ja.
# “Payment” alone is none: invoices also list the payments received.
DUE_WORD = re.compile(
    r"zahlbar|zu zahlen|fällig|\bdue\b|payable|\bpay\b|payment (?:by|before|until|on)|no later than"
    r"|att betala|förfall|senast|échéance|à payer|avant le|au plus tard|scadenza|entro|vencimiento|a pagar|antes del"
    r"|vervaldatum|te voldoen|uiterlijk|te betalen|betales|forfald|forfall|eräpäivä|maksettava|到期|付款|應付|应付"
    r"|termin płatności|termin zapłaty|płatn[eay]|zapłaty do|vencimento|a pagar até|pagável até|splatn|uhradit do"
    r"|fizetési határidő|fizetendő|esedékes|scaden[tț]|maksetähtaeg|tasuda|son ödeme|vade(?:si| tarihi)|πληρωτέ|εξόφληση|λήξη"
    r"|支払期限|支払期日|お支払",
    re.I,
)
# “Bis” alone also ends a period of delivery.
UNTIL, PERIOD = re.compile(r"\bbis\b", re.I), re.compile(r"zeitraum|\bvo[nm]\b|gültig|leistung|liefer", re.I)  # fmt: skip
CLAUSE_END = re.compile(
    r"\n|;|,(?! ?[0-9]{4}(?![0-9.]))|/(?![0-9])|(?<![0-9])/|(?<![0-9])\.\s+(?=[A-ZÄÖÜÉ])|[。，；]"
)
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Found:
    """A day, and the words it was taken from."""

    on: date
    phrase: str


def due_days_in(text: str) -> tuple[Found, ...]:
    """Days on which `text` says payment is due, in the order of the text; discount days left out.

    Only the first 4,000 characters are looked at. `03/04/2018`, which is two days, counts as neither.
    """
    found = []
    for clause in CLAUSE_END.split(text[:LONGEST]):
        asks = DUE_WORD.search(clause) or (UNTIL.search(clause) and not PERIOD.search(clause))
        if not asks or DISCOUNT.search(clause):
            continue
        found += [Found(day, " ".join(clause.split())[:120]) for day in days_in(clause)]
    return tuple(dict.fromkeys(found))


def days_in(clause: str) -> list[date]:
    hits = sorted(
        ((m.start(), i, m) for i, form in enumerate(FORMS) for m in form.finditer(clause)),
        key=lambda hit: hit[:2],
    )
    return [day for _, i, m in hits if (day := day_from(m, slashes=i == 2))]


def day_from(match: re.Match[str], *, slashes: bool) -> date | None:
    parts = match.groupdict()
    month = int(parts["m"]) if parts.get("m") else month_of(parts["w"])
    day = int(parts["d"])
    if slashes and day <= 12 and month <= 12 and day != month:
        return None
    if slashes and month > 12:
        day, month = month, day
    try:
        return date(int(parts["y"]), month, day)
    except ValueError:
        return None


def month_of(word: str) -> int:
    lower = word.lower()
    return MONTHS.get(lower[:4]) or MONTHS.get(lower[:3]) or 0
