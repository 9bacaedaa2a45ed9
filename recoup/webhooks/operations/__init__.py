"""Writers of webhooks."""

from recoup.webhooks.operations.endpoints import (
    add_endpoint,
    delete_endpoint,
    rotate_secret,
    secret_of,
    secrets_of,
    switch_off,
    switch_on,
)
from recoup.webhooks.operations.queue import (
    claim_next,
    due_endpoints,
    forget_old,
    place_waiting,
    replay,
    replay_expired,
    send_test,
    settle,
)

__all__ = [
    "add_endpoint", "claim_next", "delete_endpoint", "due_endpoints", "forget_old", "place_waiting",
    "replay", "replay_expired", "rotate_secret", "secret_of", "secrets_of", "send_test", "settle",
    "switch_off", "switch_on",
]  # fmt: skip
