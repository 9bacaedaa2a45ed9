"""What ninja's OpenAPI document does not say: keys, headers, problems, limits."""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from recoup.web.api.door import Rules

Doc = dict[str, Any]
PROBLEMS = {
    400: "A parameter, a header or the JSON is wrong", 401: "No key, or one that does not open anything",
    403: "The key lacks the scope", 404: "Nothing here that the key may see", 408: "The request was cut off or came too slowly",
    409: "Something stands against it now",
    412: "Changed since it was read", 413: "Too large", 415: "The body is of another kind",
    422: "The body is wrong, or asks for what cannot be done", 429: "Too many requests", 500: "Something broke; nothing was changed",
    503: "Too much at once; ask again after Retry-After",
}  # fmt: skip
BINARY = {"read_statement": "application/pdf", "read_content": "*/*"}
IN_BODY = ("observe_signal",)  # what may not be there is named in the body
MATCHED = ("amend_case", "withdraw_case", "answer_approval")
TEXT = {"type": "string"}
LIMITS = {
    "RateLimit-Limit": {"description": "Requests a minute.", "schema": TEXT},
    "RateLimit-Remaining": {"description": "How many are left.", "schema": TEXT},
    "RateLimit-Reset": {"description": "Seconds until there are new ones.", "schema": TEXT},
}


def completed(document: Doc, rules: Mapping[tuple[str, str], Rules]) -> Doc:
    """The document with security, headers and every answer that can come."""
    document["servers"] = [{"url": settings.ORIGIN}]
    document["security"] = [{"key": []}]
    document["components"]["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "A key from the portal: rk_live_…",
        }
    }
    for (path, method), wanted in rules.items():
        complete(document["paths"][f"/api/v1{path}"][method.lower()], method, wanted)
    found: Doc = json.loads(json.dumps(document, default=str))
    return found


def complete(one: Doc, method: str, wanted: Rules) -> None:
    if wanted.scope is None:
        one["security"] = []
    said = f"Scope `{wanted.scope}`." if wanted.scope else "No key needed."
    one["description"] = f"{one.get('description', '')}\n\n{said}".strip()
    one["x-scope"] = str(wanted.scope) if wanted.scope else None
    one["parameters"] = [*one.get("parameters", []), *header_parameters(one, method, wanted)]
    if one["operationId"] in BINARY:
        one["responses"] = {200: {"description": "OK", "content": {BINARY[one["operationId"]]: {"schema": {"type": "string", "format": "binary"}}}}}  # fmt: skip
    for status, answer in one["responses"].items():
        answer["headers"] = LIMITS | ({"ETag": {"schema": TEXT}} if status == 200 else {})
    if method == "GET":
        one["responses"][304] = {"description": "You have it already"}
    for status in statuses(one, method, wanted):
        one["responses"][status] = {
            "description": PROBLEMS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }  # fmt: skip
    for status in (429, 503):
        one["responses"][status]["headers"] = LIMITS | {"Retry-After": {"schema": TEXT}}
    one["responses"] = {str(status): answer for status, answer in sorted(one["responses"].items(), key=lambda r: int(r[0]))}  # fmt: skip


def header_parameters(one: Doc, method: str, wanted: Rules) -> list[Doc]:
    if method == "GET":
        return [header("If-None-Match", "The ETag you have; 304 where it still holds.")]
    found = []
    if wanted.repeatable or method in ("PATCH", "DELETE"):
        key = header("Idempotency-Key", "New for each thing you want done; the same when you repeat it. Kept for 30 days.", required=wanted.repeatable)  # fmt: skip
        key["schema"] = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
        found.append(key)
    if one["operationId"] in MATCHED:
        found.append(
            header("If-Match", "The ETag of what you read; 412 where it has changed since.")
        )
    return found


def header(name: str, said: str, *, required: bool = False) -> Doc:
    return {"in": "header", "name": name, "required": required, "description": said, "schema": TEXT}


def statuses(one: Doc, method: str, wanted: Rules) -> list[int]:
    """400 for any request; the others where they can come."""
    found = [400, 413, 429, 500, 503]
    if wanted.scope is not None:
        found += [401, 403]
    if any(p["in"] == "path" for p in one["parameters"]) or one["operationId"] in IN_BODY:
        found.append(404)
    if method != "GET":
        found += [409, 422]
    else:
        found += (
            [409, 422] if one["operationId"] in ("read_owed", "read_statement", "ask_price") else []
        )
    if "requestBody" in one:
        found += [408, 415]
    if one["operationId"] in MATCHED:
        found.append(412)
    return sorted(set(found))
