"""How allauth behaves here: nobody signs up by themselves; mail leaves by the outbox."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation

from recoup.kernel.ids import new_id
from recoup.outbox.operations import queue
from recoup.tenancy.context import scope
from recoup.web.kit.address import address_of, neighbourhood
from recoup.web.kit.devices import is_known_device, remember_device
from recoup.web.kit.guessing import GUESSES, watch_guessing
from recoup.web.kit.middleware import place_of


def login_of(credentials: Mapping[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").lower()


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People come by invitation or by registering their company, not by the sign-up form."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Guesses are counted per account and place they come from, and apart from those of a device from
        which the account has signed in before: whoever guesses does not lock its owner out."""
        login = login_of(credentials)
        whence = "known" if is_known_device(request, login) else self.get_client_ip(request)
        return f"{login}:{whence}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        login = login_of(credentials)
        if not is_known_device(request, login) and not GUESSES.left(login, timezone.now()):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        login = login_of(credentials)
        if not is_known_device(request, login):
            GUESSES.take(login, timezone.now())
        watch_guessing(place_of(request), login)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **more: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **more)
        remember_device(response, str(getattr(user, "email", "")))
        return response

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whom limits count together, by the one rule for addresses (a forged header changes nothing)."""
        return neighbourhood(address_of(request))

    def format_email_subject(self, subject: str) -> str:
        return subject

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On our own address, whatever host the request named."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.ORIGIN}{path.replace('UID-KEY', quote(key))}"

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """To the address one signs in with, where no other is kept."""
        super().send_notification_mail(
            template_prefix, user, context, email or getattr(user, "email", None)
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue it with the change that it tells of: no mail server is asked inside a request, and what
        is rolled back is not sent."""
        place = place_of(self.request)
        # Asks for no site: names and links come from the settings and the agency.
        site = {"name": place.agency.name, "domain": settings.ORIGIN}
        known = {"request": self.request, "email": email, "current_site": site, "house": place.agency.name}  # fmt: skip
        message = self.render_mail(template_prefix, email, known | context)
        payload = {
            "template": template_prefix, "language": translation.get_language(), "subject": str(message.subject),
            "text": f"{str(message.body).strip()}\n", "attachments": [], "from_name": place.agency.name,
        }  # fmt: skip
        with scope(place.agency.id):
            queue(
                agency=place.agency.id, channel="email", key=f"account:{new_id()}", recipient=email,
                payload=payload, at=place.now, gated=False,
            )  # fmt: skip
