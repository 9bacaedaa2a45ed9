"""What a page shows while it waits: nothing at first, then that it works, and nothing once it is done."""

from collections.abc import Callable

from playwright.sync_api import Route, expect

from recoup.console.demo.people import PASSWORD, STAFF
from tests.browser.looking import Person

SLOW = 1200  # milliseconds an answer is held back
# A page that is being left cannot be asked; it writes down what it showed.
WITNESS = """() => new MutationObserver(() => {
  if (!document.getElementById("progress").hidden) sessionStorage.setItem("bar", "shown");
  if (document.querySelector("button[aria-busy]")) sessionStorage.setItem("button", "busy");
}).observe(document.body, { attributes: true, subtree: true })"""
QUOTE = "/?creditor=SE&debtor=DE&amount=18400.00&currency=EUR&due=2026-08-01"


def hold_back(visitor: Person, pattern: str) -> None:
    """Answers to `pattern` come late; the page itself goes on meanwhile."""

    def late(route: Route) -> None:
        visitor.page.wait_for_timeout(SLOW)
        route.continue_()

    visitor.page.route(pattern, late)


def noted(visitor: Person, name: str) -> str | None:
    found: str | None = visitor.page.evaluate("name => sessionStorage.getItem(name)", name)
    return found


def signed_in(person: Callable[..., Person]) -> Person:
    someone = person("supervisor")
    someone.sign_in(
        next(email for role, _name, email, *_ in STAFF if role == "supervisor"), PASSWORD
    )
    return someone


def test_a_price_on_its_way_is_pale_and_then_there(person: Callable[..., Person]) -> None:
    visitor = person("visitor")
    visitor.go(QUOTE)
    answer, bar = visitor.page.locator("#answer"), visitor.page.locator("#progress")
    expect(bar).to_be_hidden()
    held: list[Route] = []
    visitor.page.route("**/quote/**", lambda route: held.append(route))
    visitor.page.locator("#quote_amount").fill("25000.00")
    expect(answer).to_have_attribute("aria-busy", "true")
    expect(bar).to_be_visible()
    for route in held:
        route.continue_()
    expect(bar).to_be_hidden()
    expect(answer).not_to_have_attribute("aria-busy", "true")
    expect(answer).to_contain_text("25,000")


def test_a_slow_page_and_a_slow_form_say_that_they_work(person: Callable[..., Person]) -> None:
    someone = signed_in(person)
    someone.go("/desk/")
    someone.page.evaluate(WITNESS)
    hold_back(someone, "**/desk/cases/**")
    someone.page.locator('nav a[href="/desk/cases/"]').first.click()
    someone.page.wait_for_url("**/desk/cases/**")
    assert noted(someone, "bar") == "shown"
    expect(someone.page.locator("#progress")).to_be_hidden()
    someone.go("/accounts/logout/")
    someone.page.evaluate(WITNESS)
    hold_back(someone, "**/accounts/logout/**")
    someone.page.locator("main form button").last.click()
    someone.page.wait_for_url(lambda url: "logout" not in url)
    assert noted(someone, "button") == "busy"


def test_a_download_leaves_the_page_as_it_is(person: Callable[..., Person]) -> None:
    visitor = person("visitor")
    visitor.go("/")
    visitor.page.evaluate(
        """() => { const link = document.createElement("a"); link.href = "/documents/none.pdf"; link.id = "file";
        link.textContent = "file"; document.querySelector("main").prepend(link);
        document.addEventListener("click", (event) => event.preventDefault()); }"""
    )
    visitor.page.locator("#file").click()
    visitor.page.wait_for_timeout(600)
    expect(visitor.page.locator("#progress")).to_be_hidden()
