"""A benchmark in a house that was never migrated says so in one sentence."""

import pytest
from django.db import ProgrammingError, connection, transaction

from recoup.console import bench


def without(table: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table}")


@pytest.mark.django_db
def test_a_house_without_tables_is_told_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(bench.BENCHES, "page", lambda: without("tenancy_agency_that_is_not_there"))
    assert bench.run(["page"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and "recoup migrate --database owner" in err


@pytest.mark.django_db
def test_another_fault_of_a_statement_is_not_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bench.BENCHES, "page", lambda: without("tenancy_agency WHERE"))
    with pytest.raises(ProgrammingError):
        bench.run(["page"])
