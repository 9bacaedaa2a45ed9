"""The examples of docs/reference/api.md are run as they stand there; the page for people is whole."""

import re
import shlex
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from recoup.tenancy.context import apply
from recoup.web.api.api import description
from recoup.web.api.tests.cast import World

DOC = Path(__file__).resolve().parents[4] / "docs" / "reference" / "api.md"


def examples() -> list[tuple[str, int]]:
    """(command, status) of every curl in the document."""
    found = []
    for block in re.findall(r"```sh\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL):
        text = block.replace("\\\n", " ")
        found += [(c, int(s)) for c, s in re.findall(r"(curl .*)\n# (\d{3})", text)]
    return found


def run(command: str, key: str, case: str) -> Any:
    words = shlex.split(command.replace("$KEY", key).replace("$CASE", case))[1:]
    method, url, headers, data, files = "GET", "", {}, None, {}
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            data, method = words.pop(0), "POST" if method == "GET" else method
        elif word == "-F":
            files["files"], method = (
                SimpleUploadedFile(words.pop(0).split("@")[1], b"%PDF-1.4 proof"),
                "POST",
            )
        else:
            url = word.removeprefix("https://collect.example")
    browser = Browser()
    if files:
        return browser.post(url, files, headers=headers)
    kind = headers.pop("Content-Type", "application/octet-stream")
    return browser.generic(method, url, data or "", kind, headers=headers)


def test_every_example_answers_as_written(world: World) -> None:
    commands = examples()
    assert len(commands) >= 14
    for command, status in commands:
        answer = run(command, world.ask.token, world.case.number)
        apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": ""})
        assert answer.status_code == status, f"{command}\n{answer.content[:300]!r}"


def test_the_reference_page_tells_of_every_route_without_anything_from_outside(house: Any) -> None:
    page = Browser().get("/api/").content.decode()
    for path, methods in description()["paths"].items():
        for one in methods.values():
            assert f'id="{one["operationId"]}"' in page, path
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)


def test_the_document_is_openapi_3_1(house: Any) -> None:
    said = Browser().get("/api/v1/openapi.json").json()
    assert (
        said["openapi"].startswith("3.1")
        and said["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    )
    for path, methods in said["paths"].items():
        for method, one in methods.items():
            assert {"400", "429", "500"} <= set(one["responses"]), (method, path)


def test_the_page_of_events_has_every_kind_that_is_told() -> None:
    from recoup.web.api.kinds import PAGE, calls, told

    page = set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(told()) == page, "run: python -m recoup.web.api.kinds"
    known = {"CaseAccepted", "EvidenceMissed", "ApprovalAsked", "HouseWrote"}
    assert known <= page & set(calls()), "the reader of the code finds what it should"
    assert "PaymentFileReleased" not in page, "what is for the house alone is left out"
