"""One notice, whatever register it comes from. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from recoup.insolvency.states import NoticeKind


@dataclass(frozen=True, slots=True)
class Practitioner:
    """Who administers the estate, as the notice names them."""

    name: str
    role: str = ""
    address: str = ""
    appointed_on: date | None = None
    ceased_on: date | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """`key` tells the notice from every other of its source; `said` is the register's own wording of the
    kind; `event_on` the day of the judgment, order or resolution; `dates` every dated event by its name."""

    source: str
    key: str
    kind: NoticeKind
    said: str
    company: str = ""
    number: str = ""
    country: str = ""
    notice_id: str = ""
    code: str = ""
    published_on: date | None = None
    event_on: date | None = None
    court: str = ""
    reference: str = ""
    city: str = ""
    postcode: str = ""
    url: str = ""
    case_type: str = ""
    dates: tuple[tuple[str, date], ...] = ()
    practitioners: tuple[Practitioner, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds. `total` is how many the register says there are, where it says so; `warnings`
    name what was left out and why."""

    source: str
    notices: tuple[Notice, ...]
    total: int | None = None
    warnings: tuple[str, ...] = ()


KINDS: tuple[tuple[NoticeKind, str], ...] = (
    (NoticeKind.DISSOLVED, r"\bdissolved\b(?!.*wound)"),
    (NoticeKind.SOLVENT_LIQUIDATION, r"members'? voluntary|members'? voluntary liquidation|股東自動清盤|股东自动清盘"),
    (NoticeKind.PETITION, r"petition|konkursansökan|insolvenzantrag|呈請|呈请|demande d'ouverture"),
    (NoticeKind.MORATORIUM, r"moratorium|sauvegarde"),
    (NoticeKind.ARRANGEMENT, r"voluntary arrangement|composition|scheme of arrangement|ackord|vergleich|concordat|和解"),
    (NoticeKind.ADMINISTRATION, r"administration\b|administrator"),
    (NoticeKind.RECEIVERSHIP, r"receiver"),
    (NoticeKind.REORGANISATION, r"redressement|reorgani[sz]ation|rekonstruktion|restructuring|restrukturierung|chapter 11|重整"),
    (NoticeKind.LIQUIDATION, r"winding.?up|wound up|liquidation|liquidator|清盤|清盘|清算"),
    (NoticeKind.BANKRUPTCY, r"bankrupt|konkurs|insolvenz|insolvency|faillite|faillissement|fallimento|concurso|破產|破产"),
)  # fmt: skip


def kind_of(*said: str) -> NoticeKind:
    """The kind by the words of the trade, from the most telling text to the least."""
    for text in said:
        for kind, pattern in KINDS:
            if re.search(pattern, text or "", re.IGNORECASE):
                return kind
    return NoticeKind.UNCLEAR


MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january januar januari", "février fevrier february februar februari", "mars march märz",
            "avril april", "mai may maj", "juin june juni", "juillet july juli", "août aout august augusti",
            "septembre september", "octobre october oktober", "novembre november",
            "décembre decembre december dezember",
        ), 1,
    )
    for name in names.split()
}  # fmt: skip


def day_in(text: object) -> date | None:
    """A day as registers write it: 2021-05-24, 20210524, 2021-05-24T07:43:53, 10 décembre 2009, 24/05/2021."""
    said = str(text or "").strip()
    if found := re.match(r"(\d{4})-?(\d{2})-?(\d{2})(?:\D|\d{12}$|$)", said, re.ASCII):
        return made(*found.groups())
    if found := re.match(r"(\d{1,2})(?:er)?\.? (\w+) (\d{4})$", said):
        return made(found[3], str(MONTHS.get(found[2].casefold(), 0)), found[1])
    if found := re.match(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})$", said, re.ASCII):
        return made(found[3], found[2], found[1])
    return None


def made(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
