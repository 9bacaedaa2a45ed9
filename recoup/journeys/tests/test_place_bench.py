"""The benchmark of an import runs, small."""

from recoup.journeys.place.bench import seconds_for


def test_a_list_is_timed_beside_a_bare_copy_and_weighed(db):
    found = seconds_for(200)
    assert found["accepted"] + found["rejected"] + found["duplicates"] == 200
    assert found["ratio"] > 0 and found["xlsx_ratio"] > 0 and found["placed"] > 0
    # The child that reads the workbook is weighed by itself, not as its parent's image.
    assert found["memory_mb"] > 0 and found["xlsx_child_mb"] < found["xlsx_memory_mb"]
