"""The chain of events: sealed in batches by one sealer at a time; whatever is changed behind the
application's back, by the superuser himself, is found."""

import hashlib
import json
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from conftest import superuser
from recoup.eventlog.heads import Head, file_of, publish_head, published_heads
from recoup.eventlog.models import Event, Seal, Unsealed
from recoup.eventlog.operations import (
    Happened,
    canonical,
    forget_words,
    link,
    record_many,
    seal_waiting,
)
from recoup.eventlog.rules import GENESIS
from recoup.journeys.prove.chain import chain_unbroken
from recoup.kernel.actor import SYSTEM
from recoup.tenancy.context import scope
from tests.cast import House

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def happen(house: House, count: int, name: str = "a") -> None:
    events = [Happened("Noted", AT, SYSTEM, data={"n": n, "by": f"{name} Söder 苏", "x": None}) for n in range(count)]  # fmt: skip
    record_many(agency=house.id, events=events)  # type: ignore[arg-type]


def wrong(house: House) -> list[str]:
    with scope(house.id):  # type: ignore[arg-type]
        return chain_unbroken(house.id)[1]  # type: ignore[arg-type]


def seal_all(house: House) -> None:
    with scope(house.id):  # type: ignore[arg-type]
        while seal_waiting(agency=house.id, limit=7):  # type: ignore[arg-type]
            pass


@pytest.fixture
def chain(committed_house: House) -> House:
    """Twenty sealed events, the head published after twelve and after all."""
    for count in (12, 8):
        with scope(committed_house.id):  # type: ignore[arg-type]
            happen(committed_house, count)
        seal_all(committed_house)
        publish_head(agency=committed_house.id, at=AT)  # type: ignore[arg-type]
    assert wrong(committed_house) == []
    return committed_house


def tamper(*statements: tuple[str, list[Any]]) -> None:
    """As the superuser, with every trigger asleep."""
    with superuser(os.environ["RECOUP_DB_NAME"]) as db:
        db.execute("SET session_replication_role = replica")
        for sql, params in statements:
            db.execute(sql, params)  # type: ignore[call-overload]


def event_at(seq: int) -> str:
    return f"(SELECT event_id FROM eventlog_seal WHERE seq = {seq})"


def rewrite_from(house: House, start: int) -> None:
    """What a clever forger does: change an event and compute every hash from there on anew."""
    tamper((f"UPDATE eventlog_event SET by_name = 'forged' WHERE id = {event_at(start)}", []))
    with scope(house.id):  # type: ignore[arg-type]
        seals = list(Seal.objects.select_related("event").order_by("seq"))
    previous = seals[start - 2].hash if start > 1 else GENESIS
    for seal in seals[start - 1 :]:
        fresh = link(previous, seal.event)
        tamper(("UPDATE eventlog_seal SET previous = %s, hash = %s WHERE id = %s", [previous, fresh, seal.id]))  # fmt: skip
        previous = fresh


def cut_off(house: House) -> None:
    tamper(
        ("CREATE TEMP TABLE gone AS SELECT event_id FROM eventlog_seal WHERE seq > 17", []),
        ("DELETE FROM eventlog_seal WHERE seq > 17", []),
        ("DELETE FROM eventlog_event WHERE id IN (SELECT event_id FROM gone)", []),
    )


def fork(house: House) -> None:
    """A second successor of place 19, for an event nobody saw happen."""
    with scope(house.id):  # type: ignore[arg-type]
        happen(house, 1, "fork")
        event = Event.objects.latest("id")
        before = Seal.objects.get(seq=19).hash
    tamper(
        ("INSERT INTO eventlog_seal (id, agency_id, seq, event_id, previous, hash) VALUES"
         " (gen_random_uuid(), %s, 21, %s, %s, %s)", [house.id, event.id, before, link(before, event)]),
        ("DELETE FROM eventlog_unsealed", []),
    )  # fmt: skip


