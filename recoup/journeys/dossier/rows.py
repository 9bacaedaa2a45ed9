"""The rows of a case, of every room that has some: found by how they refer to it, so that a new room's
rows are in the dossier from its first day."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from recoup.cases.models import Case

# Elsewhere in the dossier (log, ledger, documents), or of no concern to it.
LEFT_OUT = {"eventlog", "ledger", "files", "keys", "webhooks", "auth", "account", "admin", "procrastinate"}  # fmt: skip
SECRET = {"token_hash", "secret", "password", "token", "provider_ref"}
# What a client gets: its own claims, what was done in its name, its money. None: all fields.
FOR_CLIENT: dict[str, tuple[str, ...] | None] = {
    "cases.ClaimLine": None,
    "cases.Charge": None,
    "cases.Move": ("was", "now", "at", "because"),
    "cases.Hold": ("kind", "since", "until", "because", "lifted_at"),
    "cases.Promise": ("on", "amount", "owed", "made_at", "state", "settled_at", "paid"),
    "cases.Closure": ("code", "at", "because"),
    "contact.ContactAttempt": ("step", "channel", "made_at", "answer_by", "outcome", "document_id", "language"),
    "contact.Permit": ("message_id", "step", "channel", "at"),
    "contact.Denial": ("message_id", "step", "channel", "at", "code", "because", "params", "earliest_at"),
    "contact.Visit": ("at", "place", "purpose", "called_off_at", "called_off_because"),
    "outbox.Message": ("id", "channel", "state", "recipient", "content_hash", "due_at", "made_at", "settled_at"),
    "payments.Allocation": None,
    "payments.RemittedAllocation": None,
    "plans.Plan": None,
    "plans.Instalment": None,
}  # fmt: skip


def rows_of(case: Case, *, client: bool) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """(label of the model, its rows), for every model that has rows of this case."""
    for label, model, path in models_of_cases():
        fields = fields_of(model, label, client)
        if fields is None:
            continue
        found = model._default_manager.filter(**{path: case.id}).order_by("pk").values(*fields)
        if rows := [{k: plain(v) for k, v in row.items()} for row in found]:
            yield label, rows


def fields_of(model: type[models.Model], label: str, client: bool) -> tuple[str, ...] | None:
    every = tuple(f.attname for f in model._meta.concrete_fields if f.name not in SECRET)
    if not client:
        return every
    return FOR_CLIENT[label] or every if label in FOR_CLIENT else None


def models_of_cases() -> list[tuple[str, type[models.Model], str]]:
    """(label, model, lookup of the case's id), those that name the case first, then those below them."""
    known: dict[type[models.Model], str] = {}
    for _ in range(3):
        for model in apps.get_models():
            if model._meta.app_label in LEFT_OUT or model is Case or model in known:
                continue
            if path := path_of(model, known):
                known[model] = path
    return sorted((m._meta.label, m, path) for m, path in known.items())


def path_of(model: type[models.Model], known: dict[type[models.Model], str]) -> str:
    """How `model` leads to a case; empty when it does not."""
    fields = list(model._meta.concrete_fields)
    direct = [f.attname for f in fields if f.attname == "case_id"]
    if direct:
        return "case_id"
    for field in fields:
        if isinstance(field, models.ForeignKey) and (path := known.get(field.related_model)):  # type: ignore[call-overload]
            return f"{field.name}__{path}"
    return ""


def plain(value: Any) -> Any:
    """As JSON: amounts as text, instants and days as ISO."""
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value
