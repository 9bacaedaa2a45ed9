"""The benches run, small."""

from recoup.ledger.bench_legs import three_legs
from recoup.payments.bench_bank import bank_file_seconds


def test_a_bank_file_is_timed_beside_its_floors(db):
    found = bank_file_seconds(100)
    assert found["n"] == 100 and found["floor_bare_parse"] >= 0
    assert set(found["parts"]) == {"parse", "store", "post", "settle", "match", "again"}


def test_entries_are_timed_beside_their_floors(db):
    found = three_legs(50)
    assert found["singly_per_second"] > 0 and found["balances_ratio"] > 0
