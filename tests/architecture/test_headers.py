"""What every answer carries, whoever asks: the browser is told to run nothing but ours, to frame
nothing, to guess nothing, and to keep nothing personal."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from recoup.cases.models import Case
from recoup.cases.operations import make_debtor_link
from recoup.files.operations import keep
from recoup.kernel.actor import SYSTEM
from recoup.tenancy.context import scope
from recoup.tenancy.roles import Role
from recoup.web.kit.downloads import POLICY
from tests.architecture.matrix import ANYBODY, MATRIX
from tests.architecture.test_matrix import AT, NO_OBJECT, World, address, worlds
from tests.cast import House

__all__ = ["worlds"]
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>")
HANDLER = re.compile(r"<[^>]+\s(?:on[a-z]+|style)=", re.IGNORECASE)
REFERRERS = ("same-origin", "no-referrer")


def directives(response: HttpResponse) -> dict[str, str]:
    return directives_of(response["Content-Security-Policy"])


def directives_of(policy: str) -> dict[str, str]:
    parts = (p.strip().split(" ", 1) for p in policy.split(";"))
    return {p[0]: p[1] if len(p) > 1 else "" for p in parts}


def faults(response: Any, *, personal: bool) -> list[str]:
    wrong = [f"{k}: {response.get(k)}" for k, v in ALWAYS.items() if response.get(k) != v]
    if response.get("Referrer-Policy") not in REFERRERS:
        wrong.append(f"Referrer-Policy: {response.get('Referrer-Policy')}")
    csp = directives(response)
    if "sandbox" in csp:  # what came from outside: only to save, under a policy of its own
        saved = response["Content-Disposition"].startswith("attachment")
        return (
            wrong
            if saved and csp == directives_of(POLICY)
            else [*wrong, f"policy of a download: {csp}"]
        )
    if "unsafe" in str(csp) or "*" in str(csp) or "data:" in csp.get("script-src", ""):
        wrong.append(f"policy: {csp}")
    if (csp["script-src"], csp["frame-ancestors"], csp["object-src"], csp["base-uri"]) != (
        "'self'", "'none'", "'none'", "'self'",
    ):  # fmt: skip
        wrong.append(f"policy: {csp}")
    if personal and "no-store" not in response.get("Cache-Control", ""):
        wrong.append(f"Cache-Control: {response.get('Cache-Control')}")
    if response["Content-Type"].startswith("text/html"):
        text = response.content.decode()
        wrong += [f"inline: {m[0][:80]}" for p in (SCRIPT, HANDLER) for m in p.finditer(text)]
    return wrong


def as_person(world: World, role: str) -> Browser:
    browser = Browser()
    browser.force_login(world.people[role])
    return browser


def test_every_page_of_every_audience_is_guarded(worlds: Any) -> None:
    world = worlds[0]
    asking = {r: as_person(world, r) for r in (Role.ADMINISTRATOR, Role.CLIENT_ADMINISTRATOR)}
    wrong, seen = [], 0
    for name, row in MATRIX.items():
        if row.method != "GET" or row.needs in NO_OBJECT or name == "healthz":
            continue
        readers: list[tuple[str, Browser]] = [(r, b) for r, b in asking.items() if r in row.who]
        if row.who == ANYBODY:
            readers.append(("anonymous", Browser()))
        for role, browser in readers:
            response = browser.get(address(name, world.objects[row.needs]))
            personal = role != "anonymous" or name.startswith("public:agree")
            wrong += [f"{name} as {role}: {f}" for f in faults(response, personal=personal)]
            seen += 1
    assert not wrong, "\n".join(wrong)
    assert seen > 40


def test_a_debtors_pages_are_guarded(house: House, worlds: Any) -> None:
    with scope(house.id):  # type: ignore[arg-type]
        case = Case.objects.get(number=worlds[0].objects["case"]["number"])
        token = make_debtor_link(
            case=case, expires_at=timezone.now() + timedelta(days=9), by=SYSTEM, at=AT
        )
    browser, wrong = Browser(), []
    for path in (f"/d/{token}/", "/d/", "/d/unknown-token-unknown-token-unknown/", "/d/enter/"):
        wrong += [f"{path}: {f}" for f in faults(browser.get(path), personal=True)]
    assert not wrong, "\n".join(wrong)


def test_pages_for_strangers_and_errors_are_guarded(house: House) -> None:
    browser, wrong = Browser(enforce_csrf_checks=True), []
    asked = {
        "login": browser.get("/accounts/login/"), "reset": browser.get("/accounts/password/reset/"),
        "register": browser.get("/register/"), "unknown": browser.get("/nothing-here/"),
        "forged": browser.post("/accounts/login/", {}), "desk": browser.get("/desk/"),
    }  # fmt: skip
    for name, response in asked.items():
        personal = name in ("login", "reset", "register", "desk")
        wrong += [f"{name}: {f}" for f in faults(response, personal=personal)]
    assert asked["unknown"].status_code == 404 and asked["forged"].status_code == 403
    style = browser.head("/static/public/public.css")
    assert (style.status_code, style["X-Content-Type-Options"]) == (200, "nosniff")
    assert not wrong, "\n".join(wrong)


def test_cookies_are_for_our_pages_only_and_out_of_scripts_reach(house: House) -> None:
    browser = Browser()
    browser.get("/accounts/login/")
    browser.post("/accounts/login/", {"login": "collector@nordic.example", "password": "correct horse battery staple"})  # fmt: skip
    browser.post("/i18n/setlang/", {"language": "sv"})
    assert set(browser.cookies) >= {"session", "csrf", "django_language"}
    for name, cookie in browser.cookies.items():
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"], name


NAMES = {
    "plain.pdf": 'attachment; filename="plain.pdf"',
    'quo"te.pdf': 'attachment; filename="quo\\"te.pdf"',
    "Rechnung Müller.pdf": "attachment; filename*=utf-8''Rechnung%20M%C3%BCller.pdf",
    "发票.pdf": "attachment; filename*=utf-8''%E5%8F%91%E7%A5%A8.pdf",
    "a\r\nSet-Cookie: x=1.pdf": 'attachment; filename="aSet-Cookie: x=1.pdf"',
    "invoice\u202efdp.exe": 'attachment; filename="invoicefdp.exe"',
}


def test_a_download_is_an_attachment_under_its_own_name(house: House, worlds: Any) -> None:
    """RFC 6266 and RFC 8187; HOSTILE UP01, UP10: an HTML page named invoice is never shown as ours."""
    world = worlds[0]
    readers = {
        "desk:document": as_person(world, Role.COLLECTOR),
        "client:document": as_person(world, Role.CLIENT_ADMINISTRATOR),
    }
    for name, expected in NAMES.items():
        with scope(house.id):  # type: ignore[arg-type]
            case = Case.objects.get(number=world.objects["case"]["number"])
            document = keep(agency=case.agency_id, content=name.encode(), name=name, media_type="text/html",
                            kind="upload", by=SYSTEM, at=AT, client=case.client_id, case=case.id)  # fmt: skip
        for route, browser in readers.items():
            response = browser.get(reverse(route, args=[document.id]))
            assert (response.status_code, response["Content-Disposition"]) == (200, expected), name
            assert response["X-Content-Type-Options"] == "nosniff"
            assert "no-store" in response["Cache-Control"]


IN_PRODUCTION = """
import json, django
django.setup()
from django.test import Client
browser = Client(HTTP_HOST="collect.example", HTTP_X_FORWARDED_PROTO="https")
page = browser.get("/accounts/login/")
browser.post("/accounts/login/", {"login": "collector@nordic.example", "password": "correct horse battery staple"},
             headers={"origin": "https://collect.example"})
browser.post("/i18n/setlang/", {"language": "sv"})
print(json.dumps({
    "headers": dict(page.headers),
    "cookies": {name: dict(cookie) for name, cookie in browser.cookies.items()},
    "strange": browser.get("/", headers={"host": "evil.example"}).status_code,
}))
"""


def test_behind_https_cookies_are_bound_to_the_host_and_the_browser_stays_on_https(
    committed_house: House,
) -> None:
    """With an https origin: `__Host-` cookies and HSTS, as the settings of a real installation."""
    environment = os.environ | {"RECOUP_ORIGIN": "https://collect.example"}
    environment.pop("RECOUP_EVENTS_PORT", None)  # pages and events at one origin, as behind a proxy
    done = subprocess.run([sys.executable, "-c", IN_PRODUCTION], env=environment, capture_output=True,
                          text=True, timeout=120, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["headers"]["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert "http:" not in said["headers"]["Content-Security-Policy"]
    assert {"__Host-session", "__Host-csrf"} <= set(said["cookies"])
    for name, cookie in said["cookies"].items():
        assert cookie["secure"] and cookie["httponly"] and cookie["path"] == "/" and not cookie["domain"], name  # fmt: skip
    assert said["strange"] == 400