TAMPERINGS: dict[str, tuple[Callable[[House], None], str]] = {
    "flip": (
        lambda house: tamper(
            (
                f"""UPDATE eventlog_event SET data = data || '{{"n": 999}}' WHERE id = {event_at(5)}""",
                [],
            )
        ),
        "at place 5 has been changed",
    ),
    "delete": (
        lambda house: tamper(
            (f"DELETE FROM eventlog_event WHERE id = {event_at(8)}", []),
            ("DELETE FROM eventlog_seal WHERE seq = 8", []),
        ),
        "place 8 is missing",
    ),
    "delete the event alone": (
        lambda house: tamper((f"DELETE FROM eventlog_event WHERE id = {event_at(8)}", [])),
        "place 8 is missing",
    ),
    "swap": (
        lambda house: tamper(
            ("UPDATE eventlog_seal SET seq = -1 WHERE seq = 3", []),
            ("UPDATE eventlog_seal SET seq = 3 WHERE seq = 4", []),
            ("UPDATE eventlog_seal SET seq = 4 WHERE seq = -1", []),
        ),
        "place 3 does not follow the one before",
    ),
    "cut the end off": (cut_off, "place 20, published on 2026-11-20T09:00:00+00:00, is gone"),
    "write it anew from the middle": (
        lambda house: rewrite_from(house, 10),
        "place 12 was published on 2026-11-20T09:00:00+00:00 with another hash",
    ),
    "write it anew from the first": (lambda house: rewrite_from(house, 1), "with another hash"),
    "fork": (fork, "place 21 does not follow the one before"),
}


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_tampering_is_found(chain: House, kind: str) -> None:
    act, sentence = TAMPERINGS[kind]
    act(chain)
    found = wrong(chain)
    assert any(sentence in one for one in found), found


@pytest.mark.parametrize("kind", ["cut the end off", "write it anew from the middle"])
def test_what_only_the_published_head_can_find(chain: House, kind: str) -> None:
    TAMPERINGS[kind][0](chain)
    file_of(chain.id).unlink()  # type: ignore[arg-type]
    assert wrong(chain) == [], "inside the database such a chain is whole"


def test_the_application_itself_can_neither_edit_nor_delete(chain: House) -> None:
    for sql in ("UPDATE eventlog_event SET kind = 'x'", "DELETE FROM eventlog_event",
                "UPDATE eventlog_seal SET hash = 'x'", "DELETE FROM eventlog_seal", "TRUNCATE eventlog_seal"):  # fmt: skip
        with pytest.raises(Exception, match=r"permission denied|append-only"), scope(chain.id):  # type: ignore[arg-type]
            connection.cursor().execute(sql)


def test_events_are_sealed_in_batches_in_the_order_they_happened(house: House) -> None:
    happen(house, 25)
    sealed = [seal_waiting(agency=house.id, limit=10) for _ in range(4)]  # type: ignore[arg-type]
    assert sealed == [10, 10, 5, 0] and not Unsealed.objects.exists()
    seals = list(Seal.objects.select_related("event").order_by("seq"))
    assert [s.seq for s in seals] == list(range(1, 26))
    assert [s.event_id for s in seals] == sorted(s.event_id for s in seals)
    assert seals[0].previous == GENESIS and seals[1].previous == seals[0].hash
    assert wrong(house) == []


def test_the_canonical_form_stays_as_it_is(house: House) -> None:
    """Its hash is kept for years: another form is another version."""
    happen(house, 1)
    event = Event.objects.get()
    event.salts = None  # as events were before what may name a person had commitments
    assert json.loads(canonical(event)) == {
        "v": 1, "id": str(event.id), "agency": str(house.id), "kind": "Noted", "at": "2026-11-20T09:00:00+00:00",
        "by": ["system", "", SYSTEM.name], "client": "", "case": "", "audience": "client",
        "data": {"n": 0, "by": "a Söder 苏", "x": None},
    }  # fmt: skip
    assert b" " not in canonical(event).replace("a Söder 苏".encode(), b"").replace(SYSTEM.name.encode(), b"")  # fmt: skip


def test_the_second_form_has_commitments_which_stay_when_the_words_go(house: House) -> None:
    record_many(
        agency=house.id,
        events=[Happened("NoteAdded", AT, SYSTEM, data={"text": "Anna 苏", "n": 1})],
    )  # type: ignore[arg-type]
    event = Event.objects.get()
    assert (
        event.salts is not None and set(event.salts) == {"text"} and len(event.salts["text"]) == 32
    )
    said = hashlib.sha256(f'{event.salts["text"]}\n"Anna 苏"'.encode()).hexdigest()
    before = canonical(event)
    document = json.loads(before)
    assert (document["v"], document["data"]) == (2, {"text": {"sealed": said}, "n": 1})
    assert forget_words(event) == {"text": "Anna 苏"}
    event.refresh_from_db()
    assert (event.data["text"], event.salts) == ({"sealed": said}, {})
    assert canonical(event) == before


