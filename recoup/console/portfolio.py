"""A portfolio of any size for benchmarks, made by a seed with a few statements: debtors with and without an
e-mail address, cases in three countries and currencies, their claim lines, moves, books and postings. All
are in contact and have not been written to; some are due on each of three days, the others much later."""

import json
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Model

from recoup.console.workshop import superuser

DAY = date(2026, 11, 23)  # a Monday
MADE_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
# Due on the first, second, third day: one in a thousand, one in a hundred, one in ten.
DAYS = (DAY, DAY + timedelta(days=1), DAY + timedelta(days=2))


@dataclass(frozen=True)
class Portfolio:
    agency: UUID
    cases: int
    due: tuple[int, ...]


def make_portfolio(*, dbname: str, cases: int, seed: int) -> Portfolio:
    """Make it in the (empty, migrated) database `dbname`; no triggers run while it is made."""
    from recoup.tenancy.operations import add_agency

    agency = add_agency(
        slug="portfolio", name="Portfolio Inkasso AB", country="SE", email="post@portfolio.example",
        address=["Storgatan 1", "111 23 Stockholm"], phone="+46 8 123 45 67",
    )  # fmt: skip
    values = {
        "agency": agency.id, "n": cases, "at": MADE_AT, "day": DAY,
        "shift": random.Random(seed).randrange(1, 10**6),  # noqa: S311 - a made-up portfolio, no secret
    }  # fmt: skip
    with superuser(dbname) as db:
        db.execute("SET session_replication_role = replica")
        for statement in statements():
            db.execute(statement.encode(), values)
        db.execute("SELECT reports_stand_all()")
        db.execute("VACUUM ANALYZE")
        count = "SELECT count(*) FROM cases_look WHERE day = %s"
        due = tuple(db.execute(count, [day]).fetchone()[0] for day in DAYS)  # type: ignore[index]
    return Portfolio(agency.id, cases, due)  # type: ignore[arg-type]


def key(kind: str, number: str) -> str:
    """An id by kind and number, in the order of the numbers as UUIDv7 are in the order of time."""
    return f"('00000000-0000-7{kind}00-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


# Numbers that look random, from the row's own and the seed; the same every time.
MIXED = "((i * 2654435761 + %(shift)s) %% 1000003)"
AMOUNT = f"(100 + ({MIXED} %% 900000) / 100.0)"
DEBTOR = "(1 + i / 2)"
CLIENT = "(1 + i %% 20)"
CASES = "generate_series(1::bigint, %(n)s) i"
DEBTORS = "generate_series(1::bigint, %(n)s / 2 + 1) i"
TWENTY = "generate_series(1::bigint, 20) i"
DUE_ON = """CASE WHEN i %% 1000 = 1 THEN %(day)s::date WHEN i %% 100 = 2 THEN %(day)s::date + 1
    WHEN i %% 10 = 3 THEN %(day)s::date + 2 ELSE %(day)s::date + 60 + (i %% 30)::int END"""


def pick(values: str, number: str) -> str:
    return f"(ARRAY[{values}])[1 + {number} %% 4]"


def statements() -> list[str]:
    from recoup.agreements.models import Agreement, RateCard
    from recoup.cases.models import Case, ClaimLine, Look, Move
    from recoup.files.models import Document
    from recoup.ledger.models import Book, Entry, Posting
    from recoup.parties.models import Client, Contact, Debtor
    from recoup.payments.models import TrustAccount

    money = {"currency": pick("'EUR','EUR','SEK','GBP'", DEBTOR)}
    of_case = {"case_id": key("3", "i"), "client_id": key("a", CLIENT)}
    day = "%(at)s::date"
    return [
        insert(Document, "generate_series(1::bigint, 1) i", id=key("b", "1"), sha256="repeat('0', 64)", size="1"),
        insert(RateCard, "generate_series(1::bigint, 1) i", id=key("c", "1"), terms="'{}'", valid_from=day),
        insert(Client, TWENTY, id=key("a", "i"), name="'Client ' || i", reference="'K-' || i", country="'SE'"),
        insert(
            Agreement, TWENTY, id=key("d", "i"), client_id=key("a", "i"), number="'A-' || i", token="'t' || i",  # noqa: S106
            rate_card_id=key("c", "1"), agreement_document_id=key("b", "1"), power_document_id=key("b", "1"),
        ),
        insert(TrustAccount, "generate_series(0, 3) i", id=key("9", "i"), iban="'SE' || i",
               currency="(ARRAY['EUR','SEK','GBP','USD'])[1 + i]"),
        insert(
            Debtor, DEBTORS, id=key("1", "i"), name="'Debtor ' || i", match_name="'debtor ' || i",
            country=pick("'DE','DE','SE','GB'", "i"), language=pick("'de','de','sv','en'", "i"),
            time_zone=pick("'Europe/Berlin','Europe/Berlin','Europe/Stockholm','Europe/London'", "i"),
            address="""'["Street 1", "12345 Town"]'""",
        ),
        insert(Contact, "generate_series(1::bigint, %(n)s / 2 + 1, 2) i", id=key("2", "i"),
               debtor_id=key("1", "i"), email="'d' || i || '@debtor.example'"),
        insert(
            Case, CASES, id=key("3", "i"), client_id=key("a", CLIENT), debtor_id=key("1", DEBTOR),
            number="'R-' || i", reference="'RF' || i", jurisdiction=pick("'DE','DE','SE','GB'", DEBTOR), stage="'contact'",
            agreement_id=key("d", CLIENT), submission_key="'s' || i", **money,
        ),
        insert(Look, CASES, case_id=key("3", "i"), client_id=key("a", CLIENT), day=DUE_ON),
        insert(
            ClaimLine, CASES, id=key("4", "i"), kind="'invoice'", ref="'F-' || i",
            due_on=f"%(day)s::date - 20 - ({MIXED} %% 300)::int", amount=AMOUNT, **of_case,
        ),
        insert(Move, CASES, id=key("5", "i"), was="'accepted'", now="'contact'", **of_case),
        insert(Book, CASES, id=key("6", "i"), kind="'case'", subject_id=key("3", "i"), client_id=key("a", CLIENT),
               name="'R-' || i"),
        insert(Entry, CASES, id=key("7", "i"), kind="'claim'", source="'claim:' || i", client_id=key("a", CLIENT),
               value_on=day, memo="'F-' || i"),
        insert(
            Posting, f"{CASES}, generate_series(0, 1) leg", id=key("8", "2 * i + leg"), entry_id=key("7", "i"),
            book_id=key("6", "i"), client_id=key("a", CLIENT), account="(ARRAY['principal','claimed'])[1 + leg]",
            amount=f"(1 - 2 * leg) * {AMOUNT}", value_on=day, **money,
        ),
    ]  # fmt: skip


def insert(model: type[Model], rows: str, **given: str) -> str:
    """One INSERT … SELECT from `rows`; columns that are not given get the model's default, instants the
    day of making."""
    known = {"agency_id": "%(agency)s", **given}
    for field in model._meta.concrete_fields:
        if field.column not in known and not field.null:
            known[str(field.column)] = standard(field)
    columns = ", ".join(f'"{name}"' for name in known)
    return f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {', '.join(known.values())} FROM {rows}"  # noqa: S608


def standard(field: Any) -> str:
    if field.get_internal_type() == "DateTimeField":
        return "%(at)s"
    if field.get_internal_type() == "ArrayField":
        return "'{}'"
    value = field.get_default() if field.has_default() else ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return f"'{json.dumps(value)}'"
    return f"'{value}'"
