"""Payment by card or wallet through a provider's own page (redirect), told by signed events.

No card data ever comes here. `provider()` is the one this installation is set up for, None without one.
"""

from functools import cache

from django.conf import settings

from recoup.payments.cards.facts import Event, Order, Provider, Session
from recoup.payments.cards.stripe import Stripe

__all__ = ["Event", "Order", "Provider", "Session", "Stripe", "provider"]


@cache
def provider() -> Provider | None:
    """Raises nothing: without a key or the secret for its events there is no payment by card."""
    if not settings.STRIPE_SECRET_KEY or not settings.STRIPE_WEBHOOK_SECRET:
        return None
    return Stripe(settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET)
