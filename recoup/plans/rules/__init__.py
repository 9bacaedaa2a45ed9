"""Plans and settlements: terms, mandate, the instalments worked out, how they are kept. Pure."""

from recoup.plans.rules.calculator import Part, Schedule, schedule
from recoup.plans.rules.course import Course, Due, Going, Use, course, penalty
from recoup.plans.rules.terms import NOTHING, Limits, Terms, outside, refuse_unsound

__all__ = [
    "NOTHING", "Course", "Due", "Going", "Limits", "Part", "Schedule", "Terms", "Use", "course", "outside",
    "penalty", "refuse_unsound", "schedule",
]  # fmt: skip
