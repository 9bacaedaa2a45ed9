"""Notices of non-delivery as the servers of the world write them: for good or not, and why."""

from pathlib import Path

import pytest
import yaml

from recoup.contact.mailbox import Kind, read_bounce, read_mail

TABLE = yaml.safe_load((Path(__file__).parent / "notices.yaml").read_text(encoding="utf-8"))
ROWS = [
    pytest.param(*row, id=f"{who}-{n}") for who, rows in TABLE.items() for n, row in enumerate(rows)
]


def notice(status: str, said: str) -> bytes:
    if not status:
        words = f"Your message could not be delivered to:\n\n<kassa@holm.example>\n{said}"
        return (
            "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\nTo: office@agency.example\n"
            "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
            f"Content-Transfer-Encoding: 8bit\n\n{words}\n"
        ).encode()
    folded = said.replace("\n", "\n    ")
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example
To: office@agency.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

This is the mail system. Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; kassa@holm.example
Action: failed
Status: {status}
Diagnostic-Code: {folded}

--b
Content-Type: text/rfc822-headers

From: office@agency.example
To: kassa@holm.example
Subject: Invoice
--b--
""".encode()


@pytest.mark.parametrize(("status", "said", "kind", "reason"), ROWS)
def test_a_servers_words(status: str, said: str, kind: str, reason: str | None) -> None:
    (found,) = read_bounce(read_mail(notice(status, said)))
    assert (found.kind, found.address) == (Kind(kind), "kassa@holm.example"), found.reason
    assert reason is None or found.reason == reason


def mail(
    subject: str,
    body: str,
    *,
    sender: str = "kassa@holm.example",
    kind: str = "text/plain; charset=utf-8",
) -> bytes:
    head = f"From: {sender}\nTo: office@agency.example\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: {kind}\n"
    return f"{head}Content-Transfer-Encoding: 8bit\n\n{body}\n".encode()


AWAY = (
    "Automatische Antwort: Rechnung", "Abwesenheitsnotiz: Rechnung", "Autosvar: Faktura", "Automatiskt svar: Faktura",
    "Frånvarande: Faktura", "自動回覆: 發票", "自动回复: 发票", "自动答复: 发票", "不在办公室", "Out of Office: Invoice",
    "Réponse automatique : Facture", "Respuesta automática: Factura", "Risposta automatica: Fattura",
    "Automatisch antwoord: Factuur", "Automatisk svar: Faktura", "Fravær: faktura", "Automaattinen vastaus: Lasku",
    "Odpowiedź automatyczna: Faktura", "Resposta automática: Fatura", "[Auto-Reply] Invoice", "Re: Invoice (auto reply)",
)  # fmt: skip


@pytest.mark.parametrize("subject", AWAY)
def test_an_absence_is_told_by_its_subject_in_many_languages(subject: str) -> None:
    (found,) = read_bounce(read_mail(mail(subject, "Back on Monday.")))
    assert (found.kind, found.address) == (Kind.AUTO_REPLY, "kassa@holm.example")


RETURNED = (
    "Unzustellbar: Rechnung", "Zustellung fehlgeschlagen", "Olevererbart: Faktura", "Det går inte att leverera: Faktura",
    "Non remis : Facture", "No se puede entregar: Factura", "无法传递: 发票", "無法傳遞: 發票", "系统退信", "邮件退回",
    "Kan ikke leveres: faktura", "Niet bezorgbaar: factuur", "Recapito non riuscito: fattura", "Niedostarczalne: faktura",
    "Ei voi toimittaa: lasku", "Échec de la remise", "未送達郵件",
)  # fmt: skip


@pytest.mark.parametrize("subject", RETURNED)
def test_a_notice_is_told_by_its_subject_in_many_languages(subject: str) -> None:
    """From a server that signs with a name of its own and sends no delivery status part."""
    said = mail(
        subject, "<kassa@holm.example>\n550 5.1.1 User unknown", sender="server@mx.holm.example"
    )
    (found,) = read_bounce(read_mail(said))
    assert (found.kind, found.address) == (Kind.HARD, "kassa@holm.example")


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Invoice 4711",
        "Automatic doors",
        "Zustellung der Ware",
        "Absender unbekannt verzogen?",
        "关于退货的问题",
        "Autoteile GmbH",
    ],
)
def test_a_person_is_no_machine(subject: str) -> None:
    assert (
        read_bounce(
            read_mail(
                mail(subject, "The goods were never delivered, your address is unknown to us.")
            )
        )
        == ()
    )


@pytest.mark.parametrize("done", ["displayed", "deleted", "dispatched", "processed"])
def test_a_read_receipt_is_an_arrival_and_no_answer(done: str) -> None:
    body = f"""--b
Content-Type: text/plain; charset=utf-8

Your message to Kassa was seen. This is no guarantee that it was read.

--b
Content-Type: message/disposition-notification

Reporting-UA: mail.holm.example; Program
Original-Recipient: rfc822;Kassa@holm.example
Final-Recipient: rfc822;Kassa@holm.example
Disposition: manual-action/MDN-sent-manually; {done}

--b--"""
    kind = 'multipart/report; report-type=disposition-notification; boundary="b"'
    (found,) = read_bounce(read_mail(mail("Read: Invoice", body, kind=kind)))
    assert (found.kind, found.address) == (Kind.DELIVERED, "kassa@holm.example")


@pytest.mark.parametrize(
    ("bounce", "kind", "reason"),
    [
        ('"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[{"emailAddress":"Kassa@holm.example","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]', Kind.HARD, "userunknown"),
        ('"bounceType":"Permanent","bounceSubType":"Suppressed","bouncedRecipients":[{"emailAddress":"kassa@holm.example"}]', Kind.HARD, "userunknown"),
        ('"bounceType":"Transient","bounceSubType":"MailboxFull","bouncedRecipients":[{"emailAddress":"kassa@holm.example"}]', Kind.SOFT, "mailboxfull"),
        ('"bounceType":"Transient","bounceSubType":"General","bouncedRecipients":[{"emailAddress":"kassa@holm.example"}]', Kind.SOFT, "undefined"),
    ],
)  # fmt: skip
def test_what_amazon_tells_of_a_bounce(bounce: str, kind: Kind, reason: str) -> None:
    body = f'{{"notificationType":"Bounce","bounce":{{{bounce}}},"mail":{{"source":"office@agency.example"}}}}'
    (found,) = read_bounce(
        read_mail(mail("AWS Notification Message", body, sender="no-reply@sns.provider.example"))
    )
    assert (found.kind, found.reason, found.address) == (kind, reason, "kassa@holm.example")


def test_a_recipient_of_another_kind_is_known_by_its_original_address() -> None:
    of_x400 = notice("5.0.0", "smtp; 550 user unknown").replace(
        b"Final-Recipient: rfc822; kassa@holm.example",
        b"Original-Recipient: rfc822; kassa@holm.example\nFinal-Recipient: x400; /RFC-822=kassa(a)holm.example/ADMD= /C=WW/",
    )
    (found,) = read_bounce(read_mail(of_x400))
    assert (found.kind, found.address) == (Kind.HARD, "kassa@holm.example")
