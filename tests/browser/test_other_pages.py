"""Pages beside the street: signing in, an account's own pages, lists of a house that has little to do yet,
pages that are not there. Each is looked at, light and dark; the open ones also on a phone and in two languages."""

from collections.abc import Callable

from django.urls import reverse

from recoup.console.demo.people import CLIENTS, PASSWORD, STAFF
from tests.browser.looking import LANGUAGES, Person

BOTH = (1440, 390)
OPEN = ("/accounts/login/", "/accounts/password/reset/", "/d/enter/", "/kit/")
DESK = (
    "/desk/", *(reverse("desk:work_view", args=[view]) for view in ("review", "contact", "waiting", "evaluation", "tasks")),
    "/desk/cases/", "/desk/clients/", "/desk/law/",
    "/desk/money/", "/desk/money/lines/", "/desk/money/remittances/", "/desk/money/books/",
)  # fmt: skip
OWN = ("/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/logout/")  # fmt: skip
CLIENT = ("/client/", "/client/cases/", "/client/cases/?show=all&q=nothing", "/client/submit/", "/client/money/")  # fmt: skip


def test_the_open_pages(person: Callable[..., Person]) -> None:
    visitor = person("visitor")
    for path in OPEN:
        visitor.go(path)
        visitor.look(path.strip("/").replace("/", " "), widths=BOTH, languages=LANGUAGES)


def test_a_page_that_is_not_there(person: Callable[..., Person]) -> None:
    visitor = person("visitor")
    for path in ("/nowhere/", "/agreements/unknown/", "/d/unknown/"):
        with visitor.refused(404):
            visitor.page.goto(path)
            visitor.look(path.strip("/").replace("/", " "), widths=BOTH, languages=LANGUAGES)


def test_a_wrong_password_is_said_once(person: Callable[..., Person]) -> None:
    visitor = person("visitor")
    visitor.go("/accounts/login/")
    visitor.fill(login="nobody@nordlys.example", password="not the password")
    visitor.press("Sign in")
    visitor.page.locator("main [role=alert]").wait_for()
    visitor.look("login, refused", widths=BOTH, languages=LANGUAGES)


def test_the_desk_of_a_quiet_house(person: Callable[..., Person]) -> None:
    supervisor = person("supervisor")
    email = next(email for role, _name, email, *_ in STAFF if role == "supervisor")
    supervisor.sign_in(email, PASSWORD)
    for path in (*DESK, *OWN):
        supervisor.go(path)
        supervisor.look(path.strip("/").replace("/", " "))


def test_the_portal_of_a_client_without_cases(person: Callable[..., Person]) -> None:
    client = person("client")
    client.sign_in(CLIENTS[1].email, PASSWORD)
    for path in CLIENT:
        client.go(path)
        client.look(path.strip("/").replace("/", " ").replace("?", " "), widths=BOTH)
