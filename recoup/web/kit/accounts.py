"""How allauth behaves here: nobody signs up by themselves; mail leaves by the outbox."""

from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from recoup.kernel.ids import new_id
from recoup.outbox.operations import queue
from recoup.tenancy.context import scope
from recoup.web.kit.address import address_of, neighbourhood
from recoup.web.kit.middleware import place_of


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People come by invitation or by registering their company, not by the sign-up form."""

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
