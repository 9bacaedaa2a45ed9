"""The agency's seal on a finished PDF: PAdES baseline B-B with a certifying signature. No network.

ETSI EN 319 142-1 (PAdES B-B); ISO 32000-1, 12.8.2.2 (DocMDP, level 1: no change is permitted). The
certificates are the agency's own: an advanced seal at most, not a qualified one. The seal comes
last, since any later saving of the file breaks it.
"""

import io
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

from recoup.kernel.refusal import N_, Refusal

FOLDER = "seal"
FILES = ("ca.key", "ca.crt", "seal.key", "seal.crt")
FIELD = "RecoupSeal"
CA_LASTS = timedelta(days=20 * 365)
SEAL_LASTS = timedelta(days=10 * 365)


@dataclass(frozen=True, slots=True)
class SealKeys:
    """Where the keys are; `trust` is the CA's certificate (PEM), which may be handed to anyone."""

    directory: Path

    @property
    def trust(self) -> bytes:
        return (self.directory / "ca.crt").read_bytes()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`ok`, and `because` in one sentence; `detail` is the library's own remark; `signed_at` is the seal's own claim of its time."""

    ok: bool
    because: str
    detail: str | None = None
    signer: str | None = None
    signed_at: datetime | None = None
    reason: str | None = None


def ensure_seal_keys(directory: Path, *, organisation: str, at: datetime) -> SealKeys:
    """The keys in `directory`/seal, made if there are none; safe when several processes start at once.

    ECDSA on P-256; files 0600 in a directory 0700; valid from the day before `at`.
    Raises `Refusal` `seal_keys_incomplete` when the directory exists without all its files.
    """
    place = directory / FOLDER
    if not place.exists():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = directory / f".{FOLDER}-{secrets.token_hex(8)}"
        made.mkdir(mode=0o700)
        try:
            _write_keys(made, organisation, at)
            made.rename(place)
        except OSError:
            # Somebody was first: a directory with files in it is not replaced.
            if not place.exists():
                raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
    if not all((place / name).is_file() for name in FILES):
        raise Refusal(
            "seal_keys_incomplete",
            N_("The keys of the seal are incomplete; restore them from the backup."),
        )
    return SealKeys(place)


def _write_keys(place: Path, organisation: str, at: datetime) -> None:
    start = at - timedelta(days=1)
    ca_key, seal_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = _name(organisation, "Document CA")
    ca = (
        _certificate(ca_name, ca_name, ca_key.public_key(), start, start + CA_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    seal_name = _name(organisation, "Document seal")
    certificate = (
        _certificate(seal_name, ca_name, seal_key.public_key(), start, start + SEAL_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
        .sign(ca_key, hashes.SHA256())
    )
    for name, key, cert in (("ca", ca_key, ca), ("seal", seal_key, certificate)):
        _put(place / f"{name}.key", _key_bytes(key))
        _put(place / f"{name}.crt", cert.public_bytes(serialization.Encoding.PEM))


# RFC 9336: document signing.
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")


def _name(organisation: str, role: str) -> x509.Name:
    return x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
        x509.NameAttribute(NameOID.COMMON_NAME, f"{organisation[: 63 - len(role)]} {role}"),
    ])  # fmt: skip


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey,
    start: datetime, end: datetime,
) -> x509.CertificateBuilder:  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(**on: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
        "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: on.get(name, False) for name in names})


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _put(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


class _DatedSigner(signers.PdfSigner):  # type: ignore[misc]
    """pyHanko reads the clock itself; ours is told."""

    at: datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.at
        return session


def seal(pdf: bytes, *, reason: str, name: str, at: datetime, keys: SealKeys) -> bytes:
    """`pdf` with the seal of `keys` on it, stating `reason`, `name` and the time `at` (aware).

    Raises `Refusal` `seal_failed` when the file is no sound PDF or is sealed already.
    """
    if at.tzinfo is None:
        raise ValueError("at must be aware")
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", reason=reason, name=name, certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES, subfilter=fields.SigSeedSubFilter.PADES,
    )  # fmt: skip
    try:
        dated = _DatedSigner(meta, signer=_signer(keys), new_field_spec=_hidden_field())
        dated.at = at
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=True)
        out: bytes = dated.sign_pdf(writer).getvalue()
    except (PdfError, SigningError) as error:
        raise Refusal(
            "seal_failed", N_("The document could not be sealed: %(found)s."), found=str(error)
        ) from None
    return out


def _hidden_field() -> fields.SigFieldSpec:
    return fields.SigFieldSpec(sig_field_name=FIELD, box=None)


def _signer(keys: SealKeys) -> Any:
    load: Any = signers.SimpleSigner.load
    signer = load(
        str(keys.directory / "seal.key"), str(keys.directory / "seal.crt"),
        ca_chain_files=(str(keys.directory / "ca.crt"),),
    )  # fmt: skip
    if signer is None:
        raise Refusal("seal_keys_unreadable", N_("The keys of the seal cannot be read."))
    return signer


def verify_seal(pdf: bytes, *, trust: bytes) -> Verdict:
    """Whether `pdf` is exactly what was sealed under the CA certificate `trust` (PEM). Never raises
    for a bad file. Offline: the certificates are judged at the time the seal claims."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        found = list(reader.embedded_regular_signatures)
        if not found:
            return Verdict(False, N_("The document carries no seal."))
        return _judge(found, trust)
    except (PdfError, SignatureValidationError, ValueError, KeyError, TypeError, OSError) as error:
        return Verdict(False, N_("The document cannot be read as a sealed PDF."), detail=str(error))


def _judge(found: list[Any], trust: bytes) -> Verdict:
    seal_found = found[-1]
    claimed = seal_found.self_reported_timestamp
    context = ValidationContext(
        trust_roots=list(load_certs_from_pemder_data(trust)), allow_fetching=False, moment=claimed,
        revocation_mode="soft-fail",
    )  # fmt: skip
    status = validate_pdf_signature(
        seal_found, signer_validation_context=context,
        key_usage_settings=None,
    )  # fmt: skip
    because = _fault(found, status)
    certificate = status.signing_cert
    return Verdict(
        because is None, because or N_("The document is unchanged since it was sealed."),
        signer=certificate.subject.native.get("common_name"), signed_at=claimed,
        reason=seal_found.sig_object.get("/Reason"),
    )  # fmt: skip


def _fault(found: list[Any], status: Any) -> str | None:
    if not (status.intact and status.valid):
        return N_("The document has been changed since it was sealed.")
    if len(found) > 1 or status.modification_level not in (None, ModificationLevel.NONE):
        return N_("Something has been added to the document since it was sealed.")
    if not status.docmdp_ok:
        return N_("The document has been changed in a way the seal does not permit.")
    if not status.trusted:
        return N_("The seal is not ours: its certificate does not lead to the one trusted.")
    if str(status.coverage.name) != "ENTIRE_FILE":
        return N_("The seal does not cover the whole document.")
    return None
