"""Who did something. Pure; kept beside every change and every event."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    USER = "user"
    DEBTOR = "debtor"
    VISITOR = "visitor"
    SYSTEM = "system"
    API = "api"


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is the user's or the API key's, None for the system, a debtor by link or a visitor; `name` as shown."""

    kind: ActorKind
    name: str
    id: UUID | None = None

    @classmethod
    def user(cls, id: UUID, name: str) -> "Actor":
        return cls(ActorKind.USER, name, id)


SYSTEM = Actor(ActorKind.SYSTEM, "Recoup")
