"""Many rows in and out, and references that are checked once."""

from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Count

from recoup.cases.models import Case, Charge
from recoup.cases.tests.cast import AT, add_debtor, at_work, line, sign_up
from recoup.eventlog.models import Event
from recoup.eventlog.operations import Happened, record, record_many
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.outbox.operations import queue
from recoup.parties.models import Debtor
from recoup.tenancy.bulk import among, among_texts, fresh_statistics, read_many
from recoup.tenancy.context import scope

UNKNOWN = UUID(int=7)


@pytest.fixture
def cases(house):
    client = sign_up(house)
    return [at_work(client, key=f"k{n}", lines=[line(f"RE-{n}", "100.00")], debtor=add_debtor(house, vat="", name=f"{'ABC'[n] * 9} Bau {n}, \\ \"GmbH\""))
            for n in range(3)]  # fmt: skip


def test_many_are_looked_up_by_id_by_reference_and_by_text(house, cases):
    one, two, _ = cases
    wanted = among([one.id, two.id, new_id()])
    assert set(Case.objects.filter(id__among=wanted)) == {one, two}
    assert set(Debtor.objects.filter(cases__id__among=wanted)) == {one.debtor, two.debtor}
    assert set(Case.objects.filter(debtor__among=among([two.debtor_id]))) == {two}
    assert set(Case.objects.filter(debtor_id__among=among([two.debtor_id]))) == {two}
    assert set(Case.objects.exclude(id__among=wanted)) == {cases[2]}
    names = ["BBBBBBBBB Bau 1, \\ \"GmbH\"", "{}", "NULL", ""]  # fmt: skip
    assert set(Debtor.objects.filter(name__among=among_texts(names))) == {two.debtor}
    assert not Case.objects.filter(id__among=among([])).exists()


def test_the_array_is_one_parameter_and_no_join(house, cases):
    found = Case.objects.filter(debtor_id__among=among(c.debtor_id for c in cases))
    sql, params = found.query.sql_with_params()
    assert "= ANY(%s::uuid[])" in sql and len(params) == 1
    assert "SubPlan" not in found.explain() and "Join" not in found.explain()


def test_rows_are_read_as_the_model_reads_them(house, cases):
    plain = {case.id: case for case in Case.objects.all()}
    made = read_many(Case.objects.order_by("number"))
    assert [c.number for c in made] == sorted(c.number for c in cases)
    for case in made:
        same = plain[case.id]
        assert case == same and not case._state.adding and case._state.db == "default"
        for field in Case._meta.concrete_fields:
            assert getattr(case, field.attname) == getattr(same, field.attname), field.name
        assert not case.get_deferred_fields() and case.debtor.name == same.debtor.name
    made[0].known_dispute = True
    made[0].save()
    assert Case.objects.get(id=made[0].id).known_dispute


def test_nothing_goes_in_for_an_agency_that_is_not_there(house):
    many = [Happened("NoteAdded", AT, SYSTEM) for _ in range(60)]
    for write in (
        lambda: record(agency=UNKNOWN, kind="NoteAdded", by=SYSTEM, at=AT),
        lambda: record_many(agency=UNKNOWN, events=many),
        lambda: queue(agency=UNKNOWN, channel="email", key="k", recipient="a@b.example", payload={}, at=AT, gated=False),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match="no such agency"), scope(UNKNOWN):
            write()
    assert not Event.objects.exists()


def test_the_composite_key_alone_holds_what_belongs_together(house, cases):
    one = cases[0]
    for stranger in ({"case_id": new_id()}, {"agency_id": UNKNOWN}):
        given = {"agency_id": house.id, "case_id": one.id, "client_id": one.client_id} | stranger
        with pytest.raises(DatabaseError), transaction.atomic():
            Charge.objects.create(kind="other", amount="1.00", key="k", because="", on=AT.date(), **given)  # fmt: skip
            transaction.get_connection().check_constraints()
    assert Charge.objects.aggregate(n=Count("id"))["n"] == 0


def test_every_salt_is_its_own(house):
    """Fetched together, they are no less random and no two alike."""
    data = {"because": "paid", "note": "spoke with the bookkeeper", "amount": "1.00"}
    record_many(agency=house.id, events=[Happened("NoteAdded", AT, SYSTEM, data=data) for _ in range(80)])  # fmt: skip
    salts = [s for e in Event.objects.filter(kind="NoteAdded") for s in e.salts.values()]
    assert len(salts) == len(set(salts)) == 160 and {len(s) for s in salts} == {32}
    assert {frozenset(e.salts) for e in Event.objects.filter(kind="NoteAdded")} == {frozenset({"because", "note"})}  # fmt: skip


def test_statistics_are_fresh_at_each_doubling_and_not_at_each_asking(house):
    """A look costs as much as thousands of rows: a bank file of 100,000 lines asked 240 times for one."""

    def seen(rows):
        Debtor.objects.bulk_create(
            Debtor(agency_id=house.id, name=f"D{n}", country="SE", match_name="d", made_at=AT) for n in range(rows)
        )  # fmt: skip
        fresh_statistics("parties_debtor")
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'parties_debtor'::regclass")
            return int(cursor.fetchone()[0])

    first = seen(1000)
    assert first >= 1000
    assert seen(300) == first, "a third more is not worth a look"
    assert seen(1200) >= first + 1500
