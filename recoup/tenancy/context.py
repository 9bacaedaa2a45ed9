"""The tenant context of a transaction. Nothing is visible outside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

KEYS = ("agency_id", "client_id", "case_id", "user_id")


def current() -> dict[str, str]:
    """The settings in force now; empty strings where unset."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('app.{k}', true)" for k in KEYS))
        return {k: v or "" for k, v in zip(KEYS, cursor.fetchone(), strict=True)}


def apply(values: dict[str, str]) -> None:
    """Set the context for the rest of this transaction. Raises outside a transaction."""
    assert connection.in_atomic_block, "a tenant context lives inside a transaction"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(f"set_config('app.{k}', %s, true)" for k in values),
            list(values.values()),
        )


@contextmanager
def scope(
    agency: UUID | str, *, client: UUID | str | None = None, case: UUID | str | None = None,
    user: UUID | str | None = None,
) -> Iterator[None]:  # fmt: skip
    """A transaction in which `agency` (narrowed to `client` or `case`) is visible.

    Nests: the former context is put back at the end. Set with `set_config(…, true)` only, so that
    a pooled connection never carries one tenant's context to the next request.
    """
    with transaction.atomic():
        before = current()
        apply({"agency_id": str(agency), "client_id": str(client or ""),
               "case_id": str(case or ""), "user_id": str(user or "")})  # fmt: skip
        yield
        apply(before)
