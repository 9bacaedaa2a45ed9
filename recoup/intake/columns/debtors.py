"""The debtors of a file: each judged once however many rows it has, companies only. Pure."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from recoup.intake.columns.places import country_of, country_of_address, country_of_vat
from recoup.intake.tables.table import Row, is_blank
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.bulk import DebtorSaid
from recoup.parties.operations import mail, valid_number
from recoup.parties.rules import is_consumer, match_name, may_be_of

CODES = (
    "debtor", "registration_number", "vat_number", "country", "street", "postcode", "city",
)  # fmt: skip
REACH = ("email", "phone", "contact")
Ordinary = Mapping[str, AbstractSet[Any]]  # by column
NOTHING: Ordinary = MappingProxyType({})
Text = Callable[[Row, str], str]
Wrong = Callable[..., None]


class Whole(frozenset[Any]):
    """Every cell of a column."""

    def __contains__(self, cell: object) -> bool:
        return True


WHOLE = Whole()


@dataclass(slots=True)
class Debtor(DebtorSaid):
    """`row` is the first that names it."""

    row: int = 0

    @property
    def key(self) -> tuple[str, ...]:
        """The same debtor within the file: by number, else by name and place."""
        number = self.registration_number or self.vat_number
        if number:
            return (self.country, number)
        place = self.postcode or self.city or self.street
        return (self.country, "", self.match_name, place.casefold())


class Debtors:
    """Collects a file's debtors; `fallback` is the country of rows that say none, `assumed` the same by nobody's
    word: not for a company whose legal form is of elsewhere; `ordinary` cells of a column are their own text."""

    def __init__(
        self,
        fallback: str,
        columns: dict[str, int],
        assumed: str = "",
        ordinary: Ordinary = NOTHING,
    ) -> None:
        self.fallback, self.assumed = fallback, assumed
        self.codes = [code for code in CODES if code in columns]
        reached = [code for code in REACH if code in columns]
        self.columns = [columns[code] for code in self.codes]
        self.reached = [columns[code] for code in reached]
        self.ordinary = [ordinary.get(code, frozenset()) for code in self.codes]
        self.whole = all(one is WHOLE for one in self.ordinary)
        self.reach_whole = all(ordinary.get(code) is WHOLE for code in reached)
        self.places_of = [self.codes.index(code) if code in self.codes else -1 for code in CODES]
        self.reach_of = [reached.index(code) if code in reached else -1 for code in REACH]
        self.seen: set[tuple[Any, ...]] = set()
        self.found: list[Debtor] = []
        self.places: dict[tuple[str, ...], int] = {}
        self.known: dict[tuple[Any, ...], int | list[tuple[str, Refusal]]] = {}
        self.other_names: dict[tuple[int, str], tuple[int, str]] = {}

    def of(self, row: Row, text: Text, wrong: Wrong) -> int | None:
        """The debtor's place in `found`, or None with the reasons noted."""
        raw, reach = picked(row.cells, self.columns), picked(row.cells, self.reached)
        answer = self.known.get(raw)
        if answer is None:
            said = self.plain(raw)
            if said is None:
                said = [text(row, code) for code in CODES]
                if sum(map(bool, said)) < sum(not is_blank(cell) for cell in raw):
                    return None  # a cell that cannot be kept has been noted with its own reason
            answer = self.judged(row, *said)
            self.known[raw] = answer
        if isinstance(answer, list):
            for code, refusal in answer:
                wrong(code, refusal)
            return None
        met = (answer, reach)
        if met not in self.seen:
            said = spread(reach, self.reach_of) if self.reach_whole else [text(row, c) for c in REACH]  # fmt: skip
            if self.reachable(self.found[answer], said, wrong):
                self.seen.add(met)
        return answer

    def plain(self, raw: tuple[Any, ...]) -> Sequence[str] | None:
        """The cells where every one is ordinary, its own text; else None."""
        if not self.whole:
            for cell, ordinary in zip(raw, self.ordinary, strict=True):
                if cell not in ordinary and cell != "":
                    return None
        return spread(raw, self.places_of)

    def judged(
        self,
        row: Row,
        name: str,
        number: str,
        vat: str,
        land: str,
        street: str,
        postcode: str,
        city: str,
    ) -> int | list[tuple[str, Refusal]]:
        reasons: list[tuple[str, Refusal]] = []
        country = self.country(land, vat, (street, city), name, reasons)
        if not name:
            reasons.append(
                ("debtor", Refusal("missing", N_("%(field)s is missing."), field="debtor"))
            )
        elif (person := is_consumer(name, registration_number=number, vat_number=vat)) is not None:
            reasons.append(("debtor", person))
        if country:
            number = checked(reasons, "registration_number", f"company:{country}", number, country)
            vat = checked(reasons, "vat_number", "vat", vat, country)
        if reasons:
            return reasons
        made = Debtor(
            name, match_name(name), country, number, vat, street, postcode, city, row=row.number
        )
        place = self.places.setdefault(made.key, len(self.found))
        if place == len(self.found):
            self.found.append(made)
        elif self.found[place].match_name != made.match_name:
            self.other_names.setdefault((place, made.match_name), (row.number, name))
        return place

    def country(
        self,
        land: str,
        vat: str,
        address: tuple[str, str],
        name: str,
        reasons: list[tuple[str, Refusal]],
    ) -> str:
        if land:
            found = country_of(land)
            if found is None:
                text = N_("%(field)s: “%(found)s” is no country that we know.")
                reasons.append(
                    ("country", Refusal("country_unknown", text, field="country", found=land))
                )
            return found or ""
        assumed = self.assumed if self.assumed and may_be_of(name, self.assumed) else ""
        found = (
            country_of_vat(vat) or country_of_address(" ".join(address)) or self.fallback or assumed
        )
        if not found:
            reasons.append(
                ("country", Refusal("missing", N_("%(field)s is missing."), field="country"))
            )
        return found

    def reachable(self, debtor: Debtor, said: Sequence[str], wrong: Wrong) -> bool:
        """Take the first e-mail address, telephone and person (`REACH`) that its rows say, and keep the
        others beside them; False when wrong."""
        address, phone, person = said
        if address and address != debtor.email:
            try:
                mail(address)
            except Refusal as refusal:
                wrong("email", refusal)
                return False
        if (debtor.email and address not in ("", debtor.email)) or (debtor.phone and phone not in ("", debtor.phone)):  # fmt: skip
            debtor.more.append((person, address, phone))
            return True
        debtor.email = debtor.email or address
        debtor.phone = debtor.phone or phone
        debtor.contact = debtor.contact or person
        return True

    def warnings(self) -> list[Any]:
        """The same number under different names: probably a typing error in one of the two."""
        from recoup.intake.columns.rows import Problem

        text = N_(
            "%(found)s has the number of %(first)s in row %(other)d; they are taken as one debtor. Check the number."
        )
        return [
            Problem(row, "debtor", "names_differ", text,
                    {"field": "debtor", "found": name, "first": self.found[place].name,
                     "other": self.found[place].row, "row": row}, False)
            for (place, _folded), (row, name) in self.other_names.items()
        ]  # fmt: skip


def picked(cells: Sequence[Any], places: Sequence[int]) -> tuple[Any, ...]:
    """The cells at some places; a short row has nothing there."""
    try:
        return tuple([cells[p] for p in places])
    except IndexError:
        return tuple(cells[p] if p < len(cells) else "" for p in places)


def spread(found: Sequence[str], places: Sequence[int]) -> list[str]:
    """What was found in the order of `places`; "" for what no column has."""
    return [found[p] if p >= 0 else "" for p in places]


def checked(
    reasons: list[tuple[str, Refusal]], code: str, kind: str, value: str, country: str
) -> str:
    if not value:
        return ""
    try:
        return valid_number(kind, value, country)
    except Refusal as refusal:
        reasons.append((code, refusal))
        return value
