"""A statistical model beside the score card: trained on history, kept as plain numbers, applied without the
library that trained it. Pure. docs/algorithms/model.md

Two kinds are tried by cross-validation on the training part alone, and the better one is taken: a logistic
regression on clipped, standardised features, and gradient boosted trees. Both are calibrated by a
sigmoid (Platt) fitted on predictions for rows that were not trained on.
"""

import hashlib
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import mean
from typing import Any

from recoup.kernel.refusal import N_, Refusal

VERSION = "model 1"
FOLDS, SEED, BINS = 5, 20261130, 10
LEAST_TRAINED, LEAST_HELD, LEAST_OF_EACH = 200, 100, 20
HELD_BACK = 0.3  # the newest part
Row = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Sample:
    """A case as known on the day `on`, and how it ended; `card`: the score card's chance on that day."""

    on: date
    features: Row
    outcome: bool
    card: float


def library() -> Any:
    """scikit-learn. Raises `Refusal` `learning_missing` where the extra is not installed."""
    # One thread: on a busy machine its workers wait for one another longer than they work.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    try:
        import sklearn
    except ImportError:
        raise Refusal("learning_missing", N_("Training needs the extra “ml” (scikit-learn), which is not installed.")) from None  # fmt: skip
    return sklearn


# Trained ------------------------------------------------------------------------------------------------


def train(features: Sequence[str], rows: Sequence[Row], outcomes: Sequence[bool]) -> dict[str, Any]:
    """A fitted model as JSON. Raises `Refusal` `learning_missing`, `history_thin`."""
    library()
    refuse_thin(outcomes, LEAST_OF_EACH)
    x, y = matrix(features, rows), [int(o) for o in outcomes]
    tried = {kind: fit(features, x, y) for kind, fit in KINDS.items()}
    best = min(tried, key=lambda kind: (tried[kind]["loss"], kind))
    losses = {kind: round(each["loss"], 5) for kind, each in tried.items()}
    return tried[best] | {"kind": best, "features": list(features), "tried": losses}


def refuse_thin(outcomes: Sequence[bool], least: int) -> None:
    so = sum(outcomes)
    if min(so, len(outcomes) - so) < least:
        raise Refusal("history_thin", N_("The history is too thin: %(paid)d paid, %(unpaid)d not; %(least)d of each are needed."),
                      paid=so, unpaid=len(outcomes) - so, least=least)  # fmt: skip


def matrix(features: Sequence[str], rows: Sequence[Row]) -> Any:
    import numpy

    def cell(value: float | None) -> float:
        return math.nan if value is None else float(value)

    return numpy.array([[cell(row.get(name)) for name in features] for row in rows], dtype=float)


def fit_logistic(features: Sequence[str], x: Any, y: list[int]) -> dict[str, Any]:
    """Median for what is missing (and a flag that it was), clipped to the 1st and 99th percentile, standardised."""
    import numpy
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.model_selection import StratifiedKFold

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    shape = shape_of(x)
    z = shaped(x, shape)
    # l1_ratios=(0.0,) is the ridge penalty
    made = LogisticRegressionCV(
        Cs=[0.001, 0.01, 0.1, 1.0, 10.0], cv=folds, scoring="neg_log_loss", max_iter=2000, l1_ratios=(0.0,), use_legacy_attributes=False,
    ).fit(z, y)  # fmt: skip
    best = float(made.C_)
    scores = held_out(lambda a, b, c: logistic_scores(a, b, c, best), x, y)
    slope, shift = platt(scores, y)
    return {
        "shape": shape, "weights": [float(w) for w in numpy.ravel(made.coef_)], "intercept": float(numpy.ravel(made.intercept_)[0]),
        "penalty": best, "platt": [slope, shift], "loss": log_loss(scores, y, slope, shift),
    }  # fmt: skip


