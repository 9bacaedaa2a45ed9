"""What a bounce says: which address, for good or for now, and why.

Delivery status notifications by RFC 3464 with the codes of RFC 3463; what names no code is read from the
words of the server (flufl.bounce for the addresses, the table below for the reason). Complaints are RFC
5965, automatic answers RFC 3834.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from flufl.bounce import all_failures

from recoup.contact.mailbox.message import Mail, raw, said, spelled
from recoup.contact.mailbox.wordings import (
    AUTOMATIC,
    EXACT,
    FOR_GOOD,
    FOR_NOW,
    REASONS,
    RETURNED,
    STATUS_REASONS,
)


class Kind(StrEnum):
    HARD = "hard"  # nobody has this address: never written to again
    SOFT = "soft"  # refused or late this time
    DELIVERED = "delivered"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto_reply"


@dataclass(frozen=True, slots=True)
class Bounce:
    """One address and what became of the message to it. `status` is x.y.z of RFC 3463, `code` the
    server's three digits; "" where the notice names none. `said` are the server's own words."""

    kind: Kind
    reason: str
    address: str
    status: str = ""
    code: str = ""
    said: str = ""


STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b(?!\.\d)")
CODE = re.compile(r"(?<![\d.])([245][0-5]\d)(?![\d.])(?=[\s:\-(#<])")
PROTOCOL = re.compile(r"^\s*(smtp|x-[\w-]+|x400|unix|dns)\s*;\s*", re.I)
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+\w")


def read_bounce(mail: Mail) -> tuple[Bounce, ...]:
    """What became of each address; empty when a person wrote this."""
    if complaint := feedback(mail):
        return complaint
    if told := by_sns(mail):
        return told
    if receipts := read_receipts(mail):
        return receipts
    if delivered := DELIVERED_BY_SNS.search(own_words(mail)):
        return tuple(
            Bounce(Kind.DELIVERED, "delivered", a.lower()) for a in ADDRESS.findall(delivered[1])
        )
    if is_automatic(mail):
        return (Bounce(Kind.AUTO_REPLY, "vacation", mail.sender),)
    told = tuple(b for part in notices(mail) for b in told_by(part, mail))
    if told:
        return told
    if not is_notice(mail):
        return ()
    return from_words(mail)


def feedback(mail: Mail) -> tuple[Bounce, ...]:
    for part in mail.parts:
        if part.type != "message/feedback-report" or part.inside:
            continue
        fields = {
            k.lower(): v.strip() for k, _, v in (x.partition(":") for x in part.text.split("\n"))
        }
        address = fields.get("original-rcpt-to") or fields.get("removal-recipient") or ""
        return (Bounce(Kind.COMPLAINT, fields.get("feedback-type", "abuse"), bare(address)),)
    if "x-hmxmroriginalrecipient" in mail.message:  # Outlook.com's own form
        return (Bounce(Kind.COMPLAINT, "abuse", bare(mail.header("x-hmxmroriginalrecipient"))),)
    if mail.header("x-apple-unsubscribe") == "true":
        return (Bounce(Kind.COMPLAINT, "opt-out", mail.sender),)
    if found := re.search(r'"complainedRecipients":\[\{"emailAddress":"([^"]+)"', own_words(mail)):
        return (Bounce(Kind.COMPLAINT, "abuse", found.group(1).lower()),)  # Amazon SES by SNS
    if COMPLAINT.search(mail.subject) and (returned := returned_to(mail)):
        return (Bounce(Kind.COMPLAINT, "abuse", returned),)
    return ()


# Providers that return the message and say so in the subject only.
COMPLAINT = re.compile(r"\bcomplaint about (?:a )?(?:message|mail)\b|\babuse report\b", re.I)
# Amazon SES by SNS, of a message that arrived.
DELIVERED_BY_SNS = re.compile(
    r'^\s*\{"(?:notification|event)Type":"Delivery".*"delivery":\{[^{}]*?"recipients":\[([^\]]*)\]'
)


def by_sns(mail: Mail) -> tuple[Bounce, ...]:
    """Amazon SES by SNS, of what came back: JSON, which is read as such."""
    words = own_words(mail).strip()
    if not words.startswith("{") or '"bouncedRecipients"' not in words:
        return ()
    try:
        told, _ = json.JSONDecoder().raw_decode(words)
        bounce = told["bounce"]
        rows = [(bare(r["emailAddress"]), str(r.get("status", "")), str(r.get("diagnosticCode", "")), r.get("action", "")) for r in bounce["bouncedRecipients"]]  # fmt: skip
        kinds = f"{bounce.get('bounceType', '')} {bounce.get('bounceSubType', '')}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return ()
    found = []
    for address, status, diagnostic, action in rows:
        said = PROTOCOL.sub("", diagnostic) or BY_SNS.get(kinds, kinds)
        code = first(CODE, said)
        reason = reason_of(said, status, code, [str(action)], said)
        found.append(
            Bounce(kind_of(reason, status, code), reason, address, status, code, said[:500])
        )
    return tuple(found)


# What the provider says where the server's words are missing.
BY_SNS = {
    "Permanent General": "user unknown", "Permanent NoEmail": "user unknown",
    "Permanent Suppressed": "user unknown", "Permanent OnAccountSuppressionList": "user unknown",
    "Transient MailboxFull": "mailbox full", "Transient MessageTooLarge": "message too large",
}  # fmt: skip


def read_receipts(mail: Mail) -> tuple[Bounce, ...]:
    """RFC 8098: the reader's program says what was done with the message, so it had arrived."""
    found = []
    for part in mail.parts:
        if part.type != "message/disposition-notification" or part.inside:
            continue
        fields = fields_of(part.text)
        if "disposition" in fields:
            whom = fields.get("final-recipient") or fields.get("original-recipient", "")
            found.append(
                Bounce(Kind.DELIVERED, "delivered", bare(whom), said=fields["disposition"])
            )
    return tuple(found)


