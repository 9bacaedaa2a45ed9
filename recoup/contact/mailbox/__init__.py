"""Post that comes in by e-mail, read without a database: bounces, automatic answers, people's replies."""

from recoup.contact.mailbox.bounce import Bounce, Kind, read_bounce
from recoup.contact.mailbox.meaning import Meaning, language_of_text, meaning_of
from recoup.contact.mailbox.message import Mail, read_mail
from recoup.contact.mailbox.reply import Reply, cut_reply

__all__ = [
    "Bounce",
    "Kind",
    "Mail",
    "Meaning",
    "Reply",
    "cut_reply",
    "language_of_text",
    "meaning_of",
    "read_bounce",
    "read_mail",
]
