import threading

from recoup.paper.bench import letters_per_second
from recoup.paper.envelopes import ENVELOPES
from recoup.paper.render import fonts
from recoup.paper.tests import cast


def test_only_our_own_faces_are_used() -> None:
    assert {family for family in fonts().families() if not family.startswith("Noto Sans CJK")} == {
        "Inter"
    }


def test_threads_write_at_the_same_time_and_agree() -> None:
    wanted = cast.write("letter", "sv").sha256
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(cast.write("letter", "sv").sha256))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 6


def test_the_address_lies_inside_the_window() -> None:
    for place in ENVELOPES.values():
        assert place.y + place.height <= place.text_y - 4
        assert place.x + place.width <= 210 - 15


def test_the_benchmark_measures_letters_beside_their_floor() -> None:
    found = letters_per_second(2)
    assert found["letters"] == 2 and found["per_second"] > 0
    assert abs(found["ratio"] - found["floor_ms"] / found["ms"]) < 0.01
