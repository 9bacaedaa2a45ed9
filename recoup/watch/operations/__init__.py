"""Writers: signals, who watches whom, what is told of it, a debtor's accounts."""

from recoup.watch.operations.accounts import enter_accounts
from recoup.watch.operations.signals import (
    NewSignal,
    observe_signal,
    publish_notice,
    raise_many,
    withdraw_signal,
)
from recoup.watch.operations.watching import NewAlert, keep_alerts, stop_watching, watch_debtor

__all__ = [
    "NewAlert", "NewSignal", "enter_accounts", "keep_alerts", "observe_signal", "publish_notice",
    "raise_many", "stop_watching", "watch_debtor", "withdraw_signal",
]  # fmt: skip
