"""A portfolio of any size from a seed, for benchmarks: an agency of its own in a database of its own.

Made by the database itself (`generate_series`), as the superuser with triggers off: a million cases
with debtors, people, lines, letters sent, calls, tasks, holds, payments promised and their story, in
minutes. The same seed gives the same rows. Keys are ordered in time, as UUIDv7 keys are.
"""

import hashlib
import json
import random
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from recoup.agreements.standard_card import TERMS
from recoup.config import database
from recoup.parties.rules import match_name

PER_COLLECTOR = 400  # cases, of which seven in ten are open
CLIENTS = 500
# country, law, zone, language, currency
PLACES = (
    ("DE", "Europe/Berlin", "de", "EUR"), ("SE", "Europe/Stockholm", "sv", "SEK"),
    ("GB", "Europe/London", "en", "GBP"), ("HK", "Asia/Hong_Kong", "zh-Hant", "HKD"),
    ("FR", "Europe/Paris", "en", "EUR"), ("CN", "Asia/Shanghai", "zh-Hans", "EUR"),
)  # fmt: skip
SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "nor",
    "vel",
    "tra",
    "sun",
    "be",
    "ru",
    "hal",
    "gör",
    "mül",
    "ström",
    "wei",
    "pon",
    "sä",
    "lan",
    "dor",
    "fi",
    "kje",
]
TRADES = [
    "Logistik",
    "Handel",
    "Stahl",
    "Möbler",
    "Textiles",
    "Print",
    "Maschinenbau",
    "Foods",
    "Electronics",
    "Bau",
    "Papier",
    "Shipping",
]
FORMS = {"DE": "GmbH", "SE": "AB", "GB": "Ltd", "FR": "SAS"}
HAN = {
    "HK": ("香港九龍新界福星港明海天", "貿易電子紡織運輸", "有限公司"),
    "CN": ("深圳上海云帆北京华东广州", "电子科技贸易物流", "有限公司"),
}
FIRST_NAMES = [
    "Anna",
    "Lars",
    "Sabine",
    "Tom",
    "Eva",
    "Jonas",
    "Mei",
    "Helen",
    "Erik",
    "Ada",
    "Karin",
    "Oliver",
    "陳",
    "李",
    "王",
]
LAST_NAMES = [
    "Vogel",
    "Nyström",
    "Weiß",
    "Hale",
    "Strand",
    "Petersen",
    "Wong",
    "Marsh",
    "Lind",
    "Berg",
    "大文",
    "小明",
    "美玲",
]


