"""Whatever the bytes are, there is a reading or a refusal."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from recoup.intake.einvoice.document import read_here
from recoup.intake.einvoice.reading import Reading
from recoup.intake.einvoice.tests.samples import cii, fattura, pdf, ubl, zugferd1
from recoup.intake.einvoice.transport import packed, unpacked
from recoup.kernel.refusal import Refusal

XMLS = [ubl(), ubl(root="CreditNote"), cii(), zugferd1(note="bis 1.4.2026"), fattura(bodies=2)]
PDF = pdf({"factur-x.xml": cii()})
TOKENS = [b"", b"<", b">", b"&x;", b"\0", b"\xff", b"NaN", b"-1", b"1e9", b"9" * 30, b"2026-13-45",
          b"%(file)s", "٣".encode(), b"<cbc:ID/>", b"Invoice", b"%", b'"']  # fmt: skip


def answers(content: bytes) -> None:
    try:
        reading = read_here(content, file="f.xml")
    except Refusal as refusal:
        assert refusal.sentence()
        return
    assert isinstance(reading, Reading)
    assert reading.as_document()["status"] == "ok"
    assert unpacked(packed(reading)) == reading


@settings(deadline=None)
@given(st.binary(max_size=400))
@example(b"<?xml version='1.0' encoding='x'?><a/>")
@example(b"\xff\xfe<\0a\0/\0>\0")
@example(b"%PDF-%%EOF")
def test_random_bytes(content):
    answers(content)
    answers(b"%PDF-1.7\n" + content + b"\n%%EOF")
    answers(b"<?xml version='1.0'?>" + content)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutated_xml(data):
    content = data.draw(st.sampled_from(XMLS))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 60)))
        content = content[:start] + data.draw(st.sampled_from(TOKENS)) + content[end:]
    answers(content)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutated_trees(data):
    """Well-formed, but with elements emptied, doubled, dropped or filled with other text."""
    from lxml import etree

    root = etree.fromstring(data.draw(st.sampled_from(XMLS)))
    for _ in range(data.draw(st.integers(1, 6))):
        element = data.draw(st.sampled_from(list(root.iter(etree.Element))))
        parent = element.getparent()
        action = data.draw(st.integers(0, 3))
        if action == 0:
            element.text = data.draw(
                st.sampled_from(["", "NaN", "1E5", "EUR", "2026-02-30", "x" * 5000, "٣"])
            )
        elif action == 1 and parent is not None:
            parent.append(etree.fromstring(etree.tostring(element)))
        elif action == 2 and parent is not None:
            parent.remove(element)
        else:
            element.attrib.clear()
    answers(etree.tostring(root))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutated_pdf(data):
    content = PDF
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(5, len(content)))
        content = (
            content[:start]
            + data.draw(st.binary(max_size=6))
            + content[start + data.draw(st.integers(0, 6)) :]
        )
    answers(content)
