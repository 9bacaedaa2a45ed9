"""List files of one's own making, and a client to compare with them."""

import csv
import io
from collections.abc import Iterator
from hashlib import sha256

from recoup.screening.models import SanctionsList
from recoup.screening.operations import load_list
from tests.cast import NOW, House

HEAD = ["id", "schema", "name", "aliases", "birth_date", "countries", "addresses", "identifiers", "sanctions",
        "phones", "emails", "dataset", "first_seen", "last_seen", "last_change"]  # fmt: skip
NORRLAND = {
    "id": "XX-1",
    "name": "Norrland Timber Trading House",
    "aliases": "Norrland Timber;Норрланд",
    "countries": "ru",
}
HAN = {
    "id": "XX-2",
    "name": "国华国际贸易有限公司",
    "aliases": "Guohua International Trading",
    "countries": "cn",
    "identifiers": "91110000710926094P",
}
SHIP = {"id": "XX-3", "schema": "Vessel", "name": "Norrland Timber", "countries": "se"}


def list_file(*rows: dict[str, str], seen: str = "2026-11-01") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, HEAD, restval="", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({"schema": "Company", "last_seen": seen} | row)
    return out.getvalue().encode()


def lines(content: bytes) -> Iterator[str]:
    yield from io.StringIO(content.decode(), newline="")


def load(
    house: House, *rows: dict[str, str], content: bytes | None = None, **how: object
) -> SanctionsList:
    content = list_file(*rows) if content is None else content
    return load_list(
        agency=house.id, lines=lines(content), file="targets.simple.csv", sha256=sha256(content).hexdigest(),
        by=house.actor("administrator"), at=NOW, **how,
    )  # type: ignore[arg-type]  # fmt: skip
