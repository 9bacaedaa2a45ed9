from dataclasses import dataclass


@dataclass(frozen=True)
class Query:
    """A check as SQL: what is counted, and the sentences about what is wrong (none when it holds)."""

    name: str
    count: str
    wrong: str
