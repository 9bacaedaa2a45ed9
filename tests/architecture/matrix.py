"""Route × role × object: who gets through to what. A route without a row here fails the build.

`who` are the roles that get an answer for their own object; everybody else, and everybody for another
client's, another agency's or an unknown object, gets 404: what you may not see does not exist.
"""

from dataclasses import dataclass

from recoup.tenancy.roles import CLIENT_ROLES, STAFF_ROLES, Role

ANYBODY = frozenset({"anonymous", "debtor", *Role})
STAFF = frozenset(STAFF_ROLES)
CLIENTS = frozenset(CLIENT_ROLES)
ADMINISTRATOR = frozenset({Role.CLIENT_ADMINISTRATOR})
CLIENT_ADMIN = frozenset({Role.CLIENT_ADMINISTRATOR})
CLIENT_DECIDERS = frozenset({Role.CLIENT_APPROVER, Role.CLIENT_ADMINISTRATOR})
DEBTOR = frozenset({"debtor"})
FINANCE = frozenset({Role.FINANCE_OFFICER, Role.ADMINISTRATOR, Role.SUPERVISOR})
HEADS = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})
MANAGERS = frozenset({Role.ACCOUNT_MANAGER, Role.ADMINISTRATOR, Role.SUPERVISOR})
CALLERS = frozenset({Role.COLLECTOR, Role.LEGAL_OFFICER, *MANAGERS})
SUPERIORS = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})
LEGAL = frozenset({Role.LEGAL_OFFICER, Role.ADMINISTRATOR, Role.SUPERVISOR})
MOVERS = frozenset({Role.COLLECTOR, Role.LEGAL_OFFICER, Role.ADMINISTRATOR, Role.SUPERVISOR})

WRITERS = frozenset({Role.LEGAL_OFFICER, *MANAGERS})
CHIEFS = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})
SUBMITTERS = frozenset({Role.CLIENT_SUBMITTER, Role.CLIENT_ADMINISTRATOR})
VISITORS = frozenset({*CALLERS, Role.FIELD_AGENT})


@dataclass(frozen=True)
class Row:
    """`needs` names the object in the address (see the world in test_matrix.py)."""

    method: str
    who: frozenset[str]
    needs: str = ""


