"""The API as a whole: its routes, what becomes of errors, its addresses behind the door."""

from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation, PathView

from recoup.kernel.refusal import N_, Refusal
from recoup.web.api.document import completed
from recoup.web.api.door import Known, Rules, door
from recoup.web.api.problems import NOT_FOUND, invalid, problem
from recoup.web.api.routes import (
    calls,
    cases,
    decisions,
    disputes,
    divisions,
    documents,
    house,
    items,
    money,
    quotes,
    sandbox,
    signals,
    talks,
    webhooks,
)
from recoup.web.api.strict import StrictParser

ABOUT = """Everything that the portal does, for programs. Amounts are text with the currency's own decimals,
days are ISO dates. Errors are problem documents (RFC 9457) whose `detail` is the sentence the pages show, in the
language of Accept-Language. Repeat a request with the same Idempotency-Key and it is done once."""
JSON_IN = frozenset(("body", "file", "form"))


class Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        return str(operation.view_func.__name__)


api = Api(
    title="Recoup", version="1", description=ABOUT, urls_namespace="api", docs_url=None, openapi_url=None,
    parser=StrictParser(),
)  # fmt: skip
for module in (
    quotes,
    cases,
    divisions,
    calls,
    items,
    signals,
    disputes,
    decisions,
    talks,
    documents,
    money,
    house,
    webhooks,
    sandbox,
):
    api.add_router("", module.router)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problem(refusal)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(NOT_FOUND)


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return invalid(request, error)


@api.exception_handler(HttpError)
def not_read(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja wraps what its parser raises."""
    if isinstance(error.__cause__, Refusal):
        return problem(error.__cause__)
    return problem(
        Refusal("json_wrong", N_("The request's body is not JSON.")), status=error.status_code
    )


@api.exception_handler(Exception)
def broke(request: HttpRequest, error: Exception) -> HttpResponse:
    raise error  # to the door, which logs it and takes everything back


def operations() -> list[tuple[str, PathView]]:
    return [
        (path, view)
        for bound in api._get_bound_routers()
        for path, view in bound.path_operations.items()
    ]


def known_of(view: PathView) -> dict[str, Known]:
    """What the door must know of a route, by method."""
    return {
        method: Known(rules_of(op), names_of(op, "query"), bool(JSON_IN & sources(op)))
        for op in view.operations for method in op.methods
    }  # fmt: skip


def rules_of(operation: Operation) -> Rules:
    found: Rules = operation.view_func.rules  # type: ignore[attr-defined]
    return found


def sources(operation: Operation) -> set[str]:
    return {str(model.__ninja_param_source__) for model in operation.models}


def names_of(operation: Operation, source: str) -> frozenset[str]:
    """The parameters of one source, flattened as they are sent."""
    flat = (
        getattr(model, "__ninja_flatten_map__", {}) or model.model_fields
        for model in operation.models if model.__ninja_param_source__ == source
    )  # fmt: skip
    return frozenset(name for names in flat for name in names)


def addresses() -> list[URLPattern]:
    """Every route's addresses, behind the door."""
    found: list[URLPattern] = []
    for bound in api._get_bound_routers():
        doors = {path: known_of(view) for path, view in bound.path_operations.items()}
        ways = [
            doors[path] for path, view in bound.path_operations.items() for _ in view.operations
        ]
        for pattern, known in zip(bound.urls_paths(bound.prefix), ways, strict=True):
            found.append(
                URLPattern(
                    pattern.pattern,
                    door(pattern.callback, known),
                    pattern.default_args,
                    pattern.name,
                )
            )  # type: ignore[arg-type]
    return found


@cache
def description() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    rules = {
        (path, method): rules_of(op)
        for path, view in operations() for op in view.operations for method in op.methods
    }  # fmt: skip
    return completed(dict(api.get_openapi_schema(path_prefix="/api/v1")), rules)
