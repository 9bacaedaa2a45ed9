"""`recoup model train [--on DAY] [--json]`: learn from the agency's own history, and keep the model's card.
`recoup model show [--json]`: the card that counts. `recoup model compare sba|polish FILE [--json]`: the same code
on an open data set beside plain pipelines of the library, on the same folds."""

import argparse
import csv
import json
import math
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from recoup.kernel.refusal import N_, Refusal

SBA_NUMBERS = ("Term", "NoEmp", "CreateJob", "RetainedJob", "DisbursementGross", "SBA_Appv", "GrAppv", "Portion", "RealEstate", "Recession", "New")  # fmt: skip
SBA_CODES = {"RevLineCr": "Y", "LowDoc": "Y", "UrbanRural": "1"}


def run(argv: list[str]) -> int:
    """Exit 1 where the history is too thin, the extra is missing, or a file cannot be read."""
    parser = argparse.ArgumentParser(prog="recoup model")
    parser.add_argument("act", choices=("train", "show", "compare"))
    parser.add_argument("data", nargs="?", choices=("sba", "polish"))
    parser.add_argument("file", nargs="?")
    parser.add_argument("--on")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(argv)
    if asked.act == "compare" and not (asked.data and asked.file):
        print("recoup model compare sba|polish FILE", file=sys.stderr)
        return 2
    try:
        answer = compare(asked.data, Path(asked.file)) if asked.act == "compare" else kept(asked)
    except Refusal as refusal:
        print(json.dumps({"error": refusal.as_error()}, ensure_ascii=False))
        return 1
    print(json.dumps(answer, ensure_ascii=False) if asked.json else "\n".join(lines(answer)))
    return 0


def kept(asked: argparse.Namespace) -> dict[str, Any]:
    from django.utils import timezone

    from recoup.journeys.learn import learn_from_history, newest_model
    from recoup.kernel.actor import SYSTEM
    from recoup.kernel.days import parse_day
    from recoup.tenancy.models import Agency

    now = timezone.now()
    on = parse_day(asked.on, field="--on") if asked.on else now.date()
    at = now if on == now.date() else datetime.combine(on, time(9), UTC)
    agencies = Agency.objects.order_by("id")
    if asked.act == "train":
        return {a.slug: shown(learn_from_history(agency=a, on=on, by=SYSTEM, at=at).card) for a in agencies}  # fmt: skip
    found = {a.slug: newest_model(agency=a) for a in agencies}
    return {slug: shown(one.card) if one else None for slug, one in found.items()}


def shown(card: dict[str, Any]) -> dict[str, Any]:
    """The card without the model's numbers."""
    model = card["model"]
    return {k: v for k, v in card.items() if k != "model"} | {"kind": model["kind"], "tried": model["tried"]}  # fmt: skip


def lines(answer: dict[str, Any], indent: str = "") -> list[str]:
    found = []
    for key, value in answer.items():
        if isinstance(value, dict):
            found += [f"{indent}{key}:", *lines(value, f"{indent}  ")]
        else:
            found.append(f"{indent}{key}: {value}")
    return found


# Compared ------------------------------------------------------------------------------------------------


def compare(name: str, path: Path) -> dict[str, Any]:
    """Five folds, the same for all: this code (trained and calibrated inside each fold) and the library's plain
    pipelines. Figures over the predictions for rows that were not trained on."""
    from recoup.strategy.learning import judged, library, predict, train

    library()
    features, rows, outcomes = read_sba(path) if name == "sba" else read_polish(path)
    ours = [0.0] * len(rows)
    kinds = []
    for seen, fresh in folds(outcomes):
        model = train(features, [rows[i] for i in seen], [outcomes[i] for i in seen])
        kinds.append(model["kind"])
        for i in fresh:
            ours[i] = predict(model, rows[i])
    answer = {"recoup": judged(ours, outcomes) | {"kinds": kinds}}
    for label, chances in plain(features, rows, outcomes).items():
        answer[label] = judged(chances, outcomes)
    return {"data": name, "rows": len(rows), "positive": sum(outcomes), "features": len(features), **answer}  # fmt: skip


def folds(outcomes: list[bool]) -> list[tuple[Any, Any]]:
    import numpy
    from sklearn.model_selection import StratifiedKFold

    split = StratifiedKFold(5, shuffle=True, random_state=7)
    return list(split.split(numpy.zeros((len(outcomes), 1)), numpy.array(outcomes)))


def plain(features: list[str], rows: list[dict[str, float | None]], outcomes: list[bool]) -> dict[str, list[float]]:  # fmt: skip
    """What anybody would write with the library: imputed, standardised logistic regression; boosted trees."""
    import numpy
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from recoup.strategy.learning import matrix

    x, y = matrix(features, rows), numpy.array(outcomes)
    made: dict[str, Any] = {
        "plain_logistic": lambda: make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=5000)),
        "plain_boosted": lambda: HistGradientBoostingClassifier(random_state=7),
    }  # fmt: skip
    found = {}
    for label, make in made.items():
        chances = numpy.zeros(len(y))
        for seen, fresh in folds(outcomes):
            chances[fresh] = make().fit(x[seen], y[seen]).predict_proba(x[fresh])[:, 1]
        found[label] = [float(p) for p in chances]
    return found


def read_sba(path: Path) -> tuple[list[str], list[dict[str, float | None]], list[bool]]:
    """Loans of the United States' Small Business Administration: what was known when the loan was given
    (amounts charged off, status and its days are the outcome itself and left out)."""
    rows, outcomes = [], []
    for each in table(path):
        row: dict[str, float | None] = {name: number(each.get(name, "")) for name in SBA_NUMBERS}
        row |= {name: float(each.get(name, "") == yes) for name, yes in SBA_CODES.items()}
        row["log_disbursed"] = math.log1p(row["DisbursementGross"] or 0)
        row["same_state"] = float(each.get("State", "") == each.get("BankState", ""))
        rows.append(row)
        outcomes.append(each["Default"] == "1")
    return sorted(rows[0]), rows, outcomes


def table(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            found = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError):
        raise Refusal("file_unreadable", N_("%(file)s cannot be read."), file=str(path)) from None
    if not found or "Default" not in found[0]:
        raise Refusal("not_the_data", N_("%(file)s is not the data set that was named."), file=str(path))  # fmt: skip
    return found


def read_polish(path: Path) -> tuple[list[str], list[dict[str, float | None]], list[bool]]:
    """Polish companies with 64 ratios of their accounts, a year before they failed or not (ARFF)."""
    rows: list[dict[str, float | None]] = []
    outcomes, names, body = [], [], False
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Refusal("file_unreadable", N_("%(file)s cannot be read."), file=str(path)) from None
    for line in text.splitlines():
        if line.lower().startswith("@attribute"):
            names.append(line.split()[1])
        elif line.lower().startswith("@data"):
            body = True
        elif body and line.strip():
            *cells, outcome = line.split(",")
            rows.append(dict(zip(names, map(number, cells), strict=False)))
            outcomes.append(outcome.strip() == "1")
    if not rows or len(names) != 65:
        raise Refusal("not_the_data", N_("%(file)s is not the data set that was named."), file=str(path))  # fmt: skip
    return names[:-1], rows, outcomes


def number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