def database_name(cases: int, seed: int) -> str:
    """One database per size, seed and state of the migrations and of this file."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(Path(__file__).parents[1].glob("*/migrations/*.py")):
        digest.update(path.read_bytes())
    return f"bench_{cases}_{seed}_{digest.hexdigest()[:8]}"


def ensure_portfolio(cases: int, seed: int, on: date) -> str:
    """The name of a database with the portfolio as of day `on`; made when it is not there yet. Needs the
    embedded server (its superuser)."""
    if database.given_url() is not None:
        raise SystemExit("A portfolio is made on the embedded database only: unset DATABASE_URL.")
    database.ensure_running()
    name = database_name(cases, seed)
    with superuser("postgres") as db:
        if db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        making = sql.Identifier(f"making_{name}")
        db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(making))
        db.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(making, sql.Identifier(database.OWNER))
        )
        with superuser(f"making_{name}") as inside:
            database.prepare(inside, database.OWNER)
        migrate(f"making_{name}")
        with superuser(f"making_{name}") as inside:
            fill(inside, cases, seed, on)
        db.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(making, sql.Identifier(name)))
    return name


def superuser(name: str) -> psycopg.Connection[Any]:
    place = database.parameters("superuser") | {"dbname": name}
    return psycopg.connect(database.conninfo(place), autocommit=True)


def migrate(name: str) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    place = {k.upper(): v for k, v in database.parameters("owner").items() if k != "dbname"}
    settings.DATABASES["owner"] = {
        "ENGINE": "django.db.backends.postgresql", **place, "NAME": name
    }  # fmt: skip
    connections.settings = connections.configure_settings(settings.DATABASES)
    call_command("migrate", database="owner", verbosity=0)
    connections["owner"].close()


def fill(db: psycopg.Connection[Any], cases: int, seed: int, on: date) -> None:
    """Fill an empty, migrated database. Steps and seconds go to standard error."""
    names = company_names(seed)
    values = {
        "n": cases, "seed": str(seed), "on": on, "clients": min(CLIENTS, max(1, cases // 20)),
        "collectors": max(1, cases // PER_COLLECTOR), "debtors": max(1, cases * 6 // 10),
        "codes": [p[0] for p in PLACES], "zones": [p[1] for p in PLACES],
        "languages": [p[2] for p in PLACES], "currencies": [p[3] for p in PLACES],
        "terms": json.dumps(TERMS), "first": FIRST_NAMES, "last": LAST_NAMES, "per_place": len(names) // len(PLACES),
        "year": on.year, "since": on - timedelta(days=400),
    }  # fmt: skip
    db.execute("SET session_replication_role = replica")
    db.execute("SET maintenance_work_mem = '512MB'")
    db.execute(KEYS)
    db.execute(DEFAULTS)
    db.execute("CREATE TEMPORARY TABLE bench_name (at int PRIMARY KEY, name text, folded text)")
    with db.cursor() as cursor, cursor.copy("COPY bench_name FROM STDIN") as copy:
        for at, (name, folded) in enumerate(names, start=1):
            copy.write_row((at, name, folded))
    for title, statement in STEPS:
        begun = time.perf_counter()
        db.execute(statement, values)
        print(f"  {title}: {time.perf_counter() - begun:.1f} s", file=sys.stderr, flush=True)
    db.execute("SELECT reports_stand_all()")  # triggers are off
    db.execute("DROP FUNCTION bench_key(int, bigint, text), bench_draw(int, bigint, text)")
    db.execute("VACUUM ANALYZE")


def company_names(seed: int, per_place: int = 4000) -> list[tuple[str, str]]:
    """Names by place, with the name as it is found again."""
    drawn = random.Random(seed)  # noqa: S311 - names, not secrets
    found = []
    for code, *_ in PLACES:
        for _n in range(per_place):
            found.append(han(drawn, *HAN[code]) if code in HAN else latin(drawn, FORMS[code]))
    return [(name, match_name(name)) for name in found]


def latin(drawn: random.Random, form: str) -> str:
    first = "".join(drawn.choices(SYLLABLES, k=drawn.randint(2, 3))).capitalize()
    return f"{first} {drawn.choice(TRADES)} {form}"


def han(drawn: random.Random, signs: str, trades: str, form: str) -> str:
    at = drawn.randrange(len(trades) // 2) * 2
    return "".join(drawn.choices(signs, k=4)) + trades[at : at + 2] + form


KEYS = """
CREATE OR REPLACE FUNCTION bench_key(kind int, i bigint, seed text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(1750000000000 + i), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8'
            || substr(md5(seed || ':' || kind || ':' || i), 1, 15))::uuid
$$;
CREATE OR REPLACE FUNCTION bench_draw(below int, i bigint, what text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT (('x' || substr(md5(what || i), 1, 7))::bit(28)::int % below)
$$;
"""
# A column that came later, and that a portfolio has no opinion about, is zero, empty or false.
DEFAULTS = """
DO $$ DECLARE c record; BEGIN
    FOR c IN SELECT table_name, column_name, data_type FROM information_schema.columns
             WHERE table_schema = 'public' AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
               AND data_type IN ('boolean', 'smallint', 'integer', 'bigint', 'numeric', 'character varying', 'text', 'jsonb', 'ARRAY')
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET DEFAULT %L', c.table_name, c.column_name,
            CASE WHEN c.data_type = 'boolean' THEN 'false' WHEN c.data_type IN ('jsonb', 'ARRAY') THEN '{}'
                 WHEN c.data_type IN ('text', 'character varying') THEN '' ELSE '0' END);
    END LOOP;
