"""The agency's own history is learned from; shipped trained on nothing."""

from datetime import date, datetime

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.strategy.learning import learn, predict
from recoup.strategy.models import Evaluation, LearnedModel
from recoup.strategy.samples import features_of, samples
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


def learn_from_history(*, agency: Agency, on: date, by: Actor, at: datetime) -> LearnedModel:
    """Train on the weighed cases that have ended by the day, judge on the newest of them beside the score card,
    keep the model's card. Raises `Refusal` `learning_missing`, `history_short`, `history_thin`."""
    with scope(agency.id):
        card = learn(samples(agency.id, on), on)
        made = LearnedModel.objects.create(
            agency_id=agency.id, card=card, advises=card["advises"], at=at, by_name=by.name
        )
        record(agency=agency.id, kind="ModelLearned", by=by, at=at, audience="internal", rows=card["rows"],
               advises=card["advises"], data=card["data"])  # fmt: skip
        return made


def newest_model(*, agency: Agency) -> LearnedModel | None:
    with scope(agency.id):
        return LearnedModel.objects.filter(agency_id=agency.id).order_by("-at", "-id").first()


def advice(model: LearnedModel | None, evaluation: Evaluation) -> float | None:
    """The model's chance for a case as it was weighed; None unless the model has earned to advise."""
    if model is None or not model.advises:
        return None
    return predict(model.card["model"], features_of(evaluation.facts))
