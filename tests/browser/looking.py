"""A person before a browser: goes, types, presses, and looks. Looking asks axe and takes pictures."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, ConsoleMessage, Download, Page, Response

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
AUDIT = "options => axe.run(document, options).then(found => found.violations)"
STILL = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important }");
  document.adoptedStyleSheets = [still];
}"""
PATIENCE = 30_000  # milliseconds; the machine may be busy
LANGUAGES = ("sv", "zh-hant")
# htmx notes a request that a later one took the place of; one that failed is another word (sendError).
REPLACED = ("htmx:afterRequest", "htmx:sendAbort")


class Person:
    """One browser context: own cookies, own page. `complaints` is what the pages did wrong."""

    def __init__(
        self, name: str, browser: Browser, origin: str, width: int, shots: Path | None
    ) -> None:
        self.name, self.origin, self.width, self.shots = name, origin, width, shots
        self.complaints: list[str] = []
        self.looked = 0
        self.expected = ""
        self.listening = True
        self.context = browser.new_context(
            base_url=origin, viewport={"width": width, "height": 900}, locale="en-GB",
            reduced_motion="reduce", accept_downloads=True,
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.complain(f"script: {error}"))
        self.page.on("response", self.weigh)

    def complain(self, text: str) -> None:
        self.complaints.append(f"{self.name} at {self.page.url}: {text}")

    def hear(self, message: ConsoleMessage) -> None:
        """Errors and warnings; a violation of the content security policy is one."""
        if message.type not in ("error", "warning") or not self.listening:
            return
        if message.text.startswith(REPLACED):
            return
        if self.expected and re.search(self.expected, message.text):
            return
        self.complain(f"console {message.type}: {message.text}")

    def weigh(self, response: Response) -> None:
        if response.status >= 500:
            self.complain(f"{response.status} for {response.url}")

    @contextmanager
    def refused(self, status: int = 422) -> Iterator[None]:
        """The browser notes an answer that is no 2xx as an error: here it is meant to be one."""
        self.expected = rf"status of {status}"
        yield
        self.page.wait_for_load_state()
        self.expected = ""

    def go(self, path: str) -> None:
        answer = self.page.goto(path)
        assert answer is not None and answer.ok, f"{answer and answer.status} for {path}"

    def fill(self, **fields: str) -> None:
        """By the fields' names; a prefix is written with two underscores (`call__note`)."""
        for name, value in fields.items():
            field = self.page.locator(f'main [name="{name.replace("__", "-")}"]:visible').first
            if field.evaluate("el => el.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def tick(self, *names: str) -> None:
        for name in names:
            self.page.locator(f'main [name="{name}"]').check()

    def press(self, label: str) -> None:
        """The button or link with that name, and the page it leads to."""
        target = self.page.get_by_role("button", name=label, exact=True).or_(
            self.page.get_by_role("link", name=label, exact=True)
        )
        target.first.click()
        self.page.wait_for_load_state()

    def download(self, label: str) -> bytes:
        """What the link gives."""
        with self.page.expect_download() as coming:
            self.page.get_by_role("link", name=label).first.click()
        given: Download = coming.value
        return Path(given.path()).read_bytes()

    def sign_in(self, email: str, password: str) -> None:
        self.go("/accounts/login/")
        self.fill(login=email, password=password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(lambda url: "/accounts/login" not in url)

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def look(self, name: str, *, widths: Sequence[int] = (1440,), languages: Sequence[str] = ()) -> None:  # fmt: skip
        """Ask axe at every width, light and dark, then once in each further language at the narrowest."""
        self.page.wait_for_load_state("load")
        self.looked += 1
        shot = f"{self.looked:02} {self.name} {name}"
        for width in widths:
            self.resize(width)
            self.audit(f"{name}, {width}")
            self.light("dark")
            self.audit(f"{name}, {width}, dark", rules=["color-contrast"])
            self.light("light")
        for language in languages:
            self.resize(min(widths))
            self.speak(language)
            self.audit(f"{name}, {min(widths)}, {language}")
            self.picture(f"{shot} {language}", min(widths))
        if languages:
            self.speak("en")
        for width in (1440, 390):
            self.picture(shot, width)
        self.resize(self.width)

    def light(self, scheme: Literal["light", "dark"]) -> None:
        self.page.evaluate(STILL)
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self.page.wait_for_selector(f'html[data-bs-theme="{scheme}"]')

    def speak(self, language: str) -> None:
        self.context.add_cookies(
            [{"name": "django_language", "value": language, "url": self.origin}]
        )
        self.page.reload()

    def resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 900 if width > 500 else 844})

    def audit(self, where: str, rules: Sequence[str] = ()) -> None:
        """axe's rules, all of them unless some are named; sideways scrolling of the page counts too."""
        self.listening = False  # axe itself sets styles, which the pages' policy forbids
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        options: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
        if rules:
            options["runOnly"] = {"type": "rule", "values": list(rules)}
        for found in self.page.evaluate(AUDIT, options):
            nodes = "; ".join(f"{n['target']} {n['html'][:160]}" for n in found["nodes"][:4])
            self.complain(f"axe ({where}): {found['id']}, {found['help']}: {nodes}")
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            self.complain(f"({where}) the page scrolls sideways by {wide} pixels")
        self.listening = True

    def picture(self, name: str, width: int) -> None:
        if self.shots is None:
            return
        self.resize(width)
        self.shots.mkdir(parents=True, exist_ok=True)
        self.listening = False
        self.page.screenshot(path=self.shots / f"{name} {width}.png", full_page=True)
        self.listening = True

    def leave(self) -> None:
        self.context.close()