def returned_to(mail: Mail) -> str:
    """Whom the message that comes back was written to; "" where none comes back."""
    for part in mail.message.walk():
        if part is not mail.message and "to" in part:
            return bare(said(raw(part["to"])))
    return ""


def is_automatic(mail: Mail) -> bool:
    """An automatic answer of a person's mailbox (RFC 3834), no notice of a server."""
    if any(part.type == "message/delivery-status" for part in mail.parts) or from_a_server(mail):
        return False
    auto = mail.header("auto-submitted").lower()
    marks = ("x-autoreply", "x-autorespond", "x-auto-response", "vacation")
    return (
        auto.startswith("auto-replied")
        or mail.header("x-apple-action") == "vacation"
        or mail.header("precedence").lower() == "auto_reply"
        or any(mark in mail.message for mark in marks)
        or bool(AUTOMATIC.search(mail.subject))
    )


SERVER = re.compile(
    r"mailer-?daemon|post_?master|mail delivery|mail[ -]system|mdaemon|delivery subsystem", re.I
)


def from_a_server(mail: Mail) -> bool:
    return "x-failed-recipients" in mail.message or bool(
        SERVER.search(f"{mail.sender} {mail.sender_name} {mail.header('from')}")
    )


def is_notice(mail: Mail) -> bool:
    """A server's own notice, by its envelope, its sender or its subject."""
    return (
        mail.header("return-path").strip() == "<>"
        or from_a_server(mail)
        or bool(RETURNED.search(mail.subject))
        or bool(all_failures_of(mail)[0] or all_failures_of(mail)[1])
    )


def all_failures_of(mail: Mail) -> tuple[set[str], set[str]]:
    """Addresses refused for now and for good, as flufl.bounce finds them."""
    try:
        for_now, for_good = all_failures(mail.message)
    except (ValueError, LookupError, TypeError, AttributeError):
        return set(), set()
    return {plain(a) for a in for_now}, {plain(a) for a in for_good}


