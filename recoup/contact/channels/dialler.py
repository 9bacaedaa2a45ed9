"""Click to call by HTTP, in the shape of Twilio's Calls API: the provider rings the collector first and then
joins the debtor. It cannot be asked about a call by our own id, so what may have rung is never rung again."""

from base64 import b64encode
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings

from recoup.contact.channels.refused import CannotSend, TryLater
from recoup.contact.channels.wire import Speak, speak
from recoup.contact.door import require_open
from recoup.kernel.faults import fault
from recoup.outbox.models import Message

LATER = (401, 403, 408, 429, 503)


class Dialler:
    """Places calls at `DIALLER_URL` for the account `DIALLER_ACCOUNT`."""

    def __init__(self, say: Speak = speak) -> None:
        self.say = say

    def look_up(self, message: Message) -> str | bool | None:
        return None

    def hand_over(self, message: Message) -> str:
        """Raises as the other channels do; `NoPermit` without a permit of the gate."""
        require_open(message)
        account = settings.DIALLER_ACCOUNT
        url = f"{settings.DIALLER_URL}/2010-04-01/Accounts/{quote(account, safe='')}/Calls.json"
        joins = (
            f"<Response><Dial callerId={quoteattr(settings.DIALLER_FROM)}>"
            f"<Number>{escape(message.recipient)}</Number></Dial></Response>"
        )
        said = urlencode(
            {"To": message.payload["ring_first"], "From": settings.DIALLER_FROM, "Twiml": joins}
        )
        answer = self.say("POST", url, self.headers(), said.encode())
        fault("call.handed_over")
        if answer.status in LATER:
            raise TryLater(f"the provider put it off ({answer.status})")
        if 400 <= answer.status < 500:
            raise CannotSend(f"the provider refused the call ({answer.status})")
        call = answer.body.get("sid")
        if answer.status not in (200, 201) or not call:
            raise ConnectionError(f"{answer.status}")  # it may ring all the same
        return str(call)[:200]

    @staticmethod
    def headers() -> dict[str, str]:
        login = b64encode(f"{settings.DIALLER_ACCOUNT}:{settings.DIALLER_KEY}".encode()).decode()
        return {
            "Authorization": f"Basic {login}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
