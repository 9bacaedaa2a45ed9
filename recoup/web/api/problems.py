"""Errors as `application/problem+json` (RFC 9457), with the very sentences of the pages."""

import json
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja.errors import ValidationError

from recoup.kernel.refusal import N_, NotAnswered, NotKnown, Refusal
from recoup.web.kit.formats import refusal_text

MEDIA_TYPE = "application/problem+json"
# What has changed meanwhile, or stands against what is asked: the same request may pass later.
CONFLICTS = frozenset((
    "agreement_missing", "agreement_unsigned", "approval_decided", "case_accepted_already", "case_closed", "case_not_called", "case_not_collected", "case_not_open", "case_moved_meanwhile", "changed_meanwhile",
    "hold_lifted_already", "hold_stands_already", "invoice_already_placed", "key_revoked_already",
    "permit_over", "permit_used", "plan_moved_meanwhile", "plan_over", "request_running", "stage_not_reachable", "task_done_already", "task_elsewhere", "too_late", "webhook_off",
    "webhooks_too_many", "withdrawn_already",
))  # fmt: skip
STATUS = {
    "json_wrong": 400, "cursor_wrong": 400, "parameter_unknown": 400, "parameter_wrong": 400,
    "idempotency_key_missing": 400, "idempotency_key_wrong": 400, "header_wrong": 400,
    "key_missing": 401, "key_unknown": 401, "key_revoked": 401, "key_expired": 401,
    "scope_not_given": 403, "clients_only": 403, "sandbox_only": 403, "not_found": 404,
    "method_not_allowed": 405, "request_cut": 408, "match_failed": 412, "too_large": 413, "media_type_wrong": 415,
    "too_often": 429, "too_many_requests": 429, "too_busy": 503,
}  # fmt: skip
BODY_WRONG = N_("The request's body is not as described; see `errors`.")
PARAMETER_WRONG = N_("A parameter is not as described; see `errors`.")
NOT_FOUND = Refusal("not_found", N_("There is nothing here that you may see."))
BROKE = Refusal("broke", N_("Something broke on our side. Nothing was changed; please try again, with the same Idempotency-Key."))  # fmt: skip


def status_of(refusal: Refusal) -> int:
    """422 unless its code says otherwise; 409 where the law has no figure, as the pages answer."""
    if refusal.code in STATUS:
        return STATUS[refusal.code]
    if refusal.code in CONFLICTS or isinstance(refusal, NotKnown | NotAnswered):
        return 409
    return 422


def problem(refusal: Refusal, *, status: int | None = None, **more: Any) -> HttpResponse:
    """The refusal as a response."""
    document = document_of(refusal, status=status, **more)
    text = json.dumps(document, ensure_ascii=False)
    response = HttpResponse(text, status=document["status"], content_type=MEDIA_TYPE)
    if document["status"] == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Recoup"'
    return response


def document_of(refusal: Refusal, *, status: int | None = None, **more: Any) -> dict[str, Any]:
    """The members of the problem, `detail` in the reader's language."""
    code = status or status_of(refusal)
    where = {
        k: str(v) for k, v in refusal.as_error().items() if k in ("field", "row", "found", "file")
    }
    return {
        "type": f"{settings.ORIGIN}/api/#problem-{refusal.code}", "title": HTTPStatus(code).phrase,
        "status": code, "detail": refusal_text(refusal), "code": refusal.code, **where, **more,
    }  # fmt: skip


def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What does not fit the schema: 404 for an address that cannot exist, 400 for a parameter, 422 for
    the body, each fault with its place."""
    places = {str(fault["loc"][0]) for fault in error.errors}
    if "path" in places:
        return problem(NOT_FOUND)
    faults = [
        {"field": ".".join(map(str, fault["loc"][1:])) or str(fault["loc"][0]), "detail": said(fault)}
        for fault in error.errors[:50]
    ]  # fmt: skip
    if places & {"query", "header"}:
        return problem(Refusal("parameter_wrong", PARAMETER_WRONG), errors=faults)
    return problem(Refusal("body_wrong", BODY_WRONG), errors=faults)


WORDS = {
    "missing": N_("is missing"), "extra_forbidden": N_("is not known"),
    "string_type": N_("must be a text"), "string_too_long": N_("is too long"),
    "string_too_short": N_("is too short"), "string_pattern_mismatch": N_("is not written as described"),
    "bool_type": N_("must be true or false"), "int_parsing": N_("must be a whole number"),
    "int_type": N_("must be a whole number"), "list_type": N_("must be a list"),
    "too_long": N_("holds too many"), "too_short": N_("holds too few"), "model_type": N_("must be an object"),
    "dict_type": N_("must be an object"), "uuid_parsing": N_("is no identifier"), "uuid_type": N_("is no identifier"),
    "literal_error": N_("is none of the values allowed"), "enum": N_("is none of the values allowed"),
}  # fmt: skip


def said(fault: dict[str, Any]) -> str:
    known = WORDS.get(str(fault["type"]))
    return gettext(known) if known else str(fault["msg"])[:200]
