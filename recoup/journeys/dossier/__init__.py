"""A case as a sealed file that proves itself: for a court, a successor, the client's archive."""

import contextlib
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from recoup.cases.models import Case
from recoup.dossier import form
from recoup.dossier.signing import fingerprint, name_of, sign
from recoup.dossier.stamps import stamp
from recoup.eventlog.operations import record, seal_waiting
from recoup.journeys.dossier.gather import Gathered, gather
from recoup.journeys.dossier.index import Reader, plain_reader
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.paper.seal import SealKeys, ensure_seal_keys
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything but its writing: `parts` are read from the store as they are written."""

    case: str
    made_at: datetime
    fixed: tuple[tuple[str, bytes], ...]
    parts: tuple[form.Part, ...]

    @property
    def filename(self) -> str:
        return f"dossier-{self.case}-{self.made_at:%Y%m%d}.zip"

    @property
    def digest(self) -> str:
        return sha256(self.fixed[0][1]).hexdigest()

    def write(self, sink: form.Sink) -> None:
        form.write(sink, self.made_at, self.fixed, self.parts)

    def content(self) -> bytes:
        whole = BytesIO()
        self.write(whole)
        return whole.getvalue()


def find_case(agency: Agency, name: str) -> Case | None:
    """By number or id."""
    wanted = Q(number=name)
    with contextlib.suppress(ValueError):
        wanted |= Q(id=UUID(name))
    found = Case.objects.filter(wanted, agency=agency)
    return found.select_related("agency", "client", "debtor", "collector__user").first()


def make_dossier(
    *, case: Case, client: bool, by: Actor, at: datetime, reader: Reader | None = None, stamped: bool = False
) -> Dossier:  # fmt: skip
    """The case file as of `at`; `client`: without what is internal; its index as `reader` reads. Waiting events are sealed first,
    and the making itself is recorded, so that it is seen who took the file away. `stamped`: a time stamp will follow
    (`with_stamp`), outside the transaction.

    Raises `Refusal` `dossier_incomplete` when a document is damaged: half a file would prove nothing.
    """
    at = at.replace(microsecond=0)
    with scope(case.agency_id):
        record(
            agency=case.agency_id, kind="DossierMade", by=by, at=at, case=case.id, client=case.client_id,
            audience="client" if client else "internal",
        )  # fmt: skip
        while seal_waiting(agency=case.agency_id):
            pass
        found = gather(
            case, client=client, reader=reader or plain_reader(case.agency.language), at=at
        )
    return sealed(case, found, by, at, stamped)


def sealed(case: Case, found: Gathered, by: Actor, at: datetime, stamped: bool) -> Dossier:
    keys = ensure_seal_keys(settings.SECRETS_ROOT, organisation=case.agency.name, at=at)
    seal, authority = (keys.directory / "seal.crt").read_bytes(), keys.trust
    manifest = form.manifest_bytes(
        facts_of(case, found, by, at)
        | {
            "stamped": stamped,
            "signed_by": name_of(seal),
            "certificate": {
                form.CERTIFICATE: fingerprint(seal),
                form.AUTHORITY: fingerprint(authority),
            },
        },
        found.parts,
    )
    fixed = (
        (form.MANIFEST, manifest), (form.SIGNATURE, signed(manifest, keys)),
        (form.CERTIFICATE, seal), (form.AUTHORITY, authority),
    )  # fmt: skip
    return Dossier(case.number, at, fixed, tuple(found.parts))


def with_stamp(dossier: Dossier, *, url: str) -> Dossier:
    """With a time stamp of the authority at `url` over the manifest. Not inside a transaction.

    Raises `Refusal` `stamp_failed`.
    """
    manifest, signature, *rest = dossier.fixed
    token = (form.STAMP, stamp(manifest[1], url=url))
    return replace(dossier, fixed=(manifest, signature, token, *rest))


def facts_of(case: Case, found: Gathered, by: Actor, at: datetime) -> dict[str, Any]:
    digest = sha256("".join(found.links).encode()).hexdigest()
    return {
        "case": case.number, "case_id": str(case.id), "agency": case.agency.name,
        "agency_id": str(case.agency_id), "made_at": at.isoformat(), "made_by": by.name,
        "for": "client" if found.client else "all", "stage": case.stage,
        "events": {"count": len(found.links), "digest": digest},
    }  # fmt: skip


def signed(manifest: bytes, keys: SealKeys) -> bytes:
    return sign(manifest, (keys.directory / "seal.key").read_bytes())


def save(dossier: Dossier, out: Path) -> None:
    """To a file, whole or not at all. Raises `Refusal` `dossier_unwritable`."""
    fresh = out.with_name(f".{out.name}.part")
    try:
        with open(fresh, "wb") as file:
            dossier.write(file)
        fresh.replace(out)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise Refusal(
            "dossier_unwritable", N_("%(file)s cannot be written: %(reason)s."),
            file=str(out), reason=error.strerror or str(error),
        ) from None  # fmt: skip


__all__ = ["Dossier", "Reader", "find_case", "make_dossier", "save", "with_stamp"]
