"""Payment plans and settlements across rooms: worked out, asked of the client, offered, signed, followed."""

from recoup.journeys.plans.answer import answer
from recoup.journeys.plans.course import course_of, end, follow, look_at_plans
from recoup.journeys.plans.offer import Draft, offer, worked_out
from recoup.journeys.plans.sign import sign

__all__ = [
    "Draft", "answer", "course_of", "end", "follow", "look_at_plans", "offer", "sign", "worked_out",
]  # fmt: skip