MATRIX: dict[str, Row] = {
    "healthz": Row("GET", ANYBODY),
    "home": Row("GET", ANYBODY),
    # Public
    "public:home": Row("GET", ANYBODY),
    "public:answer": Row("GET", ANYBODY),
    "public:quote": Row("GET", ANYBODY, "quote_token"),
    "public:law": Row("GET", ANYBODY),
    "public:law_country": Row("GET", ANYBODY, "law"),
    "public:register": Row("GET", ANYBODY),
    "api:reference": Row("GET", ANYBODY),
    "api:openapi": Row("GET", ANYBODY),
    "set_language": Row("POST", ANYBODY),
    # Who holds an agreement's link may read it; signing needs the signatory's own log-in.
    "public:agreement": Row("GET", ANYBODY, "agreement_token"),
    "public:agreement_paper": Row("GET", ANYBODY, "agreement_token"),
    "public:verify": Row("GET", ANYBODY),
    "public:signing": Row("GET", ANYBODY, "signing_token"),
    "public:signing_paper": Row("GET", ANYBODY, "signing_token"),
    "public:signatory": Row("POST", CLIENT_ADMIN, "agreement_token"),
    "public:enquiry": Row("GET", ANYBODY),
    "public:enquiry_thanks": Row("GET", ANYBODY),
    "public:mail": Row("GET", ANYBODY, "mail_token"),
    "public:mail_stop": Row("GET", ANYBODY, "mail_token"),
    "public:invitation": Row("GET", ANYBODY, "invitation_token"),
    # Client portal
    "client:dashboard": Row("GET", CLIENTS),
    "client:latest": Row("GET", CLIENTS),
    "client:cases": Row("GET", CLIENTS),
    "client:case": Row("GET", CLIENTS, "case"),
    "client:case_story": Row("GET", CLIENTS, "case"),
    "client:case_money": Row("GET", CLIENTS, "case"),
    "client:case_documents": Row("GET", CLIENTS, "case"),
    "client:dossier": Row("POST", CLIENTS, "case"),
    "client:export": Row("GET", CLIENTS, "table_kind"),
    "client:view_keep": Row("POST", CLIENTS),
    "client:view_remove": Row("POST", CLIENTS, "own_view"),
    "client:needs": Row("GET", CLIENTS),
    "client:needs_list": Row("GET", CLIENTS),
    "client:task_done": Row("POST", CLIENTS, "client_task"),
    "client:approvals": Row("GET", CLIENTS),
    "client:decide": Row("POST", CLIENT_DECIDERS, "approval"),
    "client:authorities": Row("GET", CLIENTS),
    "client:inbox": Row("GET", CLIENTS),
    "client:notices": Row("GET", CLIENTS),
    "client:talk": Row("GET", CLIENTS, "case"),
    "client:talk_lines": Row("GET", CLIENTS, "case"),
    "client:talk_seen": Row("POST", CLIENTS, "case"),
    "client:case_decisions": Row("GET", CLIENTS, "case"),
    "client:act": Row("GET", CLIENTS, "case"),
    "client:plan": Row("GET", CLIENTS, "case"),
    "client:report": Row("GET", CLIENTS, "case"),
    "client:open_items": Row("GET", CLIENTS),
    "client:mandate": Row("GET", CLIENTS),
    "client:statement": Row("GET", CLIENTS, "case"),
    "client:statement_pdf": Row("GET", CLIENTS, "case"),
    "client:submit": Row("GET", CLIENTS),
    "client:claim": Row("GET", CLIENTS, "submission"),
    "client:document": Row("GET", CLIENTS, "document"),
    "client:money": Row("GET", CLIENTS),
    "client:api": Row("GET", ADMINISTRATOR),
    "client:key_revoke": Row("POST", ADMINISTRATOR, "key"),
    "client:webhook_add": Row("POST", ADMINISTRATOR),
    "client:webhook": Row("GET", ADMINISTRATOR, "webhook"),
    "client:webhook_test": Row("POST", ADMINISTRATOR, "webhook"),
    "client:webhook_switch": Row("POST", ADMINISTRATOR, "webhook"),
    "client:webhook_rotate": Row("POST", ADMINISTRATOR, "webhook"),
    "client:webhook_replay_expired": Row("POST", ADMINISTRATOR, "webhook"),
    "client:webhook_replay": Row("POST", ADMINISTRATOR, "delivery"),
    "client:webhook_delete": Row("POST", ADMINISTRATOR, "gone_webhook"),
    "client:reports": Row("GET", CLIENTS),
    "client:reports_xlsx": Row("GET", CLIENTS),
    "client:reports_mail": Row("POST", CLIENTS),
    "client:report_one": Row("GET", CLIENTS, "report"),
    "client:report_cases": Row("GET", CLIENTS, "report_row"),
    "client:people": Row("GET", CLIENTS),
    "client:invite": Row("POST", CLIENT_ADMIN),
    "client:person_role": Row("POST", CLIENT_ADMIN, "person"),
    "client:person_out": Row("POST", CLIENT_ADMIN, "person"),
    "client:person_in": Row("POST", CLIENT_ADMIN, "person"),
    "client:invitation_withdraw": Row("POST", CLIENT_ADMIN, "invitation"),
    "client:placements": Row("GET", CLIENTS),
    "client:template": Row("GET", CLIENTS),
    "client:placement": Row("GET", CLIENTS, "placement"),
    "client:placement_state": Row("GET", CLIENTS, "placement"),
    "client:corrections": Row("GET", CLIENTS, "placement"),
    "client:undo_placement": Row("POST", CLIENTS, "placement"),
    "client:signals": Row("GET", CLIENTS),
    "client:signal_debtor": Row("GET", CLIENTS, "debtor"),
    "client:observed": Row("POST", SUBMITTERS, "debtor"),
    "client:watching": Row("POST", SUBMITTERS, "debtor"),
    # Desk
    "desk:signals": Row("GET", STAFF),
    "desk:accounts_file": Row("POST", CALLERS),
    "desk:signal_back": Row("POST", CALLERS, "signal"),
    "desk:debtor": Row("GET", STAFF, "debtor"),
    "desk:signal_new": Row("POST", CALLERS, "debtor"),
    "desk:watching": Row("POST", CALLERS, "debtor"),
    "desk:accounts": Row("POST", CALLERS, "debtor"),
    "desk:work": Row("GET", STAFF),
    "desk:work_view": Row("GET", STAFF, "view"),
    "desk:preview": Row("GET", STAFF, "case"),
    "desk:next_case": Row("GET", STAFF, "case"),
    "desk:view_keep": Row("POST", STAFF, "view"),
    "desk:view_remove": Row("POST", STAFF, "own_view"),
    "desk:undo": Row("POST", STAFF),
    "desk:bulk": Row("POST", STAFF),
    "desk:board": Row("GET", MANAGERS),
    "desk:share_out": Row("POST", MANAGERS),
    "desk:partner": Row("POST", CHIEFS),
    "desk:person": Row("GET", MANAGERS, "collector"),
    "desk:profile": Row("POST", CHIEFS, "collector"),
    "desk:absence": Row("POST", CHIEFS, "collector"),
    "desk:absence_end": Row("POST", CHIEFS, "absence"),
    "desk:supervision": Row("GET", CHIEFS),
    "desk:figure": Row("GET", CHIEFS, "figure"),
    "desk:reports": Row("GET", CHIEFS),
    "desk:reports_xlsx": Row("GET", CHIEFS),
    "desk:reports_mail": Row("POST", CHIEFS),
    "desk:report_one": Row("GET", CHIEFS, "report"),
    "desk:report_cases": Row("GET", CHIEFS, "report_row"),
    "desk:check": Row("POST", CHIEFS, "attempt"),
    "desk:route": Row("GET", STAFF),
    "desk:visit": Row("GET", VISITORS, "visit"),
    "desk:visit_report": Row("POST", VISITORS, "visit"),
    "desk:visit_off": Row("POST", VISITORS, "visit"),
    "desk:visit_new": Row("GET", VISITORS, "case"),
    "desk:visit_plan": Row("POST", VISITORS, "case"),
    "desk:fits": Row("GET", STAFF, "case"),
    "desk:refer": Row("POST", MANAGERS, "case"),
    "desk:split": Row("POST", MANAGERS, "case"),
    "desk:review": Row("GET", STAFF, "case"),
    "desk:accept": Row("POST", MANAGERS, "case"),
    "desk:decline": Row("POST", MANAGERS, "case"),
    "desk:cases": Row("GET", STAFF),
    "desk:quick": Row("GET", STAFF),
    "desk:case": Row("GET", STAFF, "case"),
    "desk:talk": Row("GET", STAFF, "case"),
    "desk:talk_lines": Row("GET", STAFF, "case"),
    "desk:talk_seen": Row("POST", STAFF, "case"),
    "desk:statement": Row("GET", STAFF, "case"),
    "desk:statement_pdf": Row("GET", STAFF, "case"),
    "desk:timeline": Row("GET", STAFF, "case"),
    "desk:call": Row("POST", CALLERS, "case"),
    "desk:write": Row("GET", CALLERS, "case"),
    "desk:dial": Row("POST", CALLERS, "case"),
    "desk:note": Row("POST", STAFF, "case"),
    "desk:hold": Row("POST", CALLERS, "case"),
    "desk:lift": Row("POST", CALLERS, "hold"),
    "desk:assign": Row("POST", MANAGERS, "case"),
    "desk:move": Row("POST", MOVERS, "case"),
    "desk:plan": Row("GET", STAFF, "case"),
    "desk:plan_end": Row("POST", CALLERS, "case"),
    "desk:waive": Row("POST", CALLERS, "case"),
    "desk:close": Row("POST", CALLERS, "case"),
    "desk:dossier": Row("POST", LEGAL, "case"),
    "desk:task_done": Row("POST", STAFF, "task"),
    "desk:document": Row("GET", STAFF, "document"),
    "desk:clients": Row("GET", STAFF),
    "desk:client": Row("GET", STAFF, "client"),
    "desk:countersign": Row("POST", MANAGERS, "agreement"),
    "desk:insolvency": Row("GET", STAFF),
    "desk:notices": Row("POST", LEGAL),
    "desk:match": Row("POST", LEGAL, "match"),
    "desk:estate": Row("GET", STAFF, "estate"),
    "desk:estate_day": Row("POST", LEGAL, "estate"),
    "desk:estate_who": Row("POST", LEGAL, "estate"),
    "desk:estate_meeting": Row("POST", LEGAL, "estate"),
    "desk:proof_write": Row("POST", LEGAL, "estate_case"),
    "desk:proof_filed": Row("POST", LEGAL, "proof"),
    "desk:proof_admitted": Row("POST", LEGAL, "proof"),
    "desk:dividend": Row("POST", LEGAL, "proof"),
    "desk:proof_end": Row("POST", LEGAL, "proof"),
    "desk:enquiries": Row("GET", STAFF),
    "desk:enquiry_answer": Row("POST", MANAGERS, "enquiry"),
    "desk:sign_anew": Row("POST", MANAGERS, "client"),
    "desk:prices": Row("GET", STAFF),
    "desk:price_json": Row("GET", STAFF, "card"),
    "desk:price_new": Row("GET", SUPERIORS),
    "desk:price_ask": Row("POST", SUPERIORS),
    "desk:know": Row("POST", frozenset({Role.LEGAL_OFFICER, *MANAGERS}), "client"),
    "desk:screening": Row("GET", STAFF),
    "desk:screening_load": Row("POST", LEGAL),
    "desk:screening_decide": Row("POST", LEGAL, "hit"),
    "desk:law": Row("GET", STAFF),
    "desk:law_enter": Row("POST", FINANCE),
    "desk:law_confirm": Row("POST", FINANCE, "rate"),
    "desk:plans": Row("GET", STAFF),
    "desk:plan_edit": Row("GET", HEADS),
    "desk:plan_dry_run": Row("GET", STAFF),
    "desk:plan_release": Row("POST", HEADS, "plan"),
    "desk:templates": Row("GET", STAFF),
    "desk:template_edit": Row("GET", WRITERS),
    "desk:authority": Row("POST", WRITERS),
    "desk:template": Row("GET", STAFF, "template"),
    "desk:template_release": Row("POST", WRITERS, "template"),
    "desk:template_picture": Row("GET", STAFF, "template_case"),
    "desk:template_pdf": Row("GET", STAFF, "template_case"),
    "desk:gate": Row("GET", STAFF),
    "desk:gate_rules": Row("POST", HEADS),
    "desk:api": Row("GET", frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})),
    "desk:key_revoke": Row("POST", frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}), "house_key"),
    # Money
    "desk:money:home": Row("GET", FINANCE),
    "desk:money:file": Row("GET", FINANCE, "file"),
    "desk:money:lines": Row("GET", FINANCE),
    "desk:money:line": Row("GET", FINANCE, "line"),
    "desk:money:allocate": Row("POST", FINANCE, "line"),
    "desk:money:own": Row("POST", FINANCE, "line"),
    "desk:money:return": Row("POST", FINANCE, "line"),
    "desk:money:accept": Row("POST", FINANCE, "suggestion"),
    "desk:money:dismiss": Row("POST", FINANCE, "suggestion"),
    "desk:money:undo": Row("POST", FINANCE, "allocation"),
    "desk:money:remittances": Row("GET", FINANCE),
    "desk:money:pay_again": Row("POST", FINANCE, "remittance"),
    "desk:money:approve": Row("POST", FINANCE, "payout"),
    "desk:money:reject": Row("POST", FINANCE, "payout"),
    "desk:money:accounts": Row("GET", FINANCE),
    "desk:money:terms": Row("POST", FINANCE),
    "desk:money:confirm": Row("POST", FINANCE, "account_change"),
    "desk:money:revoke_rule": Row("POST", FINANCE, "match_rule"),
    "desk:money:books": Row("GET", FINANCE),
    "desk:money:close_books": Row("POST", FINANCE),
    "desk:money:sheet_xlsx": Row("GET", FINANCE, "sheet"),
    "desk:money:sheet_pdf": Row("GET", FINANCE, "sheet"),
}


