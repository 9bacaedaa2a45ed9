"""Time stamps by RFC 3161: asked of an authority over HTTP, checked from the token alone."""

import secrets
import urllib.error
import urllib.request
from datetime import datetime
from hashlib import sha256
from typing import Any

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from recoup.kernel.refusal import N_, Refusal

WAIT = 20  # seconds
LARGEST = 1 << 20
DIGESTS: dict[str, Any] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


def request_of(content: bytes) -> tuple[bytes, int]:
    """(the request, its nonce): only the hash of `content` leaves the house."""
    nonce = secrets.randbits(63)
    imprint = tsp.MessageImprint({
        "hash_algorithm": {"algorithm": "sha256"}, "hashed_message": sha256(content).digest(),
    })  # fmt: skip
    asked = tsp.TimeStampReq(
        {"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    )
    return asked.dump(), nonce


def stamp(content: bytes, *, url: str) -> bytes:
    """The token of the authority at `url` for `content`. Never to be called inside a transaction.

    Raises `Refusal` `stamp_failed`: no answer, a refusal, or a token for something else.
    """
    body, nonce = request_of(content)
    try:
        if not url.startswith(("https://", "http://")):
            raise ValueError("neither http nor https")
        asked = urllib.request.Request(  # noqa: S310
            url, data=body, headers={"Content-Type": "application/timestamp-query"}
        )
        with urllib.request.urlopen(asked, timeout=WAIT) as answer:  # noqa: S310
            token = token_of(answer.read(LARGEST))
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise _failed(url, str(error)) from None
    if fault := fault_of_stamp(token, content, nonce=nonce):
        raise _failed(url, fault)
    return token


def _failed(url: str, found: str) -> Refusal:
    return Refusal(
        "stamp_failed", N_("The time stamp authority at %(url)s gave no time stamp: %(found)s."),
        url=url, found=found[:200],
    )  # fmt: skip


def token_of(answer: bytes) -> bytes:
    """Raises `ValueError` when it is no grant."""
    said = tsp.TimeStampResp.load(answer, strict=True)
    status = said["status"]["status"].native
    if status not in ("granted", "granted_with_mods"):
        raise ValueError(f"status {status}")
    token: bytes = said["time_stamp_token"].dump()
    return token


def stamped_at(token: bytes) -> datetime:
    at: datetime = _info(_signed(token))["gen_time"].native
    return at


def fault_of_stamp(token: bytes, content: bytes, *, nonce: int | None = None) -> str:
    """What is wrong with a token as a stamp of `content`; empty when nothing is. Whether its authority
    is to be trusted is another question: its certificate is inside."""
    try:
        signed = _signed(token)
        info = _info(signed)
        imprint = info["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        if algorithm not in DIGESTS:
            return f"hash {algorithm} is not accepted"
        if imprint["hashed_message"].native != _hash(algorithm, content):
            return "it stamps something else"
        if nonce is not None and info["nonce"].native != nonce:
            return "it answers another request"
        return _signature_fault(signed)
    except (ValueError, TypeError, KeyError, AttributeError, UnsupportedAlgorithm) as error:
        return f"it is no time stamp ({error.__class__.__name__})"


def _signed(token: bytes) -> Any:
    return cms.ContentInfo.load(token, strict=True)["content"]


def _info(signed: Any) -> Any:
    return tsp.TSTInfo.load(signed["encap_content_info"]["content"].contents)


def _hash(algorithm: str, content: bytes) -> bytes:
    hashed = hashes.Hash(DIGESTS[algorithm]())
    hashed.update(content)
    return hashed.finalize()


def _signature_fault(signed: Any) -> str:
    signer = signed["signer_infos"][0]
    algorithm = signer["digest_algorithm"]["algorithm"].native
    inner = signed["encap_content_info"]["content"].contents
    attributes = {a["type"].native: a["values"][0].native for a in signer["signed_attrs"]}
    if attributes.get("message_digest") != _hash(algorithm, inner):
        return "its content was changed"
    certificate = _signer_of(signed, signer)
    if certificate is None:
        return "the certificate of its authority is not in it"
    body = signer["signed_attrs"].untag().dump(force=True)
    return "" if _fits(certificate, signer["signature"].native, body, algorithm) else "its signature does not fit"  # fmt: skip


def _signer_of(signed: Any, signer: Any) -> x509.Certificate | None:
    wanted = signer["sid"].chosen
    for each in signed["certificates"]:
        one = each.chosen
        if one.serial_number == wanted["serial_number"].native and one.issuer == wanted["issuer"]:
            return x509.load_der_x509_certificate(one.dump())
    return None


def _fits(certificate: x509.Certificate, signature: bytes, body: bytes, algorithm: str) -> bool:
    key, digest = certificate.public_key(), DIGESTS[algorithm]()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, body, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, body, padding.PKCS1v15(), digest)
        else:
            return False
    except InvalidSignature:
        return False
    return True
