"""Writers of agencies, members, invitations and numbers. What they tell is recorded by the journey
above (`journeys.people`): this floor is below the event log."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q

from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.models import Agency, Invitation, Member, User
from recoup.tenancy.roles import CLIENT_ROLES, LIMITED_ROLES, Role

INVITED_FOR = timedelta(days=7)
ADMINISTRATORS = (Role.ADMINISTRATOR, Role.CLIENT_ADMINISTRATOR)


def next_numbers(*, agency: UUID, series: str, count: int = 1) -> range:
    """The next `count` numbers of a series, gapless within what commits (the row is locked)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO tenancy_counter (id, agency_id, series, last) VALUES (%s, %s, %s, %s)
               ON CONFLICT (agency_id, series) DO UPDATE SET last = tenancy_counter.last + EXCLUDED.last
               RETURNING last""",
            [new_id(), agency, series, count],
        )
        last: int = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)


def next_number(*, agency: UUID, series: str) -> int:
    return next_numbers(agency=agency, series=series)[0]


def add_agency(*, slug: str, **fields: Any) -> Agency:
    """Found an agency: the tenant itself, before any scope can be entered."""
    return Agency.objects.create(slug=slug, **fields)


def add_member(
    *, agency: Agency, user: User, role: Role, client_id: UUID | None = None, divisions: Sequence[UUID] = ()
) -> Member:  # fmt: skip
    """Give `user` a place in `agency`; call inside the agency's scope."""
    return Member.objects.create(
        agency=agency, user=user, role=role, client_id=client_id, divisions=list(divisions)
    )


@transaction.atomic
def invite(
    *,
    agency: UUID,
    email: str,
    name: str,
    role: Role,
    client: UUID | None,
    by_name: str,
    at: datetime,
    divisions: Sequence[UUID] = (),
) -> tuple[Invitation, str]:
    """Ask somebody to join, limited to `divisions` of the client if any; returns the invitation and its token, which is kept nowhere. An earlier open
    invitation of the same address is withdrawn: of two at once the second waits and withdraws the first.

    Raises `Refusal` `role_elsewhere` for a role of the other side, `role_unlimited`, `member_known`.
    """
    if (role in CLIENT_ROLES) != (client is not None):
        raise Refusal("role_elsewhere", N_("This role is not one to give here."), field="role")
    refuse_limit(role, divisions)
    address = email.strip().lower()
    _one_at_a_time(f"invite:{agency}:{address}")
    if Member.objects.filter(agency_id=agency, client_id=client, user__email=address).exists():
        raise Refusal("member_known", N_("%(found)s is one of your people already."), field="email", found=address)  # fmt: skip
    withdraw(agency=agency, client=client, at=at, email=address)
    token = secrets.token_urlsafe(24)
    made = Invitation.objects.create(
        agency_id=agency, email=address, name=name, role=role, client_id=client, token_hash=hashed(token),
        made_at=at, by_name=by_name, expires_at=at + INVITED_FOR, divisions=list(divisions),
    )  # fmt: skip
    return made, token


def withdraw(
    *, agency: UUID, client: UUID | None, at: datetime, id: UUID | None = None, email: str = ""
) -> int:
    """Withdraw open invitations, one by its id or those of an address; how many."""
    which = Q(id=id) if id else Q(email=email)
    found = Invitation.objects.filter(which, agency_id=agency, client_id=client)
    return found.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)


def open_invitation(*, agency: UUID, token: str, at: datetime) -> Invitation:
    """The invitation behind a token. Raises `Refusal` `invitation_over`, the same for one that is used,
    withdrawn, over or never was."""
    found = Invitation.objects.filter(
        agency_id=agency,
        token_hash=hashed(token),
        expires_at__gt=at,
        accepted_at=None,
        withdrawn_at=None,
    ).first()
    if found is None:
        raise Refusal(
            "invitation_over",
            N_("This invitation is used, withdrawn or too old. Ask for a new one."),
        )
    return found


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User, at: datetime) -> Member:
    """Join, once: of two at once one finds the invitation used. Raises `Refusal` `invitation_over`."""
    mine = Invitation.objects.filter(
        id=invitation.id, accepted_at=None, withdrawn_at=None, expires_at__gt=at
    )
    if not mine.update(accepted_at=at):
        raise Refusal(
            "invitation_over",
            N_("This invitation is used, withdrawn or too old. Ask for a new one."),
        )
    return Member.objects.create(
        agency_id=invitation.agency_id,
        user=user,
        role=invitation.role,
        client_id=invitation.client_id,
        divisions=invitation.divisions,
    )


@transaction.atomic
def change_role(*, member: Member, role: Role) -> bool:
    """Give a member another role of the same side; the person's sessions end. False when it has it. Whoever
    becomes an administrator is limited to no division.

    Raises `Refusal` `role_elsewhere`, `last_administrator`.
    """
    if (role in CLIENT_ROLES) != (member.client_id is not None):
        raise Refusal("role_elsewhere", N_("This role is not one to give here."), field="role")
    kept = _locked(member)
    if kept.role == role:
        return False
    _not_the_last(kept)
    limit = kept.divisions if role in LIMITED_ROLES else []
    Member.objects.filter(id=kept.id).update(role=role, divisions=limit)
    end_sessions(kept.user_id)
    return True


@transaction.atomic
def limit_member(*, member: Member, divisions: Sequence[UUID]) -> bool:
    """Limit a client's person to some of its divisions, or to none in particular; the person's sessions
    end. False when it is so already. Raises `Refusal` `role_unlimited`."""
    kept = _locked(member)
    refuse_limit(Role(kept.role), divisions)
    if set(kept.divisions) == set(divisions):
        return False
    Member.objects.filter(id=kept.id).update(divisions=sorted(set(divisions)))
    end_sessions(kept.user_id)
    return True


def refuse_limit(role: Role, divisions: Sequence[UUID]) -> None:
    if divisions and role not in LIMITED_ROLES:
        raise Refusal("role_unlimited", N_("An administrator sees every division: choose another role to limit somebody."), field="divisions")  # fmt: skip


@transaction.atomic
def set_active(*, member: Member, active: bool) -> bool:
    """Let a member in or out; out, the person's sessions end at once. False when it is so already.

    Raises `Refusal` `last_administrator`.
    """
    kept = _locked(member)
    if kept.active == active:
        return False
    if not active:
        _not_the_last(kept)
    Member.objects.filter(id=kept.id).update(active=active)
    end_sessions(kept.user_id)
    return True


def end_sessions(user: UUID) -> None:
    """Whoever is signed in as this person is signed out, on every device."""
    User.objects.filter(id=user).update(session_round=F("session_round") + 1)


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _locked(member: Member) -> Member:
    """Changes among the people of one side wait for each other, so that the last administrator stays."""
    _one_at_a_time(f"people:{member.agency_id}:{member.client_id}")
    return Member.objects.get(id=member.id)


def _not_the_last(member: Member) -> None:
    if member.role not in ADMINISTRATORS or not member.active:
        return
    same = Member.objects.filter(
        agency_id=member.agency_id, client_id=member.client_id, role=member.role
    )
    if not same.filter(active=True, user__is_active=True).exclude(id=member.id).exists():
        raise Refusal("last_administrator", N_("%(who)s is the last administrator: make somebody else one first."), who=str(member.user))  # fmt: skip


def _one_at_a_time(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 13))", [key])
