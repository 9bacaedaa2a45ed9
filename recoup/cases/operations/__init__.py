"""The only writers of cases. Each is one transaction with its event; the guard is in the WHERE or a constraint."""

from recoup.cases.operations.amend import add_lines, amend_case, change_debtor, change_division
from recoup.cases.operations.assign import assign_case, best_collector
from recoup.cases.operations.bulk import NewCase, submit_many, take_back_many
from recoup.cases.operations.costs import NewCharge, charge_cost, charge_many, take_back_charge
from recoup.cases.operations.credit import credit_line
from recoup.cases.operations.holds import lift_hold, put_on_hold
from recoup.cases.operations.links import debtor_link, make_debtor_link, revoke_debtor_link
from recoup.cases.operations.many import (
    Done,
    assign_many,
    hold_many,
    note_many,
    postpone_tasks,
)
from recoup.cases.operations.notes import add_note
from recoup.cases.operations.profiles import end_absence, plan_absence, set_profile
from recoup.cases.operations.promises import make_promise, settle_promise
from recoup.cases.operations.referrals import recall_case, refer_case
from recoup.cases.operations.review import ask_information, keep_review, set_review_rules
from recoup.cases.operations.split import split_case
from recoup.cases.operations.stage import (
    accept_case,
    close_case,
    decline_case,
    move_case,
    plan_next_look,
    reopen_case,
)
from recoup.cases.operations.submit import NewLine, one_at_a_time, submit_case
from recoup.cases.operations.tasks import NewTask, add_task, add_tasks, finish_task
from recoup.cases.operations.views import remove_view, save_view

__all__ = [
    "Done", "NewCase", "NewCharge", "NewLine", "NewTask", "accept_case", "add_lines", "add_note", "add_task", "add_tasks", "amend_case", "ask_information", "assign_case", "assign_many", "best_collector", "change_debtor", "change_division", "charge_cost", "charge_many", "close_case", "credit_line", "debtor_link", "decline_case", "end_absence", "finish_task", "hold_many", "keep_review", "lift_hold", "make_debtor_link", "make_promise", "move_case", "note_many", "one_at_a_time", "plan_absence", "plan_next_look", "postpone_tasks", "put_on_hold", "recall_case", "refer_case", "remove_view", "reopen_case", "revoke_debtor_link", "save_view", "set_profile", "set_review_rules", "settle_promise", "split_case", "submit_case", "submit_many", "take_back_charge", "take_back_many",
]  # fmt: skip
