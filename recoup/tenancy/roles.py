"""Roles. Pure table: who works where."""

from enum import StrEnum


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    SUPERVISOR = "supervisor"
    ACCOUNT_MANAGER = "account_manager"
    COLLECTOR = "collector"
    LEGAL_OFFICER = "legal_officer"
    FINANCE_OFFICER = "finance_officer"
    FIELD_AGENT = "field_agent"
    CLIENT_ADMINISTRATOR = "client_administrator"
    CLIENT_SUBMITTER = "client_submitter"
    CLIENT_APPROVER = "client_approver"
    CLIENT_FINANCE = "client_finance"


CLIENT_ROLES = frozenset(r for r in Role if r.value.startswith("client_"))
# Who may be limited to some of a client's divisions: an administrator is not, and lifts no limit of its own.
LIMITED_ROLES = CLIENT_ROLES - {Role.CLIENT_ADMINISTRATOR}
STAFF_ROLES = frozenset(Role) - CLIENT_ROLES
