"""Writers: the list, what resembles it, what an officer decides."""

from recoup.screening.operations.decide import decide_client, review_hit
from recoup.screening.operations.load import load_list
from recoup.screening.operations.screen import resembling, screen

__all__ = ["decide_client", "load_list", "resembling", "review_hit", "screen"]
