"""Keys and their scopes. Pure."""

import re
import secrets
from enum import StrEnum
from hashlib import sha256

from recoup.kernel.refusal import N_


class Scope(StrEnum):
    """What a key may do; a key has one or several."""

    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    MONEY_READ = "money:read"
    MONEY_WRITE = "money:write"
    DECIDE = "decisions:write"
    CALLS = "calls"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    WEBHOOKS = "webhooks"
    SANDBOX = "sandbox"


SAID = {
    Scope.CASES_READ: N_("read cases, documents, messages and events"),
    Scope.CASES_WRITE: N_(
        "submit, amend and withdraw cases, attach documents, write messages, answer tasks"
    ),
    Scope.MONEY_READ: N_("read what is owed, invoices, remittances and statements"),
    Scope.MONEY_WRITE: N_("report direct payments and credit notes"),
    Scope.DECIDE: N_("answer what the company is asked, and decide in advance"),
    Scope.CALLS: N_("ask for permits to call debtors, and report the calls"),
    Scope.USERS_READ: N_("read who has access and how each is told"),
    Scope.USERS_WRITE: N_("choose how each person is told"),
    Scope.WEBHOOKS: N_("manage webhooks"),
    Scope.SANDBOX: N_("advance the day of a sandbox agency"),
}
# What concerns all of a client, which a key of some of its divisions may not.
WHOLE = frozenset((Scope.USERS_READ, Scope.USERS_WRITE, Scope.WEBHOOKS, Scope.SANDBOX))
HOUSE_ONLY = frozenset((Scope.CALLS,))  # what a client's key never may
PER_MINUTE = 600  # requests of one key
MOST_KEYS = 25  # live keys of one client, or of the agency itself
KEPT_DAYS = 30  # answers to idempotent requests
FORM = re.compile(r"rk_(live|test)_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", re.ASCII)


def new_token(*, sandbox: bool) -> tuple[str, str]:
    """A new token of 256 random bits, and the part of it that may be shown again."""
    shown = f"rk_{'test' if sandbox else 'live'}_{secrets.token_hex(6)}"
    return f"{shown}_{secrets.token_urlsafe(32)}", shown


def hash_of(token: str) -> str:
    """What is kept of a token. It is random, so that one round of SHA-256 is enough."""
    return sha256(token.encode()).hexdigest()
