import csv
from collections import Counter
from pathlib import Path

import pytest

from recoup.payments.names import is_alike, plain_name, similarity


@pytest.mark.parametrize("one, other", [
    ("Müller & Söhne GmbH & Co. KG", "MULLER UND SOHNE"), ("Volvo Lastvagnar AB", "AB Volvo Lastvagnar"),
    ("Acme Trading Limited", "ACME TRADING LTD."), ("Hansen Transport A/S", "HANSEN TRANSPORT"),
    ("香港貿易有限公司", "香港貿易"), ("深圳市华强电子股份有限公司", "深圳市华强电子"), ("Nordisk Fjernvarme ApS", "NORDISK FJERNVAR"),
    ("Åkeri Öst AB", "AKERI OST"), ("Société Générale de Pâtisserie SARL", "SOCIETE GENERALE DE PATISSERIE"),
])  # fmt: skip
def test_the_same_company(one: str, other: str) -> None:
    assert is_alike(one, other)
    assert is_alike(other, one)


@pytest.mark.parametrize("one, other", [
    ("Alfa Fonds 3 GmbH", "Alfa Fonds 4 GmbH"), ("香港貿易有限公司", "香港電子有限公司"), ("ABB", "ABC"),
    ("Meyer Bau GmbH", "Schulze Bau GmbH"), ("", "Acme"), ("GmbH", "AB"),
])  # fmt: skip
def test_different_companies(one: str, other: str) -> None:
    assert not is_alike(one, other)


def test_a_name_that_is_only_a_legal_form_stays() -> None:
    assert plain_name("GmbH") == "gmbh"
    assert similarity("Acme", "Acme Ltd") == 100


ROOT = Path(__file__).resolve().parents[3].parent / "shared/data/06_name_matching/open"


@pytest.mark.skipif(not ROOT.is_dir(), reason="the shared name pairs are not beside the project")
def test_other_peoples_pairs_are_rarely_mistaken() -> None:
    seen: Counter[tuple[bool, bool]] = Counter()
    for name in ("PAIRS_chinese.csv", "PAIRS_names.csv"):
        for row in csv.DictReader((ROOT / name).read_text("utf-8").splitlines(keepends=True)):
            if row.get("schema", "Company") in ("Company", "Organization", "LegalEntity"):
                seen[row["is_match"] == "true", is_alike(row["name1"], row["name2"])] += 1
    suggested = seen[True, True] + seen[False, True]
    assert seen[True, True] / suggested > 0.95
