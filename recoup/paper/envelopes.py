"""Where the address stands on an A4 sheet so that the country's window envelope shows it. Pure.

Millimetres from the top left corner of the sheet. `x`, `y`, `width`, `height`: the address field;
`return_line`: whether the sender's line is printed small above the address inside the window;
`info_x`, `info_y`: the reference block; `text_y`: where the letter's text begins.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Envelope:
    x: float
    y: float
    width: float
    height: float
    return_line: bool
    info_x: float
    info_y: float
    text_y: float
    folds: tuple[float, ...]


# DIN 5008 form B: field 45 mm from the top, 85 × 45 mm, of which 17.7 mm are the zone for the
# return line and remarks; information block at 125 mm; folds at 105 and 210 mm.
DIN_B = Envelope(25, 45, 80, 45, True, 125, 50, 98, (105, 210))
# Swedish envelopes C5 and E65 with the right-hand window (H2).
SWEDISH = Envelope(112, 46, 80, 32, False, 25, 50, 90, ())
# DL with the window of BS 4264, 35 × 90 mm, 20 mm from the left and 18 mm from the bottom: whichever
# way the sheet slides in the envelope, 57–81 mm stays in sight. Hong Kong uses the same envelope.
BRITISH = Envelope(25, 57, 80, 24, False, 125, 52, 94, (99, 198))
ENVELOPES = {"DE": DIN_B, "AT": DIN_B, "SE": SWEDISH, "GB": BRITISH, "HK": BRITISH}


def envelope_of(country: str) -> Envelope:
    """The envelope letters are posted in for readers in `country` (ISO 3166); DIN elsewhere."""
    return ENVELOPES.get(country, DIN_B)
