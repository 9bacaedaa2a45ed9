"""Who may do what at the desk. One table; a button that is not for somebody says whose it is."""

from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.roles import Role
from recoup.web.kit.middleware import Place
from recoup.web.kit.words import word

ALWAYS = (Role.ADMINISTRATOR, Role.SUPERVISOR)
RIGHTS: dict[str, tuple[Role, ...]] = {
    "review": (Role.ACCOUNT_MANAGER,),
    "quarantine": (Role.LEGAL_OFFICER,),
    "review_rules": (),
    "countersign": (Role.ACCOUNT_MANAGER,),
    "call": (Role.COLLECTOR, Role.LEGAL_OFFICER, Role.ACCOUNT_MANAGER),
    "hold": (Role.COLLECTOR, Role.LEGAL_OFFICER, Role.ACCOUNT_MANAGER),
    "note": tuple(r for r in Role if not r.value.startswith("client_")),
    "task": tuple(r for r in Role if not r.value.startswith("client_")),
    "assign": (Role.ACCOUNT_MANAGER,),
    "move": (Role.COLLECTOR, Role.LEGAL_OFFICER),
    "plan": (Role.COLLECTOR, Role.LEGAL_OFFICER, Role.ACCOUNT_MANAGER),
    "close": (Role.COLLECTOR, Role.LEGAL_OFFICER, Role.ACCOUNT_MANAGER),
    "dossier": (Role.LEGAL_OFFICER,),
    "visit": (Role.COLLECTOR, Role.LEGAL_OFFICER, Role.ACCOUNT_MANAGER, Role.FIELD_AGENT),
    "team": (),
    "money": (Role.FINANCE_OFFICER,),
    "law": (Role.FINANCE_OFFICER,),
    "plans": (),
    "words": (Role.LEGAL_OFFICER, Role.ACCOUNT_MANAGER),
    "print": (Role.ACCOUNT_MANAGER,),
    "authority": (Role.LEGAL_OFFICER, Role.ACCOUNT_MANAGER),
    "know": (Role.ACCOUNT_MANAGER, Role.LEGAL_OFFICER),
    "screening": (Role.LEGAL_OFFICER,),
    "signals": (Role.COLLECTOR, Role.LEGAL_OFFICER, Role.ACCOUNT_MANAGER),
    "insolvency": (Role.LEGAL_OFFICER,),
    "legal": (Role.LEGAL_OFFICER,),
    "price": (),
    "enquiries": (Role.ACCOUNT_MANAGER,),
    "view_as": (Role.ACCOUNT_MANAGER,),
}


def why_not(place: Place, act: str) -> Refusal | None:
    """Why this person may not; None when they may."""
    allowed = (*ALWAYS, *RIGHTS[act])
    if place.role in allowed:
        return None
    return Refusal(
        "not_your_role", N_("Only these may do this: %(roles)s."), roles=[word(r) for r in allowed]
    )
