"""The one rounding of amounts is the database's too."""

from decimal import Decimal

from django.db import connection

from recoup.kernel.money import round_half_up

D = Decimal


def test_mo07_the_one_rounding_is_the_databases_too(db):
    halves = [D(n) / 1000 for n in range(-45, 46, 5)]
    halves += [D("0.125"), D("2.675"), D("1234.565"), D("-0.125")]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT round(v, 2) FROM unnest(%s::numeric[]) WITH ORDINALITY t (v, n) ORDER BY n",
            [halves],
        )
        by_database = [row[0] for row in cursor.fetchall()]
    assert [round_half_up(v, "EUR") for v in halves] == by_database
    assert round_half_up(D("0.125"), "EUR") == D("0.13")
