"""The description of the API, for programs and for people."""

from collections import defaultdict
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from recoup.keys.rules import KEPT_DAYS, PER_MINUTE, SAID
from recoup.web.api.api import description

ORDER = ("get", "post", "put", "patch", "delete")


@require_safe
@cache_control(private=True, no_store=True)
def openapi(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1."""
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False})


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """The same document, to be read."""
    document = description()
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path, methods in document["paths"].items():
        for method in ORDER:
            if method in methods:
                groups[methods[method]["tags"][0]].append(
                    shown(path, method, methods[method], document)
                )
    return render(request, "api/reference.html", {
        "groups": groups.items(), "origin": settings.ORIGIN, "per_minute": PER_MINUTE, "kept_days": KEPT_DAYS,
        "scopes": [(scope.value, said) for scope, said in SAID.items()], "about": document["info"]["description"].replace("`", ""),
    })  # fmt: skip


def shown(path: str, method: str, one: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    body = next(iter(one.get("requestBody", {}).get("content", {}).items()), None)
    answered: dict[str, Any] = next(
        (r for s, r in one["responses"].items() if s.startswith("2")), {}
    )
    answer = next(iter(answered.get("content", {}).items()), None)
    return {
        "id": one["operationId"], "method": method.upper(), "path": path, "summary": one["summary"],
        "description": " ".join(one["description"].rsplit("\n\n", 1)[0].split()), "scope": one["x-scope"],
        "parameters": [(p["name"], p["in"], p["required"], p.get("description", "")) for p in one["parameters"]],
        "body": fields(body[1]["schema"], document) if body else [],
        "answer": fields(answer[1]["schema"], document) if answer else [],
    }  # fmt: skip


def fields(schema: dict[str, Any], document: dict[str, Any]) -> list[tuple[str, str, bool, str]]:
    """(name, type, required, description) of an object's fields, or of the items of a list."""
    found = resolved(schema, document)
    if "items" in found and "properties" not in found:
        found = resolved(found["items"], document)
    required = set(found.get("required", ()))
    return [
        (name, type_of(one), name in required, resolved(one, document).get("description", "") or one.get("description", ""))
        for name, one in found.get("properties", {}).items()
    ]  # fmt: skip


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    found: dict[str, Any] = document["components"]["schemas"][name] if name else schema
    return found


def type_of(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(type_of(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{type_of(schema['items'])}]"
    if "enum" in schema or "const" in schema:
        return " | ".join(map(str, schema.get("enum", [schema.get("const")])))
    return str(schema.get("format") or schema.get("type", "any"))
