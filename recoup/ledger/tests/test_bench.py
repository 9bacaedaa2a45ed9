from recoup.ledger.bench import postings_per_second
from recoup.ledger.models import Entry


def test_the_benchmark_measures_both_and_leaves_nothing(db):
    found = postings_per_second(200)
    assert found["per_second"] > 0 and found["floor_per_second"] > 0 and found["ratio"] > 0
    assert not Entry.objects.exists()
