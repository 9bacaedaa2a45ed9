"""Many rows at once. Into tables with row security, which COPY cannot write to: COPY into a staging table of
this connection, then one INSERT … SELECT under the policy of the table. And out of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import (
    CharField,
    ForeignKey,
    Lookup,
    Model,
    QuerySet,
    TextField,
    UUIDField,
)
from django.db.models.base import ModelState
from psycopg import sql

M = TypeVar("M", bound=Model)


def insert_many(
    table: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]], *,
    constants: Mapping[str, tuple[str, Any]] | None = None, on_conflict: str = "",
) -> int:  # fmt: skip
    """Insert `rows` (values in the order of `columns`, name → type) with `constants` (name → type, value)
    the same in each; returns how many went in. Inside the caller's transaction. `on_conflict`: SQL of ours."""
    assert connection.in_atomic_block, "many rows go in together or not at all"
    stage = sql.Identifier(f"stage_{table}")
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    fixed = constants or {}
    with connection.cursor() as cursor:
        for statement in staging(stage, columns):
            cursor.execute(statement.as_string(cursor.connection))
        copy = sql.SQL("COPY {} ({}) FROM STDIN").format(stage, names)
        with cursor.copy(copy.as_string(cursor.connection)) as copying:
            for row in rows:
                copying.write_row(row)
        insert = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} {}").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, [*columns, *fixed])),
            sql.SQL(", ").join([names, *(typed(kind) for kind, _ in fixed.values())]),
            stage, sql.SQL(on_conflict),  # type: ignore[arg-type]
        )  # fmt: skip
        cursor.execute(insert.as_string(cursor.connection), [value for _, value in fixed.values()])
        return int(cursor.rowcount)


def staging(stage: sql.Identifier, columns: Mapping[str, str]) -> list[sql.Composed]:
    """Kept for the connection, emptied by each commit; emptied here for a second batch in one transaction."""
    fields = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind))  # type: ignore[arg-type]
        for name, kind in columns.items()
    )
    make = sql.SQL("CREATE TEMPORARY TABLE IF NOT EXISTS {} ({}) ON COMMIT DELETE ROWS")
    return [make.format(stage, fields), sql.SQL("TRUNCATE {}").format(stage)]


def typed(kind: str) -> sql.SQL:
    return sql.SQL(f"%s::{kind}")  # type: ignore[arg-type]


def read_many(found: "QuerySet[M]") -> list[M]:
    """The rows as `list(found)` gives them, each with all its columns and nothing followed. Made without the
    model's constructor (which sets each field by itself and sends signals that nobody listens to here): it
    takes longer than everything else that becomes of a row in a bulk path."""
    names = [f.attname for f in found.model._meta.concrete_fields]
    made = []
    for row in found.values_list(*names):
        one = found.model.__new__(found.model)
        state = ModelState()
        state.adding, state.db = False, found.db
        one.__dict__.update(zip(names, row, strict=True), _state=state)
        made.append(one)
    return made


def attach(row: Model, **parents: Model) -> None:
    """Parents that are known stand at the row as if they had been followed."""
    row._state.fields_cache.update(parents)


@dataclass(frozen=True, slots=True)
class Many:
    """Values to look for, for `field__among`: an array as PostgreSQL reads it."""

    array: Any
    kind: str


class Among(Lookup):  # type: ignore[type-arg]
    """`field = ANY(array)`: one parameter for thousands of values, and looked up through the index or, where
    the table is small, by hashing the array. (As a subquery it is a join, for which the planner, going by
    what it last knew of a table that has grown since, may read the whole table once for each value.)"""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::{self.rhs.kind}[])", (*params, self.rhs.array)


UUIDField.register_lookup(Among)
TextField.register_lookup(Among)
CharField.register_lookup(Among)
ForeignKey.register_lookup(Among)


def among(ids: Iterable[UUID]) -> Many:
    """For `…__among=among(ids)`: the ids as one parameter, where thousands of them would take longer than the
    query."""
    return Many(as_array(id.hex for id in ids), "uuid")


def among_texts(texts: Iterable[str]) -> Many:
    """The same for texts."""
    return Many(list(texts), "text")


def as_array(plain: Iterable[str]) -> str:
    """An array as PostgreSQL writes it, of words that need no quotes (ids, days, NULL): one parameter, where the
    driver looks at each element by itself."""
    return "{" + ",".join(plain) + "}"


def doubled(part: int) -> bool:
    """After the 1st, 2nd, 4th, 8th … part: when `fresh_statistics` is worth asking for."""
    return part & (part - 1) == 0


def fresh_statistics(*tables: str) -> None:
    """Have the planner look again at those of `tables` that have doubled since it last did, in the midst of a
    transaction that fills them: in a young database the guard of each row would otherwise keep a plan made for an
    empty table and read all of it. Nothing, in one short statement, where statistics are settled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT fresh_statistics(VARIADIC %s)", [list(tables)])
