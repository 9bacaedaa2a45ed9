"""Text messages and calls over a real connection: TLS, a server on this machine that speaks as the providers do."""

import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from recoup.contact.channels.dialler import Dialler
from recoup.contact.channels.refused import CannotSend, TryLater
from recoup.contact.channels.texting import TextMessages
from recoup.contact.door import made_pass, opened


class Provider(BaseHTTPRequestHandler):
    """Infobip's shape for text messages, Twilio's for calls; `mood` is how it answers."""

    mood = "takes"
    sent: dict[str, Any] = {}
    calls: list[dict[str, list[str]]] = []
    said: list[str] = []

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def answer(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        id = parse_qs(urlsplit(self.path).query)["messageId"][0]
        self.answer(200, {"results": [{"messageId": id}] if id in self.sent else []})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.said.append(self.headers["Authorization"])
        if self.mood == "refuses":
            return self.answer(400, {})
        if self.path.endswith("/Calls.json"):
            self.calls.append(parse_qs(body))
            return self.answer(201, {"sid": "CA1"})
        one = json.loads(body)["messages"][0]
        id = one["destinations"][0]["messageId"]
        self.sent[id] = one
        if self.mood == "dies":
            self.connection.close()
            return None
        return self.answer(
            200, {"messages": [{"messageId": id, "status": {"groupName": "PENDING"}}]}
        )


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))  # fmt: skip
    return paths


@pytest.fixture
def provider(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[type[Provider]]:
    Provider.mood, Provider.sent, Provider.calls, Provider.said = "takes", {}, [], []
    cert, key = certificate(tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    url = f"https://127.0.0.1:{server.server_port}"
    settings.SMS_URL, settings.SMS_KEY, settings.SMS_FROM = url, "key", "Nordic"
    settings.DIALLER_URL, settings.DIALLER_ACCOUNT = url, "AC"
    settings.DIALLER_KEY, settings.DIALLER_FROM = "key", "+4681234567"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Provider
    server.shutdown()
    server.server_close()
    thread.join(5)


def message(channel: str = "sms") -> Any:
    payload = {"text": "Your letter: 請付款 – müssen"} if channel == "sms" else {"ring_first": "+46701112233"}  # fmt: skip
    return SimpleNamespace(
        id=uuid4(), channel=channel, fence=1, gated=True, recipient="+46701234567", payload=payload
    )  # fmt: skip


def sent(channel: Any, one: Any) -> str:
    with opened(made_pass(one, uuid4())):
        return str(channel.hand_over(one))


def test_a_text_message_arrives_with_its_words_and_is_known_by_its_id(
    provider: type[Provider],
) -> None:
    one = message()
    assert TextMessages().look_up(one) is False
    assert sent(TextMessages(), one) == one.id.hex == TextMessages().look_up(one)
    assert provider.sent[one.id.hex]["text"] == one.payload["text"]
    assert provider.said == ["App key"]


def test_a_call_is_placed_and_a_refusal_is_final(provider: type[Provider]) -> None:
    assert sent(Dialler(), message("call")) == "CA1"
    assert provider.calls[0]["To"] == ["+46701112233"] and provider.said == ["Basic QUM6a2V5"]
    provider.mood = "refuses"
    for way in (TextMessages(), Dialler()):
        with pytest.raises(CannotSend):
            sent(way, message("sms" if isinstance(way, TextMessages) else "call"))


def test_a_line_that_breaks_after_the_message_is_doubt_and_one_never_made_is_not(
    provider: type[Provider], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.mood, one = "dies", message()
    with pytest.raises(Exception) as broke:
        sent(TextMessages(), one)
    assert not isinstance(broke.value, (TryLater, CannotSend)), "it may have arrived"
    assert TextMessages().look_up(one) == one.id.hex
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(TryLater):
        sent(TextMessages(), message())  # a certificate that nobody vouches for
    settings.SMS_URL = "https://127.0.0.1:9"
    with pytest.raises(TryLater):
        sent(TextMessages(), message())
