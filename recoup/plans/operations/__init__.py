"""The only writers of plans. Each is one transaction with its event; `UPDATE … WHERE state = old` decides
who was first."""

from recoup.plans.operations.course import (
    break_plan,
    end_plan,
    keep_plan,
    lapse_plan,
    mark_reminded,
)
from recoup.plans.operations.mandate import set_mandate
from recoup.plans.operations.offer import answer_plan, attach_paper, offer_plan
from recoup.plans.operations.sign import sign_plan

__all__ = [
    "answer_plan", "attach_paper", "break_plan", "end_plan", "keep_plan", "lapse_plan", "mark_reminded",
    "offer_plan", "set_mandate", "sign_plan",
]  # fmt: skip
