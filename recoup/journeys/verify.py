"""Is this paper what the house sealed, and does the house keep the same?"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.conf import settings

from recoup.files.models import Document
from recoup.paper.seal import Verdict, ensure_seal_keys, verify_seal
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


@dataclass(frozen=True, slots=True)
class Checked:
    """`kept`: the house keeps this very file, byte for byte."""

    seal: Verdict
    kept: bool
    sha256: str


def checked(*, content: bytes, agency: Agency, at: datetime) -> Checked:
    """Judge a PDF by the seal's own chain, offline; nothing is kept of it."""
    trust = ensure_seal_keys(settings.SECRETS_ROOT, organisation=agency.name, at=at).trust
    digest = sha256(content).hexdigest()
    with scope(agency.id):
        kept = Document.objects.filter(agency=agency, sha256=digest).exists()
    return Checked(verify_seal(content, trust=trust), kept, digest)