def test_sealers_and_writers_at_once_never_fork_the_chain(committed_house: House) -> None:
    house, stop, failures = committed_house, threading.Event(), list[BaseException]()

    def guarded(act: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                act()
            except BaseException as error:
                failures.append(error)
            finally:
                connection.close()

        return run

    def write() -> None:
        for _ in range(15):
            with scope(house.id):  # type: ignore[arg-type]
                happen(house, 4)

    def seal() -> None:
        while not stop.is_set():
            with scope(house.id):  # type: ignore[arg-type]
                seal_waiting(agency=house.id, limit=9)  # type: ignore[arg-type]
            publish_head(agency=house.id, at=AT)  # type: ignore[arg-type]

    writers = [threading.Thread(target=guarded(write)) for _ in range(3)]
    sealers = [threading.Thread(target=guarded(seal)) for _ in range(3)]
    for thread in (*writers, *sealers):
        thread.start()
    for thread in writers:
        thread.join(60)
    stop.set()
    for thread in sealers:
        thread.join(60)
    seal_all(house)
    assert not failures and wrong(house) == []
    with scope(house.id):  # type: ignore[arg-type]
        assert Seal.objects.count() == Event.objects.count() >= 180
        assert list(Seal.objects.order_by("seq").values_list("seq", flat=True)) == list(
            range(1, Seal.objects.count() + 1)
        )
    assert len(published_heads(house.id)) > 1  # type: ignore[arg-type]


def test_a_head_is_published_once_and_a_torn_line_spoils_no_other(chain: House) -> None:
    agency: Any = chain.id
    assert [h.seq for h in published_heads(agency)] == [12, 20]
    assert publish_head(agency=agency, at=AT) is None
    with open(file_of(agency), "ab") as file:
        file.write(b'{"agency": "half a li')
    with scope(agency):
        happen(chain, 2)
    seal_all(chain)
    published = publish_head(agency=agency, at=AT)
    assert isinstance(published, Head) and published.seq >= 22
    assert [h.seq for h in published_heads(agency)] == [12, 20, published.seq]
    assert wrong(chain) == []


def test_only_the_last_part_of_a_long_file_is_read(chain: House, monkeypatch: Any) -> None:
    monkeypatch.setattr("recoup.eventlog.heads.LAST", 260)
    assert [h.seq for h in published_heads(chain.id)] == [20]  # type: ignore[arg-type]


def test_the_job_seals_and_publishes(committed_house: House) -> None:
    from recoup.jobs.tasks import seal_events

    agency: Any = committed_house.id
    with scope(agency):
        happen(committed_house, 3)
        waiting = Unsealed.objects.count()
    seal_events.func(timestamp=0)
    heads = published_heads(agency)
    assert [h.seq for h in heads] == [waiting] and wrong(committed_house) == []


def test_op12_a_copy_of_the_heads_elsewhere_finds_what_the_own_file_no_longer_tells(chain: House, tmp_path: Any, settings: Any) -> None:  # fmt: skip
    """The insider writes the chain anew and mends the file of heads as well; not the one elsewhere."""
    settings.HEADS_COPY = str(tmp_path)
    agency: Any = chain.id
    with scope(agency):
        happen(chain, 2)
    seal_all(chain)
    assert publish_head(agency=agency, at=AT) is not None
    rewrite_from(chain, 10)
    file_of(agency).unlink()
    assert any("was published" in sentence for sentence in wrong(chain))


def test_a_copy_that_cannot_be_written_stops_nothing(chain: House, tmp_path: Any, settings: Any, caplog: Any) -> None:  # fmt: skip
    settings.HEADS_COPY = str(tmp_path / "gone" / "away")
    agency: Any = chain.id
    with scope(agency):
        happen(chain, 1)
    seal_all(chain)
    assert publish_head(agency=agency, at=AT) is not None
    assert "could not be published" in caplog.text
