"""Who works for a client: invited by e-mail, given another role, let out. The client does it itself."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from recoup.agreements.operations import day_at
from recoup.eventlog.operations import record
from recoup.journeys.mail import mail_person
from recoup.journeys.register import check_password
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.divisions import some_divisions
from recoup.parties.models import Client
from recoup.parties.operations import mail, needed
from recoup.tenancy import operations as people
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency, Invitation, Member, User
from recoup.tenancy.roles import Role

INVITED = (
    N_("%(company)s invites you to %(house)s"),
    N_("%(who)s has invited you to work for %(company)s at %(house)s, where its unpaid invoices are collected."),
    N_("Choose a password here: %(link)s"),
    N_("The link works once, until %(until)s. If you do not know why you get this, do nothing."),
)  # fmt: skip
ADDRESS_TAKEN = N_("There is an account with this address already. Sign in with it, or ask to be invited at another address.")  # fmt: skip


@transaction.atomic
def invite_person(
    *, agency: Agency, client: Client, email: str, name: str, role: Role, language: str, by: Actor,
    at: datetime, divisions: Sequence[UUID] = (),
) -> Invitation:  # fmt: skip
    """Invite somebody to a client's people, to some of its `divisions` only if any are named; the link goes
    to the address. Whether the address has an
    account elsewhere is not said.

    Raises `Refusal` `email_invalid`, `missing`, `role_elsewhere`, `role_unlimited`, `division_unknown`,
    `member_known`.
    """
    named = some_divisions(client, divisions)
    made, token = people.invite(
        agency=agency.id, email=mail(email), name=needed(name, "name", 150), role=role, client=client.id,
        by_name=by.name, at=at, divisions=[row.id for row in named],
    )  # fmt: skip
    mail_person(
        agency=agency, recipient=made.email, language=language, key=f"invitation:{made.id}",
        template="invitation", subject=INVITED[0], paragraphs=INVITED[1:], client=client.id, at=at,
        params={"company": client.name, "house": agency.name, "who": by.name,
                "link": f"{settings.ORIGIN}/invitations/{token}/", "until": day_at(agency, made.expires_at)},
    )  # fmt: skip
    record(
        agency=agency.id,
        kind="PersonInvited",
        by=by,
        at=at,
        client=client.id,
        email=made.email,
        role=role,
    )
    return made


@transaction.atomic
def withdraw_invitation(
    *, agency: Agency, client: Client, id: UUID, by: Actor, at: datetime
) -> None:
    """The link works no more. Raises `Refusal` `invitation_over` when it does not anyhow."""
    row = Invitation.objects.filter(id=id, agency=agency, client_id=client.id).first()
    if row is None or not people.withdraw(agency=agency.id, client=client.id, id=id, at=at):
        raise Refusal(
            "invitation_over",
            N_("This invitation is used, withdrawn or too old. Ask for a new one."),
        )
    record(
        agency=agency.id,
        kind="InvitationWithdrawn",
        by=by,
        at=at,
        client=client.id,
        email=row.email,
    )


def invitation_of(*, agency: Agency, token: str, at: datetime) -> tuple[Invitation, Client]:
    """What a visitor with the link may know. Raises `Refusal` `invitation_over`."""
    with scope(agency.id):
        found = people.open_invitation(agency=agency.id, token=token, at=at)
        return found, client_of(found)


def client_of(invitation: Invitation) -> Client:
    return Client.objects.get(agency_id=invitation.agency_id, id=str(invitation.client_id))


def join(
    *, agency: Agency, token: str, name: str, password: str, language: str, at: datetime
) -> User:
    """Accept an invitation: the account is made and is a member, once.

    Raises `Refusal` `invitation_over`, `password_weak`, `email_known` (said to the holder of the link,
    that is of the mailbox).
    """
    with scope(agency.id):
        found = people.open_invitation(agency=agency.id, token=token, at=at)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 12))", [found.email])
        if User.objects.filter(email=found.email).exists():
            raise Refusal("email_known", ADDRESS_TAKEN)
        check_password(password, email=found.email, name=name)
        client = client_of(found)
        user = User.objects.create_user(
            found.email,
            password,
            name=needed(name, "name", 150),
            language=language,
            time_zone=client.time_zone,
        )
        member = people.accept_invitation(invitation=found, user=user, at=at)
        record(agency=agency.id, kind="PersonJoined", by=user.actor(), at=at, client=client.id, name=user.name,
               role=member.role)  # fmt: skip
    return user


@transaction.atomic
def give_role(*, member: Member, role: Role, by: Actor, at: datetime) -> None:
    """Another role; the person's sessions end. Raises `Refusal` `role_elsewhere`, `last_administrator`."""
    was = member.role
    if people.change_role(member=member, role=role):
        record(agency=member.agency_id, kind="RoleChanged", by=by, at=at, client=member.client_id,
               name=str(member.user), was=was, now=role)  # fmt: skip


@transaction.atomic
def let_out(*, member: Member, by: Actor, at: datetime) -> None:
    """The person may sign in no more, and is signed out everywhere. Raises `Refusal` `last_administrator`."""
    if people.set_active(member=member, active=False):
        record(agency=member.agency_id, kind="PersonDeactivated", by=by, at=at, client=member.client_id, name=str(member.user))  # fmt: skip


@transaction.atomic
def let_in(*, member: Member, by: Actor, at: datetime) -> None:
    """The person may sign in again."""
    if people.set_active(member=member, active=True):
        record(agency=member.agency_id, kind="PersonReactivated", by=by, at=at, client=member.client_id, name=str(member.user))  # fmt: skip


@transaction.atomic
def limit_to(
    *, client: Client, member: Member, divisions: Sequence[UUID], by: Actor, at: datetime
) -> None:
    """From now on the person sees and does only what belongs to these divisions, or to all of them without
    any; the person's sessions end. Raises `Refusal` `role_unlimited`, `division_unknown`."""
    named = some_divisions(client, divisions)
    if people.limit_member(member=member, divisions=[row.id for row in named]):
        record(agency=member.agency_id, kind="PersonLimited", by=by, at=at, client=member.client_id,
               name=str(member.user), divisions=", ".join(row.name for row in named))  # fmt: skip
