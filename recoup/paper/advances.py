"""How wide a line of text will be, before it is typeset: the sum of what its characters advance.

Asked of typst once for each character, in both of our weights with figures of one width. Kerning and
ligatures draw characters together, so that a line is hardly ever wider than this says. In em.
"""

import json
import re

import typst

from recoup.paper.render import fonts

REGULAR, SEMIBOLD = 400, 600
# Beside a letter, since a blank alone has no width. Where Chinese is written, signs both scripts have are
# taken from the Chinese face: the wider of the two counts.
ASK = """
#set text(size: 100pt, number-width: "tabular", kerning: false, ligatures: false,
  cjk-latin-spacing: none, fallback: false)
#let faces = (("Inter", "Noto Sans CJK SC"), ((name: "Inter", covers: "latin-in-cjk"), "Noto Sans CJK SC"))
#context [#metadata(json(bytes("%s")).map(it => {
  let wide(face, it) = measure(text(font: face, weight: %d, it)).width.pt()
  calc.max(..faces.map(face => wide(face, "n" + it + "n") - wide(face, "nn"))) / 100
})) <widths>]
"""
# Between Chinese and other writing typst leaves a quarter of an em.
EDGE, APART = (
    re.compile(
        r"(?<=[\u2e80-\uffef])(?![\u2e80-\uffef])(?!$)|(?<![\u2e80-\uffef])(?<!^)(?=[\u2e80-\uffef])"
    ),
    0.25,
)
# Asked along with the first, since asking takes a while.
COMMON = [chr(c) for c in (*range(0x20, 0x7F), *range(0xA1, 0x180))]
# Ideographs are squares.
SQUARE = range(0x3400, 0xA000)
_known: dict[int, dict[str, float]] = {REGULAR: {}, SEMIBOLD: {}}


def width(text: str, weight: int = REGULAR) -> float:
    """Of `text` on one line, in em of its size."""
    known = _known[weight]
    try:
        found = sum([known[each] for each in text])
    except KeyError:
        new = {*text, *COMMON} - known.keys()
        known |= {each: 1.0 for each in new if ord(each) in SQUARE}
        if ask := sorted(new - known.keys()):
            known |= _asked(ask, weight)
        return width(text, weight)
    return found if text.isascii() else found + APART * len(EDGE.findall(text))


def _asked(characters: list[str], weight: int) -> dict[str, float]:
    # JSON within a string of typst: both escape by backslash, so escapes are escaped once more.
    listed = json.dumps(characters).replace("\\", "\\\\").replace('"', '\\"')
    found = typst.query(
        (ASK % (listed, weight)).encode(), "<widths>", field="value", one=True,
        font_paths=fonts(), ignore_system_fonts=True,
    )  # fmt: skip
    return dict(zip(characters, json.loads(found), strict=True))