def plain(address: bytes | str) -> str:
    return (address.decode("ascii", "replace") if isinstance(address, bytes) else address).lower()


def notices(mail: Mail) -> list[dict[str, str]]:
    """The fields for each recipient of the delivery status parts (RFC 3464)."""
    found = []
    for part in mail.parts:
        if part.type != "message/delivery-status" or part.inside:
            continue
        for block in re.split(r"\n[ \t]*\n", part.text.strip() + "\n"):
            fields = fields_of(block)
            if "final-recipient" in fields or "original-recipient" in fields:
                found.append(fields)
    return found


def fields_of(block: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in re.sub(r"\n[ \t]+", " ", block).split("\n"):
        name, colon, value = line.partition(":")
        if colon and name.strip() and " " not in name.strip():
            fields.setdefault(name.strip().lower(), value.strip())
    return fields


def told_by(fields: dict[str, str], mail: Mail) -> list[Bounce]:
    # A final recipient of another kind (x400) has no address of ours.
    address = bare(fields.get("final-recipient", "")) or bare(fields.get("original-recipient", ""))
    action = fields.get("action", "").split()[:1]
    said = fields.get("diagnostic-code", "")
    said = PROTOCOL.sub("", said)
    own = about(mail, address)
    status = nearest_status(fields.get("status", ""), said or own)
    code = first(CODE, said) or first(CODE, own)
    if action and action[0].lower() in ("delivered", "relayed", "expanded", "deliverable"):
        return [Bounce(Kind.DELIVERED, "delivered", address, status, code, said)]
    reason = reason_of(said, status, code, action, own)
    return [
        Bounce(kind_of(reason, status, code), reason, address, status, code, (said or own)[:500])
    ]


def nearest_status(field: str, said: str) -> str:
    """The server's own words are more exact than a gateway's x.0.0."""
    stated, heard = first(STATUS, field), first(STATUS, said)
    if not stated or (heard and stated.endswith(".0.0") and heard[0] == stated[0]):
        return heard or stated
    return stated


def first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(0) if found else ""


def bare(address: str) -> str:
    found = ADDRESS.search(address.rpartition(";")[2])
    return found.group(0).lower() if found else ""


def own_words(mail: Mail) -> str:
    """The notice's own text, without the message it returns."""
    text = "\n".join(
        p.text
        for p in mail.parts
        if not p.inside and p.type in ("text/plain", "text/html") and not p.name
    )
    if not text.strip():
        text = spelled(payload_of(mail.message), "utf-8")
    return FOOT.split(text, maxsplit=1)[0]


# Where a notice ends and the message that it returns begins.
FOOT = re.compile(
    r"^[ \t>]*-*[ \t]*(?:below this line is a copy|(?:original|returned|unsent|undelivered) message"
    r"(?! was received)|this is a copy of|(?:the )?header of the (?:message|original)|message header"
    r"|the following is (?:the|a copy)|included is a copy|copy of the original"
    r"|(?:original )?message (?:headers?|text|contents?|body)? ?follows?|your message (?:header|follows))"
    r".{0,60}$|^Received: ?(?:from|by)|^Return-Path: *<",
    re.I | re.M,
)


def payload_of(message: Message) -> bytes:
    content = message.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def about(mail: Mail, address: str, others: Collection[str] = ()) -> str:
    """The words of the notice from `address` on, up to where one of `others` is spoken of; all of them
    where it is not named."""
    words = own_words(mail)
    low = words.lower()
    at = low.find(address) if address else -1
    if at < 0:
        return words[:4000]
    start = low.rfind("\n", 0, at) + 1
    ends = [low.find(other, at) for other in others if other != address]
    return words[start : min([e for e in ends if e > 0], default=start + 1200)]


def from_words(mail: Mail) -> tuple[Bounce, ...]:
    """A notice in words only."""
    words = own_words(mail)
    for_now, for_good = all_failures_of(mail)
    named = [a.lower() for a in ADDRESS.findall(mail.header("x-failed-recipients"))]
    listed = [a.lower() for a in LISTED.findall(words) if a.lower() not in mail.recipients]
    addresses = (
        named
        or list(dict.fromkeys(listed))
        or sorted((for_good | for_now) - {*mail.recipients})
        or [guessed(words, mail)]
    )
    found = []
    for address in addresses:
        own = about(mail, address, addresses) if len(addresses) > 1 else words
        status, code = first(STATUS, own), first(CODE, own)
        action = ["delayed"] if address in for_now - for_good else ["failed"]
        reason = reason_of(own, status, code, action, own)
        if reason == "undefined":
            reason = in_words(mail.subject) or reason
        found.append(
            Bounce(kind_of(reason, status, code), reason, address, status, code, own.strip()[:500])
        )
    return tuple(found)


# A line of its own for each address: "550 5.1.1 <a@b>... words", "<a@b>: words", "a@b: 550 words".
LISTED = re.compile(
    r"^(?:[45]\d\d (?:[45]\.\d+\.\d+ )?<(?=\S+>\.\.\. )|<(?=\S+>: )|(?=\S+@\S+: [45]\d\d ))"
    r"([^<>\s:]+@[^<>\s:]+)", re.M
)  # fmt: skip


def guessed(words: str, mail: Mail) -> str:
    ours = {*mail.recipients, mail.sender}
    return next((a.lower() for a in ADDRESS.findall(words) if a.lower() not in ours), "")


def reason_of(said: str, status: str, code: str, action: list[str], own: str) -> str:
    """The reason: a status that says it exactly, the server's words, its status, the notice's words."""
    if status in EXACT:
        return EXACT[status]
    if SENDER_REFUSED.search(own) and not status.startswith("4"):
        return "rejected"
    late = bool(action) and action[0].lower() == "delayed"
    if in_words(own) == "notaccept":
        return "notaccept"
    if late and not said.strip():
        return "expired"
    if heard := in_words(said):
        return filtered(heard, said, status, own)
    if rough := next((reason for mark, reason in STATUS_REASONS if status.startswith(mark)), ""):
        return rough
    if heard := in_words(own):
        return filtered(heard, own, status, own)
    if late or status.startswith("4") or code.startswith("4"):
        return "expired"
    return "undefined"


# Who writes was refused, before the address was spoken of.
SENDER_REFUSED = re.compile(
    r"(?:after|in reply to|response to)(?: the)? MAIL FROM|did not like our MAIL FROM", re.I
)


def in_words(text: str) -> str:
    return next((reason for reason, pattern in REASONS if text and pattern.search(text)), "")


def filtered(reason: str, said: str, status: str, own: str) -> str:
    """A server that takes the address and refuses it after the content is a filter: who was refused may
    well exist (status x.2.0, or a refusal in answer to DATA)."""
    if reason != "userunknown" or re.search(r"have an? \S+ account", said):
        return reason
    if re.search(r"\b550:? ?: user unknown", said, re.I):
        return "filtered"  # so a Japanese carrier answers for what its subscriber's filter refuses
    if re.search(r"no valid recipients", own, re.I):
        return reason  # the answer to DATA came of the refusal of the only RCPT before it
    after = re.search(
        r"in reply to (?:end of )?DATA|command\nDATA\b|after (?:end of )?DATA|>>> DATA\n<<< 5(?!03)|RCPT TO:.*\n.*DATA",
        own,
        re.I,
    )
    if (after and not status.endswith(".1.1")) or status == "5.2.0":
        return "filtered"
    return "filtered" if status == "5.3.0" and "smtp:rcpt" not in own.lower() else reason


def kind_of(reason: str, status: str = "", code: str = "") -> Kind:
    """Nobody there, and said for good: a server that answers 4yz of a user (RFC 5321) wants to be asked again."""
    for_now = reason == "userunknown" and (status or code).startswith("4")
    return Kind.HARD if reason in FOR_GOOD and not for_now else Kind.SOFT


def is_for_now(reason: str) -> bool:
    """Whether the same message may be delivered later."""
    return reason in FOR_NOW
