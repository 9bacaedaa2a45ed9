"""A debtor's page with all it loads stays under 100 kB on the wire, and its part of Tabler is current."""

import gzip
import re
from pathlib import Path

import pytest

from recoup.web.kit import slimming

WEB = Path(slimming.__file__).resolve().parents[1]
MOST = 100_000
PAGES = ("", "pay/", "plan/", "promise/", "wrong/", "wrong/invoice/", "paid/", "not-us/", "insolvent/", "call/", "details/", "talk/", "statement/")  # fmt: skip


def wire(content: bytes) -> int:
    return len(gzip.compress(content))


def loaded(page: str) -> dict[str, int]:
    """What a page asks for, by its size as sent; the icons' sprite counts too."""
    found = {}
    for name in set(re.findall(r'(?:href|src)="/static/([^"#]+)', page)):
        path = next(p for p in WEB.glob(f"*/static/{name}"))
        found[name] = wire(path.read_bytes()) if path.suffix != ".woff2" else path.stat().st_size
    return found


@pytest.mark.parametrize("language", ["en", "de", "zh-hant"])
def test_every_page_is_under_a_hundred_kilobytes(world, language):
    client, heaviest = world.enter(), 0
    client.cookies["django_language"] = language
    for path in PAGES:
        response = client.get(f"/d/{path}")
        assert response.status_code == 200, path
        parts = loaded(response.content.decode())
        assert "vendor/tabler/tabler-small.css" in parts and not any(
            n.endswith("woff2") for n in parts
        )
        total = wire(response.content) + sum(parts.values())
        assert total < MOST, (path, total, parts)
        heaviest = max(heaviest, total)
    print(f"\n{language}: heaviest debtor page {heaviest} bytes on the wire")


def test_the_small_part_of_tabler_is_current():
    assert slimming.SMALL.read_text(encoding="utf-8") == slimming.small(), (
        "run: python -m recoup.web.kit.slimming"
    )