def logistic_scores(x: Any, y: Any, fresh: Any, penalty: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    shape = shape_of(x)
    made = LogisticRegression(C=penalty, max_iter=2000).fit(shaped(x, shape), y)
    return made.decision_function(shaped(fresh, shape))


def shape_of(x: Any) -> dict[str, list[float]]:
    """Per column: median, lower and upper limit, mean and scale after clipping."""
    import numpy

    columns = []
    for each in x.T:
        known = each[~numpy.isnan(each)]
        if not len(known):
            columns.append((0.0, 0.0, 0.0, 0.0, 1.0))
            continue
        low, middle, high = (float(v) for v in numpy.percentile(known, (1, 50, 99)))
        clipped = numpy.clip(numpy.where(numpy.isnan(each), middle, each), low, high)
        columns.append((middle, low, high, float(clipped.mean()), float(clipped.std()) or 1.0))
    names = ("median", "low", "high", "mean", "scale")
    return {name: [c[i] for c in columns] for i, name in enumerate(names)}


def shaped(x: Any, shape: Mapping[str, Any]) -> Any:
    import numpy

    missing = numpy.isnan(x)
    filled = numpy.clip(numpy.where(missing, shape["median"], x), shape["low"], shape["high"])
    return numpy.hstack([(filled - shape["mean"]) / shape["scale"], missing.astype(float)])


def booster() -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        learning_rate=0.06, max_iter=160, max_leaf_nodes=12, min_samples_leaf=15, l2_regularization=1.0,
        early_stopping=False, random_state=SEED,
    )  # fmt: skip


def fit_boosted(features: Sequence[str], x: Any, y: list[int]) -> dict[str, Any]:
    scores = held_out(lambda a, b, c: booster().fit(a, b).decision_function(c), x, y)
    slope, shift = platt(scores, y)
    made = booster().fit(x, y)
    return {
        "trees": [tree_of(stage[0].nodes) for stage in made._predictors], "baseline": float(made._baseline_prediction.ravel()[0]),
        "platt": [slope, shift], "loss": log_loss(scores, y, slope, shift),
    }  # fmt: skip


def tree_of(nodes: Any) -> list[list[float]]:
    """Each node: leaf value, or column, threshold, left, right, and whether what is missing goes left."""
    return [
        [float(n["value"])] if n["is_leaf"]
        else [int(n["feature_idx"]), float(n["num_threshold"]), int(n["left"]), int(n["right"]), int(n["missing_go_to_left"])]
        for n in nodes
    ]  # fmt: skip


KINDS = {"logistic": fit_logistic, "boosted": fit_boosted}


def held_out(scores_of: Callable[[Any, Any, Any], Any], x: Any, y: list[int]) -> Any:
    """A score for every row by a model that has not seen it."""
    import numpy
    from sklearn.model_selection import StratifiedKFold

    answer, truth = numpy.zeros(len(y)), numpy.array(y)
    for seen, fresh in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(x, truth):
        answer[fresh] = scores_of(x[seen], truth[seen], x[fresh])
    return answer


def platt(scores: Any, y: list[int]) -> tuple[float, float]:
    import numpy
    from sklearn.linear_model import LogisticRegression

    made = LogisticRegression(C=1e6, max_iter=2000).fit(numpy.array(scores).reshape(-1, 1), y)
    return float(made.coef_[0][0]), float(made.intercept_[0])


def log_loss(scores: Any, y: list[int], slope: float, shift: float) -> float:
    chances = [min(max(sigmoid(slope * s + shift), 1e-9), 1 - 1e-9) for s in scores]
    return -mean(math.log(p if one else 1 - p) for p, one in zip(chances, y, strict=True))


# Applied: no library ----------------------------------------------------------------------------------------


def predict(model: Mapping[str, Any], row: Row) -> float:
    """The calibrated chance, from the kept numbers alone."""
    values = [row.get(name) for name in model["features"]]
    plain = [None if v is None or math.isnan(v) else float(v) for v in values]
    score = (
        logistic_score(model, plain) if model["kind"] == "logistic" else boosted_score(model, plain)
    )
    slope, shift = model["platt"]
    return sigmoid(slope * score + shift)


def logistic_score(model: Mapping[str, Any], values: Sequence[float | None]) -> float:
    shape, weights = model["shape"], model["weights"]
    score: float = model["intercept"]
    for i, value in enumerate(values):
        filled = shape["median"][i] if value is None else value
        clipped = min(max(filled, shape["low"][i]), shape["high"][i])
        score += weights[i] * (clipped - shape["mean"][i]) / shape["scale"][i]
        score += weights[len(values) + i] * (value is None)
    return score


def boosted_score(model: Mapping[str, Any], values: Sequence[float | None]) -> float:
    score: float = model["baseline"]
    for nodes in model["trees"]:
        node = nodes[0]
        while len(node) > 1:
            column, threshold, left, right, missing_left = node
            value = values[int(column)]
            goes_left = bool(missing_left) if value is None else value <= threshold
            node = nodes[int(left if goes_left else right)]
        score += node[0]
    return score


def sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-score)) if score >= 0 else math.exp(score) / (1 + math.exp(score))


# Judged: no library -------------------------------------------------------------------------------------------


def auc(chances: Sequence[float], outcomes: Sequence[bool]) -> float:
    """The chance that one that was paid stands above one that was not; equals count half."""
    order = sorted(range(len(chances)), key=lambda i: chances[i])
    ranks, start = [0.0] * len(order), 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and chances[order[end + 1]] == chances[order[start]]:
            end += 1
        for i in order[start : end + 1]:
            ranks[i] = (start + end) / 2 + 1
        start = end + 1
    so = sum(outcomes)
    above = sum(rank for rank, one in zip(ranks, outcomes, strict=True) if one)
    return (above - so * (so + 1) / 2) / (so * (len(outcomes) - so))


def brier(chances: Sequence[float], outcomes: Sequence[bool]) -> float:
    return mean((p - one) ** 2 for p, one in zip(chances, outcomes, strict=True))


def curve(chances: Sequence[float], outcomes: Sequence[bool]) -> list[dict[str, float]]:
    """Ten groups of equal size from the lowest chance to the highest: what was said, what came true."""
    order = sorted(zip(chances, outcomes, strict=True))
    groups = [order[len(order) * i // BINS : len(order) * (i + 1) // BINS] for i in range(BINS)]
    return [
        {"said": round(mean(p for p, _ in g), 4), "came": round(mean(o for _, o in g), 4), "cases": len(g)}
        for g in groups if g
    ]  # fmt: skip


def time_split(samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """(older to train on, newest held back); what happened on one day stays together."""
    order = sorted(samples, key=lambda s: s.on)
    if not order:
        return [], []
    border = order[int(len(order) * (1 - HELD_BACK))].on
    return [s for s in order if s.on < border], [s for s in order if s.on >= border]


def learn(samples: Sequence[Sample], on: date) -> dict[str, Any]:
    """Train on the older part, judge on the newest beside the score card; the model card as JSON. Raises
    `Refusal` `learning_missing`, `history_thin`."""
    library()
    older, newest = time_split(samples)
    if len(older) < LEAST_TRAINED or len(newest) < LEAST_HELD:
        raise Refusal("history_short", N_("%(count)d weighed cases have ended; at least %(least)d are needed."),
                      count=len(samples), least=LEAST_TRAINED + LEAST_HELD)  # fmt: skip
    refuse_thin([s.outcome for s in newest], LEAST_OF_EACH)
    features = sorted({name for s in older for name in s.features})
    model = train(features, [s.features for s in older], [s.outcome for s in older])
    outcomes = [s.outcome for s in newest]
    ours, cards = [predict(model, s.features) for s in newest], [s.card for s in newest]
    better = gains(ours, cards, outcomes)
    return {
        "version": VERSION, "model": model, "on": on.isoformat(), "rows": len(older), "held_back": len(newest),
        "trained_until": older[-1].on.isoformat(), "data": data_hash(samples), "features": features,
        "ours": judged(ours, outcomes), "card": judged(cards, outcomes), "brier_gain": better,
        "advises": better[0] > 0 and auc(ours, outcomes) > auc(cards, outcomes),
    }  # fmt: skip


def judged(chances: Sequence[float], outcomes: Sequence[bool]) -> dict[str, Any]:
    return {"auc": round(auc(chances, outcomes), 4), "brier": round(brier(chances, outcomes), 4), "curve": curve(chances, outcomes)}  # fmt: skip


def gains(ours: Sequence[float], cards: Sequence[float], outcomes: Sequence[bool]) -> list[float]:
    """By how much the model's Brier score is better than the card's: the 95 % interval of the mean of the
    pairwise differences. Better only when all of it is above nought."""
    each = [(c - o) ** 2 - (p - o) ** 2 for p, c, o in zip(ours, cards, outcomes, strict=True)]
    middle = mean(each)
    half = 1.96 * math.sqrt(mean((d - middle) ** 2 for d in each) / len(each))
    return [round(middle - half, 6), round(middle + half, 6)]


def data_hash(samples: Sequence[Sample]) -> str:
    rows = [
        [s.on.isoformat(), dict(sorted(s.features.items())), s.outcome, s.card] for s in samples
    ]
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
