"""How allauth behaves here: nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People come by invitation or by registering their company, not by the sign-up form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