@dataclass(frozen=True)
class ApiRow:
    """A route of the API: the scope it asks for, the object its address names, a body that fits."""

    method: str
    scope: str
    needs: str = ""
    body: object = None


WHY = {"because": "asked for"}
API_MATRIX: dict[str, ApiRow] = {
    "ask_price": ApiRow("GET", ""),
    "have_price": ApiRow("POST", "cases:write"),
    "list_cases": ApiRow("GET", "cases:read"),
    "submit_case": ApiRow("POST", "cases:write"),
    "ask_eligibility": ApiRow("POST", "cases:write"),
    "place_cases": ApiRow("POST", "cases:write"),
    "read_case": ApiRow("GET", "cases:read", "case"),
    "amend_case": ApiRow("PATCH", "cases:write", "case", {}),
    "report_credit_note": ApiRow(
        "POST", "money:write", "case", {"ref": "C", "amount": "1.00", "on": "2026-11-01"}
    ),
    "withdraw_case": ApiRow("POST", "cases:write", "case", WHY),
    "read_timeline": ApiRow("GET", "cases:read", "case"),
    "hold_case": ApiRow("POST", "cases:write", "case", WHY),
    "lift_case_hold": ApiRow("POST", "cases:write", "hold", WHY),
    "upload": ApiRow("POST", "cases:write"),
    "attach_documents": ApiRow("POST", "cases:write", "case", "files"),
    "list_documents": ApiRow("GET", "cases:read", "case"),
    "read_document": ApiRow("GET", "cases:read", "document"),
    "read_content": ApiRow("GET", "cases:read", "document"),
    "read_owed": ApiRow("GET", "money:read", "case"),
    "read_statement": ApiRow("GET", "money:read", "case"),
    "list_payments": ApiRow("GET", "money:read", "case"),
    "report_payment": ApiRow("POST", "money:write", "case", {"amount": "1.00", "on": "2026-11-01"}),
    "list_remittances": ApiRow("GET", "money:read"),
    "list_invoices": ApiRow("GET", "money:read"),
    "read_me": ApiRow("GET", "cases:read"),
    "list_users": ApiRow("GET", "users:read"),
    "list_tasks": ApiRow("GET", "cases:read"),
    "answer_task": ApiRow("POST", "cases:write", "task", {"outcome": "done"}),
    "list_events": ApiRow("GET", "cases:read"),
    "list_webhooks": ApiRow("GET", "webhooks"),
    "add_webhook": ApiRow("POST", "webhooks"),
    "read_webhook": ApiRow("GET", "webhooks", "webhook"),
    "change_webhook": ApiRow("PATCH", "webhooks", "webhook", {"state": "off"}),
    "read_secret": ApiRow("GET", "webhooks", "webhook"),
    "rotate_webhook_secret": ApiRow("POST", "webhooks", "webhook"),
    "test_webhook": ApiRow("POST", "webhooks", "webhook"),
    "list_deliveries": ApiRow("GET", "webhooks", "webhook"),
    "replay_delivery": ApiRow("POST", "webhooks", "delivery"),
    "delete_webhook": ApiRow("DELETE", "webhooks", "webhook"),
    "advance_sandbox": ApiRow("POST", "sandbox"),
}
