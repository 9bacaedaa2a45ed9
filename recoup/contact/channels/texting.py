"""Text messages by HTTP, in the shape of Infobip's SMS API (`/sms/2/text/advanced`, `/sms/1/logs`): the message's
own id travels as `messageId`, so that the provider can be asked about it before anything is sent again."""

import json
from typing import Any
from urllib.parse import quote

from django.conf import settings

from recoup.contact.channels.refused import CannotSend, TryLater
from recoup.contact.channels.wire import Answer, Speak, speak
from recoup.contact.door import require_open
from recoup.contact.sms import refuse_long
from recoup.kernel.faults import fault
from recoup.outbox.models import Message

TAKEN = ("PENDING", "ACCEPTED", "DELIVERED")
LATER = (401, 403, 408, 429, 503)  # a key put right, a limit that passes: certainly not taken


class TextMessages:
    """Hands text messages to the provider at `SMS_URL`."""

    def __init__(self, say: Speak = speak) -> None:
        self.say = say

    def look_up(self, message: Message) -> str | bool | None:
        url = f"{settings.SMS_URL}/sms/1/logs?messageId={quote(message.id.hex)}"
        try:
            answer = self.say("GET", url, self.headers(), b"")
        except Exception:  # nobody can say
            return None
        if answer.status != 200 or not isinstance(answer.body.get("results"), list):
            return None
        return message.id.hex if answer.body["results"] else False

    def hand_over(self, message: Message) -> str:
        """Raises `CannotSend` for a final refusal, `TryLater` where it was certainly not taken; after anything
        else nobody can say. `NoPermit` without a permit of the gate."""
        require_open(message)
        if not message.recipient:
            raise CannotSend("there is no number that gets text messages", "recipient")
        refuse_long(message.payload["text"])
        body = json.dumps({"messages": [{
            "from": settings.SMS_FROM, "text": message.payload["text"],
            "destinations": [{"to": message.recipient.lstrip("+"), "messageId": message.id.hex}],
        }]})  # fmt: skip
        answer = self.say(
            "POST", f"{settings.SMS_URL}/sms/2/text/advanced", self.headers(), body.encode()
        )
        fault("sms.handed_over")
        return taken(answer, message)

    @staticmethod
    def headers() -> dict[str, str]:
        return {
            "Authorization": f"App {settings.SMS_KEY}", "Content-Type": "application/json",
            "Accept": "application/json",
        }  # fmt: skip


class Unclear(Exception):
    """The provider answered in a way that does not tell whether it took the message."""


def taken(answer: Answer, message: Message) -> str:
    if answer.status in LATER:
        raise TryLater(f"the provider put it off ({answer.status})")
    if 400 <= answer.status < 500 and answer.status != 409:
        raise CannotSend(f"the provider refused the message ({answer.status})")
    status = group_of(answer)
    if answer.status == 200 and status in TAKEN:
        return message.id.hex
    if answer.status == 200 and status in ("REJECTED", "UNDELIVERABLE"):
        raise CannotSend("the provider refused the number", "recipient")
    raise Unclear(f"{answer.status} {status}")  # a 5xx, a 409, a 200 that names nothing


def group_of(answer: Answer) -> str:
    messages: Any = answer.body.get("messages")
    try:
        return str(messages[0]["status"]["groupName"])
    except (TypeError, LookupError):
        return ""
