"""A time stamp authority of our own, for tests: a real one by RFC 3161, on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AT = datetime(2026, 11, 25, 9, 0, 5, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Clock of the tests")])
CERTIFICATE = (
    x509.CertificateBuilder().subject_name(NAME).issuer_name(NAME).public_key(KEY.public_key())
    .serial_number(7).not_valid_before(AT - timedelta(days=1)).not_valid_after(AT + timedelta(days=1))
    .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    .sign(KEY, hashes.SHA256())
)  # fmt: skip


def token(asked: tsp.TimeStampReq, *, at: datetime = AT) -> cms.ContentInfo:
    info = tsp.TSTInfo({
        "version": 1, "policy": "1.2.3.4", "message_imprint": asked["message_imprint"], "serial_number": 1,
        "gen_time": at, "nonce": asked["nonce"],
    }).dump()  # fmt: skip
    digest = hashes.Hash(hashes.SHA256())
    digest.update(info)
    attributes = cms.CMSAttributes([
        cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
        cms.CMSAttribute({"type": "message_digest", "values": [digest.finalize()]}),
    ])  # fmt: skip
    own = asn1_x509.Certificate.load(CERTIFICATE.public_bytes(serialization.Encoding.DER))
    signer = cms.SignerInfo({
        "version": 1, "sid": {"issuer_and_serial_number": {"issuer": own.issuer, "serial_number": own.serial_number}},
        "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "signed_attrs": attributes,
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        "signature": KEY.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
    })  # fmt: skip
    signed = cms.SignedData({
        "version": 3, "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
        "certificates": [own], "signer_infos": [signer],
    })  # fmt: skip
    return cms.ContentInfo({"content_type": "signed_data", "content": signed})


def answer(body: bytes) -> bytes:
    asked = tsp.TimeStampReq.load(body)
    return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token(asked)}).dump()  # fmt: skip


@contextmanager
def authority(say: object = answer) -> Iterator[str]:
    """Its address, while it answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(say(body))  # type: ignore[operator]

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
