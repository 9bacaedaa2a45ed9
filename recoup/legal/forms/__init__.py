"""The forms of the courts as data: what they ask in which order, in their own language, and what a lawyer
checks. Pure; the values come from the case."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
# Which forms serve a route of a country; the European order serves every member state but Denmark.
OF_ROUTES: dict[tuple[str, str], tuple[str, ...]] = {
    ("SE", "payment_order"): ("se_payment_order",), ("DE", "payment_order"): ("de_payment_order",),
    ("GB", "claim"): ("gb_particulars",), ("GB", "small_claim"): ("gb_particulars",),
    ("HK", "winding_up"): ("hk_statutory_demand",), ("HK", "small_claim"): ("hk_small_claim",),
    ("CN", "payment_order"): ("cn_payment_order", "cn_lawyer_letter"), ("CN", "claim"): ("cn_lawyer_letter",),
}  # fmt: skip
EUROPEAN_ORDER = "eu_form_a"
EUROPEAN = frozenset(("AT", "BE", "CZ", "DE", "ES", "FI", "FR", "IE", "IT", "NL", "PL", "PT", "SE"))


def forms_of(country: str, route: str, creditor_country: str) -> tuple[str, ...]:
    """The forms for a route; across a border inside the Union the European order too."""
    own = OF_ROUTES.get((country, route), ())
    abroad = country in EUROPEAN and creditor_country in EUROPEAN and creditor_country != country
    return (*own, EUROPEAN_ORDER) if route == "payment_order" and abroad else own


@lru_cache(maxsize=32)
def form(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return found


def all_forms() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
