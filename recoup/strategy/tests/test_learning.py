"""The statistical model: kept as plain numbers, judged on what it has not seen, silent until it is better."""

import json
import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from recoup.kernel.refusal import Refusal
from recoup.strategy.learning import (
    KINDS,
    Sample,
    auc,
    brier,
    curve,
    gains,
    learn,
    matrix,
    predict,
    sigmoid,
    time_split,
)

DATA = Path(__file__).resolve().parents[3].parent / "shared/data/04_receivables_ml/open"
DAY = date(2026, 1, 1)


def world(count, seed=1, card=lambda a, b: 0.5):
    dice = random.Random(seed)
    found = []
    for n in range(count):
        a, b = dice.gauss(0, 1), dice.gauss(0, 1)
        row = {"a": a, "b": b if dice.random() > 0.1 else None}
        paid = dice.random() < sigmoid(1.5 * a - b)
        found.append(Sample(DAY + timedelta(days=n // 4), row, paid, card(a, b)))
    return found


@pytest.fixture(scope="module")
def learning():
    return pytest.importorskip("sklearn", reason="the extra “ml” (scikit-learn) is not installed")


def test_the_figures_are_the_textbooks():
    chances, outcomes = [0.1, 0.4, 0.35, 0.8], [False, False, True, True]
    assert auc(chances, outcomes) == 0.75
    assert auc([0.5, 0.5], [True, False]) == 0.5
    assert brier(chances, outcomes) == pytest.approx((0.01 + 0.16 + 0.4225 + 0.04) / 4)
    assert gains([0.9], [0.5], [True])[0] == pytest.approx(0.24)
    said = curve([n / 100 for n in range(100)], [n >= 50 for n in range(100)])
    assert [g["cases"] for g in said] == [10] * 10 and said[0]["came"] == 0 and said[9]["came"] == 1


def test_the_newest_are_held_back_and_a_day_is_never_torn():
    older, newest = time_split(world(100))
    assert max(s.on for s in older) < min(s.on for s in newest)
    assert len(older) + len(newest) == 100 and 28 <= len(newest) <= 34


def test_too_little_history_trains_nothing(learning):
    with pytest.raises(Refusal) as refused:
        learn(world(120), DAY)
    assert refused.value.code == "history_short"


@pytest.mark.parametrize("kind", KINDS)
def test_the_kept_numbers_say_what_the_library_says(learning, kind):
    """Applied without the library, through JSON and back, also where a value is missing."""
    data = world(300)
    features, rows, y = ["a", "b"], [s.features for s in data], [int(s.outcome) for s in data]
    made = json.loads(json.dumps(KINDS[kind](features, matrix(features, rows), y) | {"kind": kind, "features": features}))  # fmt: skip
    if kind == "boosted":
        from recoup.strategy.learning import booster

        scores = booster().fit(matrix(features, rows), y).decision_function(matrix(features, rows))
    else:
        from sklearn.linear_model import LogisticRegression

        from recoup.strategy.learning import shape_of, shaped

        x = matrix(features, rows)
        z = shaped(x, shape_of(x))
        scores = LogisticRegression(C=made["penalty"], max_iter=2000).fit(z, y).decision_function(z)
    slope, shift = made["platt"]
    for row, score in zip(rows, scores, strict=True):
        assert predict(made, row) == pytest.approx(sigmoid(slope * score + shift), abs=2e-3)


def test_it_advises_only_where_it_beats_the_card_on_what_it_has_not_seen(learning):
    better = learn(world(900), date(2026, 12, 1))
    assert better["advises"] and better["ours"]["auc"] > 0.75 > better["card"]["auc"]
    perfect = learn(world(900, card=lambda a, b: sigmoid(1.5 * a - b)), date(2026, 12, 1))
    assert not perfect["advises"], "the card knows the truth: nothing is better"
    assert {"data", "rows", "held_back", "features", "on", "trained_until"} <= set(better)
    assert len(better["ours"]["curve"]) == 10


def test_the_same_history_gives_the_same_model(learning):
    assert learn(world(400), DAY) == learn(world(400), DAY)


@pytest.mark.parametrize(("name", "file"), [("sba", "sba/SBAcase.11.13.17_Selected1.csv"), ("polish", "polish_bankruptcy/5year_open.arff")])  # fmt: skip
def test_on_open_data_it_reaches_what_a_careful_standard_model_reaches(
    learning, name, file, capsys
):
    from recoup.console.model import compare

    if not (DATA / file).exists():
        pytest.skip("the open data sets are not on this machine")
    found = compare(name, DATA / file)
    best = max(found["plain_logistic"]["auc"], found["plain_boosted"]["auc"])
    least = min(found["plain_logistic"]["brier"], found["plain_boosted"]["brier"])
    with capsys.disabled():
        print(f"\n{name}: " + ", ".join(f"{k} AUC {found[k]['auc']} Brier {found[k]['brier']}" for k in ("recoup", "plain_logistic", "plain_boosted")))  # fmt: skip
    assert found["recoup"]["auc"] >= best - 0.01
    assert found["recoup"]["brier"] <= least + 0.005


def test_a_case_has_features_for_whatever_was_frozen():
    from recoup.strategy.samples import features_of

    found = features_of({"owed": "8400.00", "base": {"likely": "40"}, "reactions": ["answered"], "barred_in": None, "phase": "again"})  # fmt: skip
    assert (found["owed"], found["said_answered"], found["barred_in"], found["again"]) == (
        8400,
        1,
        None,
        1,
    )
