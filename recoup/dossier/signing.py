"""The signature over the manifest: ECDSA on P-256 with SHA-256, as DER, so that any tool can check it:

openssl x509 -in certificate/seal.crt -pubkey -noout > seal.pub
openssl dgst -sha256 -verify seal.pub -signature manifest.sig manifest.json
"""

from datetime import datetime
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

METHOD = ec.ECDSA(hashes.SHA256())


def sign(manifest: bytes, key: bytes) -> bytes:
    """`key` as PEM, without a password."""
    private = serialization.load_pem_private_key(key, password=None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return private.sign(manifest, METHOD)


def fingerprint(certificate: bytes) -> str:
    """sha256 of a certificate's DER; empty when it is none."""
    try:
        loaded = x509.load_pem_x509_certificate(certificate)
    except ValueError:
        return ""
    return sha256(loaded.public_bytes(serialization.Encoding.DER)).hexdigest()


def name_of(certificate: bytes) -> str:
    try:
        loaded = x509.load_pem_x509_certificate(certificate)
    except ValueError:
        return ""
    names = loaded.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else loaded.subject.rfc4514_string()


def is_signed(manifest: bytes, signature: bytes, certificate: bytes) -> bool:
    try:
        public = x509.load_pem_x509_certificate(certificate).public_key()
        if not isinstance(public, ec.EllipticCurvePublicKey):
            return False
        public.verify(signature, manifest, METHOD)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def is_issued(certificate: bytes, authority: bytes, at: datetime) -> bool:
    """Whether `authority` issued `certificate`, and both were valid at `at`."""
    try:
        one, other = map(x509.load_pem_x509_certificate, (certificate, authority))
        one.verify_directly_issued_by(other)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return all(c.not_valid_before_utc <= at <= c.not_valid_after_utc for c in (one, other))