END $$
"""
AGENCY = "bench_key(1, 0, %(seed)s)"
CASE = "bench_key(10, i, %(seed)s)"
# One client in five hundred has a tenth of all cases.
CLIENT = "bench_key(5, CASE WHEN bench_draw(10, i, 'large') = 0 THEN 0 ELSE i %% %(clients)s END, %(seed)s)"
OPEN = "i %% 10 < 7"


def rows(table: str, columns: str, select: str, count: str = "%(n)s", where: str = "") -> str:
    return (
        f"INSERT INTO {table} ({columns}) SELECT {select} FROM generate_series(0::bigint, {count} - 1) AS i "  # noqa: S608
        + (f"WHERE {where}" if where else "")
    )


def one(table: str, columns: str, select: str) -> str:
    return f"INSERT INTO {table} ({columns}) SELECT {select}"


PLACE = "(1 + bench_draw(6, i * 3 / 5, 'place'))"  # of a debtor, by the case's own number
DEBTOR = "bench_key(6, i * 3 / 5, %(seed)s)"
AT_PLACE = "(1 + bench_draw(6, i, 'place'))"
NAME = f"(({AT_PLACE} - 1) * %(per_place)s + 1 + bench_draw(%(per_place)s, i, 'name'))"
STAGE = """CASE WHEN i %% 10 >= 7 THEN 'closed' WHEN i %% 100 = 0 THEN 'submitted' WHEN i %% 20 = 6 THEN 'evaluation'
    WHEN i %% 50 = 5 THEN 'legal' ELSE 'contact' END"""
COLLECTOR = "bench_key(3, 1 + i / 10 %% %(collectors)s, %(seed)s)"
MADE = "(%(since)s::date + (i * 390 / %(n)s)::int + time '09:00') AT TIME ZONE 'UTC'"
STEPS: Sequence[tuple[str, str]] = (
    ("agency", one("tenancy_agency", "id, slug, name, country, language, currency, time_zone, registration_number, vat_number, address, email, phone, licence",
        f"{AGENCY}, 'bench', 'Bench Inkasso AB', 'SE', 'en', 'EUR', 'Europe/Stockholm', '5560360793', 'SE556036079301', '[]', 'b@bench.example', '+4681', ''")),
    ("users", rows("tenancy_user", "id, password, is_superuser, first_name, last_name, is_staff, is_active, date_joined, email, name, language, time_zone",
        "bench_key(2, i, %(seed)s), '!', false, '', '', false, true, now(), 'p' || i || '@bench.example', 'Person ' || i, 'en', 'Europe/Stockholm'", "%(collectors)s + 2")),
    # 0 is the supervisor, the last the account manager, the others are collectors
    ("members", rows("tenancy_member", "id, agency_id, user_id, role, client_id, active",
        f"bench_key(3, i, %(seed)s), {AGENCY}, bench_key(2, i, %(seed)s), CASE WHEN i = 0 THEN 'supervisor' WHEN i > %(collectors)s THEN 'account_manager' ELSE 'collector' END, NULL, true", "%(collectors)s + 2")),
    ("profiles", rows("cases_collectorprofile", "id, agency_id, member_id, countries, languages, laws, experience_years, permissions, capacity, absent_until, phone",
        f"bench_key(4, i, %(seed)s), {AGENCY}, bench_key(3, i, %(seed)s), ARRAY[(%(codes)s::text[])[1 + i %% 6]], ARRAY[(%(languages)s::text[])[1 + i %% 6], 'en'], ARRAY[(%(codes)s::text[])[1 + i %% 6]], (i %% 12)::int, '{{}}', 500, NULL, ''", "%(collectors)s + 1", "i > 0")),
    ("clients", rows("parties_client", "id, agency_id, name, country, registration_number, vat_number, address, city, postcode, language, email, phone, time_zone, made_at, reference, stage, signatory, authority, payout_iban, payout_bic, account_manager_id",
        f"bench_key(5, i, %(seed)s), {AGENCY}, 'Client ' || i || ' AB', 'SE', (5560000000 + i)::text, '', '[]', 'Mora', '', 'sv', 'c' || i || '@bench.example', '', 'Europe/Stockholm', now(), 'C-' || i, 'active', 'Eva Lind', 'VD', '', '', bench_key(3, %(collectors)s + 1, %(seed)s)", "%(clients)s")),
    ("rate card", one("agreements_ratecard", "id, agency_id, version, valid_from, currency, terms, published_at, by_name",
        f"bench_key(7, 0, %(seed)s), {AGENCY}, '2026.1', '2026-01-01', 'EUR', %(terms)s::jsonb, now(), 'Bench'")),
    ("papers", rows("files_document", "id, agency_id, sha256, size, media_type, name, kind, title, language, client_id, case_id, audience, made_at, by_kind, by_id, by_name",
        f"bench_key(8, i, %(seed)s), {AGENCY}, md5('doc' || i) || md5('paper' || i), 1000, 'application/pdf', 'agreement.pdf', 'agreement', '', 'en', bench_key(5, i, %(seed)s), NULL, 'client', now(), 'system', NULL, 'Bench'", "%(clients)s")),
    ("agreements", rows("agreements_agreement", "id, agency_id, client_id, number, version, rate_card_id, language, token, agreement_document_id, power_document_id, made_at, signed_at, signed_by, trail, countersigned_at, countersigned_by",
        f"bench_key(9, i, %(seed)s), {AGENCY}, bench_key(5, i, %(seed)s), 'A-' || i, 1, bench_key(7, 0, %(seed)s), 'sv', md5('token' || i), bench_key(8, i, %(seed)s), bench_key(8, i, %(seed)s), now(), now(), 'Eva', '[]', now(), 'Bench'", "%(clients)s")),
    ("debtors", rows("parties_debtor", "id, agency_id, name, country, registration_number, vat_number, address, city, postcode, language, email, phone, time_zone, made_at, match_name",
        f"bench_key(6, i, %(seed)s), {AGENCY}, w.name, (%(codes)s::text[])[{AT_PLACE}], lpad((10000000 + i)::text, 9, '9'), '', '[\"Street 1\"]', 'City ' || (i %% 900), '20457', (%(languages)s::text[])[{AT_PLACE}], 'd' || i || '@debtor.example', '+49 40 ' || (1000000 + i), (%(zones)s::text[])[{AT_PLACE}], now(), w.folded", "%(debtors)s").replace("AS i ", f"AS i JOIN bench_name w ON w.at = {NAME} ")),
    ("people", rows("parties_contact", "id, agency_id, debtor_id, name, role, language, email, phone, made_at",
        f"bench_key(11, i, %(seed)s), {AGENCY}, bench_key(6, i, %(seed)s), (%(first)s::text[])[1 + bench_draw(array_length(%(first)s::text[], 1), i, 'first')] || ' ' || (%(last)s::text[])[1 + bench_draw(array_length(%(last)s::text[], 1), i, 'last')], 'accounts', '', 'person' || i || '@debtor.example', '+49 40 ' || (5000000 + i), now()", "%(debtors)s", "i %% 2 = 0")),
    ("cases", rows("cases_case", "id, agency_id, client_id, debtor_id, number, reference, client_reference, currency, jurisdiction, interest, stage, collector_id, agreement_id, submission_key, known_dispute, submitted_at",
        f"{CASE}, {AGENCY}, {CLIENT}, {DEBTOR}, 'R-' || %(year)s || '-' || lpad((i + 1)::text, greatest(6, length((i + 1)::text)), '0'), 'RF00' || %(year)s || lpad((i + 1)::text, 8, '0'), '', (%(currencies)s::text[])[{PLACE}], (%(codes)s::text[])[{PLACE}], '{{}}', {STAGE}, {COLLECTOR}, bench_key(9, i %% %(clients)s, %(seed)s), 'k' || i, false, {MADE}")),
    ("looks", rows("cases_look", "case_id, agency_id, client_id, collector_id, day",
        f"{CASE}, {AGENCY}, {CLIENT}, {COLLECTOR}, %(on)s::date + (i %% 14)::int", where=OPEN)),
    ("lines", rows("cases_claimline", "id, agency_id, case_id, client_id, kind, ref, issued_on, due_on, amount",
        f"bench_key(12, i, %(seed)s), {AGENCY}, {CASE}, {CLIENT}, 'invoice', 'INV-' || (100000 + i), %(on)s::date - 60 - bench_draw(600, i, 'due'), %(on)s::date - 30 - bench_draw(600, i, 'due'), (100 + bench_draw(2000000, i, 'amount'))::numeric / 100")),
    ("second lines", rows("cases_claimline", "id, agency_id, case_id, client_id, kind, ref, issued_on, due_on, amount",
        f"bench_key(13, i, %(seed)s), {AGENCY}, {CASE}, {CLIENT}, 'invoice', 'INV-' || (100000 + i) || '-2', %(on)s::date - 60 - bench_draw(600, i, 'two'), %(on)s::date - 30 - bench_draw(600, i, 'two'), (100 + bench_draw(900000, i, 'sum'))::numeric / 100", where="i %% 2 = 0")),
    ("moves", rows("cases_move", "id, agency_id, case_id, client_id, was, now, by_name, at, because",
        f"bench_key(14, i, %(seed)s), {AGENCY}, {CASE}, {CLIENT}, 'accepted', 'contact', 'Bench', {MADE}, 'assigned'")),
    ("messages", rows("outbox_message", "id, agency_id, channel, key, state, client_id, case_id, gated, recipient, payload, content_hash, due_at, made_at, fence, attempts, doubt, provider_ref, outcome, settled_at",
        f"bench_key(15, i, %(seed)s), {AGENCY}, 'letter', 'first_demand:' || i, 'sent', {CLIENT}, {CASE}, true, 'Debtor', '{{}}', '', {MADE}, {MADE}, 1, 1, false, '', '{{}}', {MADE}", where="i %% 100 <> 0")),
    ("letters", rows("contact_contactattempt", "id, agency_id, case_id, client_id, step, channel, message_id, language, made_at, answer_by, outcome, note, by_name, owed",
        f"bench_key(16, i, %(seed)s), {AGENCY}, {CASE}, {CLIENT}, 'first_demand', 'letter', bench_key(15, i, %(seed)s), 'en', {MADE}, %(since)s::date + (i * 390 / %(n)s)::int + 10, '', '', 'Bench', '{{}}'", where="i %% 100 <> 0")),
    ("calls", rows("contact_contactattempt", "id, agency_id, case_id, client_id, step, channel, contact_id, language, made_at, outcome, right_party, note, by_name, owed",
        f"bench_key(17, i, %(seed)s), {AGENCY}, {CASE}, {CLIENT}, 'call', 'call', NULL, '', {MADE} + interval '12 days', (ARRAY['no_answer','left_message','will_answer','promised'])[1 + (i / 10 %% 4)], (ARRAY[NULL, false, true, true])[1 + (i / 10 %% 4)], '', 'Person ' || (1 + i / 10 %% %(collectors)s), '{{}}'", where="i %% 2 = 1")),
    ("holds", rows("cases_hold", "id, agency_id, case_id, client_id, kind, since, until, because, by_name",
        f"bench_key(18, i, %(seed)s), {AGENCY}, {CASE}, {CLIENT}, CASE WHEN i %% 3 = 0 THEN 'disputed' ELSE 'promise' END, {MADE}, CASE WHEN i %% 3 = 0 THEN NULL ELSE %(on)s::date - 4 + (i %% 9)::int END, 'said so', 'Bench'", where=f"{OPEN} AND i %% 11 = 0")),
    ("tasks", rows("cases_task", "id, agency_id, case_id, kind, key, sentence, params, \"default\", owner_id, role, due_on, made_at, done_by, outcome",
        f"bench_key(19, i, %(seed)s), {AGENCY}, {CASE}, 'call', 'call:' || i, 'Call %%(debtor)s about %%(case)s: %%(phone)s', jsonb_build_object('debtor', 'Debtor ' || i, 'case', 'R-' || %(year)s || '-' || lpad((i + 1)::text, greatest(6, length((i + 1)::text)), '0'), 'phone', '+49'), '', {COLLECTOR}, 'collector', %(on)s::date - (i %% 5)::int, now(), '', ''", where=f"{OPEN} AND i %% 7 < 2 AND i %% 11 <> 0")),
    # What debtors have paid to the client itself: no bank lines are made for it.
    ("payments", rows("payments_allocation", "id, agency_id, case_id, client_id, received_on, amount, currency, costs, compensation, interest, principal, overpaid, direct, waived, designated, entry_id, at, by_name, because",
        f"bench_key(25, i, %(seed)s), {AGENCY}, {CASE}, {CLIENT}, least(%(on)s::date, %(since)s::date + (i * 390 / %(n)s)::int + bench_draw(150, i, 'after')), 50, (%(currencies)s::text[])[{PLACE}], 0, 0, 0, 50, 0, true, false, '', bench_key(26, i, %(seed)s), {MADE}, 'Bench', '{{}}'", where="i %% 4 = 1")),
    ("story", "INSERT INTO eventlog_event (id, agency_id, kind, at, by_kind, by_name, client_id, case_id, audience, data) "  # noqa: S608
        f"SELECT bench_key(20 + k, i, %(seed)s), {AGENCY}, (ARRAY['CaseSubmitted','CaseAccepted','CallMade'])[k], {MADE} + k * interval '1 day', 'system', 'Bench', {CLIENT}, {CASE}, 'client', "
        "(ARRAY['{\"amount\":\"100.00\",\"currency\":\"EUR\",\"debtor\":\"x\"}','{}','{\"outcome\":\"no_answer\"}'])[k]::jsonb FROM generate_series(0::bigint, %(n)s - 1) AS i, generate_series(1, 3) AS k"),
    ("counter", one("tenancy_counter", "id, agency_id, series, last", f"bench_key(30, 0, %(seed)s), {AGENCY}, 'case-' || %(year)s, %(n)s")),
)  # fmt: skip
