"""The tenant context of a transaction. Nothing is visible outside it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

KEYS = ("agency_id", "client_id", "case_id", "user_id", "divisions", "within")


def current() -> dict[str, str]:
    """The settings in force now; empty strings where unset."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('app.{k}', true)" for k in KEYS))
        return {k: v or "" for k, v in zip(KEYS, cursor.fetchone(), strict=True)}


def apply(values: dict[str, str]) -> None:
    """Set the context for the rest of this transaction. Raises outside a transaction. Who is not said to
    be limited to divisions is not."""
    assert connection.in_atomic_block, "a tenant context lives inside a transaction"
    values = {"divisions": "", "within": ""} | values
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(f"set_config('app.{k}', %s, true)" for k in values),
            list(values.values()),
        )


def limited_to(divisions: Iterable[UUID]) -> dict[str, str]:
    """The part of a context that limits a client's person to divisions; to none in particular without any."""
    named = ",".join(map(str, divisions))
    text = f"{{{named}}}" if named else ""
    return {"divisions": text, "within": text}


@contextmanager
def scope(
    agency: UUID | str, *, client: UUID | str | None = None, case: UUID | str | None = None,
    user: UUID | str | None = None,
) -> Iterator[None]:  # fmt: skip
    """A transaction in which `agency` (narrowed to `client` or `case`) is visible.

    Nests: the former context is put back at the end. Set with `set_config(…, true)` only, so that
    a pooled connection never carries one tenant's context to the next request. The whole agency is seen
    whatever the divisions of whoever asked; narrowed to a client again, they are in force again.
    """
    with transaction.atomic():
        before = current()
        apply({"agency_id": str(agency), "client_id": str(client or ""),
               "case_id": str(case or ""), "user_id": str(user or ""), "within": before["within"],
               "divisions": before["within"] if client else ""})  # fmt: skip
        yield
        apply(before)
