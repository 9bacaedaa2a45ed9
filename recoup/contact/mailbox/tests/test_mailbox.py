"""Bounces by what they mean, replies without what they quote; own samples, and the shared ones where they lie."""

import csv
import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from recoup.contact.mailbox import Kind, cut_reply, read_bounce, read_mail
from recoup.contact.mailbox.message import words_of
from recoup.kernel.refusal import Refusal

ROOT = Path(__file__).resolve().parents[4]
SAMPLES = ROOT.parent / "shared" / "data" / "11_email" / "open"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/data is not here")


def notice(status: str, said: str, action: str = "failed") -> bytes:
    return f"""Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: office@agency.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry. <kassa@holm.example>: {said}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; kassa@holm.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b
Content-Type: message/rfc822

From: office@agency.example
To: kassa@holm.example
Subject: Invoice 4711: user unknown, mailbox full, blocked

Please pay.
--b--
""".encode()


@pytest.mark.parametrize(
    ("status", "said", "kind", "reason"),
    [
        ("5.1.1", "550 5.1.1 <kassa@holm.example>: User unknown", Kind.HARD, "userunknown"),
        ("5.4.4", "Host or domain name not found", Kind.HARD, "hostunknown"),
        ("5.1.6", "551 recipient no longer on server", Kind.HARD, "hasmoved"),
        ("5.2.2", "552 5.2.2 Mailbox full", Kind.SOFT, "mailboxfull"),
        ("5.7.1", "554 5.7.1 Blocked: listed by a blacklist", Kind.SOFT, "blocked"),
        ("5.7.26", "550 5.7.26 does not pass authentication", Kind.SOFT, "authfailure"),
        ("5.0.0", "550 Requested action: account is disabled", Kind.SOFT, "suspend"),
    ],
)
def test_a_notice_says_for_good_or_for_now(status: str, said: str, kind: Kind, reason: str) -> None:
    (bounce,) = read_bounce(read_mail(notice(status, said)))
    assert (bounce.kind, bounce.reason) == (kind, reason)
    assert bounce.address == "kassa@holm.example"


def test_a_late_message_is_no_lost_one() -> None:
    (late,) = read_bounce(read_mail(notice("4.4.7", "", action="delayed")))
    assert (late.kind, late.reason) == (Kind.SOFT, "expired")
    (there,) = read_bounce(read_mail(notice("2.1.5", "250 Ok", action="delivered")))
    assert there.kind is Kind.DELIVERED


def test_a_filter_that_refuses_after_the_content_says_nothing_of_the_address() -> None:
    said = "550 Unknown user (in reply to end of DATA command)"
    (bounce,) = read_bounce(read_mail(notice("5.0.0", said)))
    assert (bounce.kind, bounce.reason) == (Kind.SOFT, "filtered")


def test_the_returned_letter_is_not_read_as_the_notice() -> None:
    """What we wrote ourselves ("mailbox full" in a subject) never decides."""
    (bounce,) = read_bounce(read_mail(notice("5.1.1", "550 no such user")))
    assert bounce.reason == "userunknown"


def person(subject: str, text: str, **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return (
        f"From: Lena Holm <lena@holm.example>\nTo: office@agency.example\nSubject: {subject}\n{more}"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    ).encode()


def test_absence_is_no_answer_and_no_bounce() -> None:
    for mail in (
        person("Automatic reply: Invoice", "I am away.", Auto_Submitted="auto-replied"),
        person("Autosvar: Faktura", "Jag är på semester."),
        person("自動回覆: 發票", "我正在休假。"),
    ):
        (found,) = read_bounce(read_mail(mail))
        assert found.kind is Kind.AUTO_REPLY


def test_a_person_who_speaks_of_undelivered_goods_is_a_person() -> None:
    mail = read_mail(person("Re: Invoice 4711", "The goods were never delivered. User unknown!"))
    assert read_bounce(mail) == ()
    assert mail.sender == "lena@holm.example" and mail.text.startswith("The goods")


QUOTED = {
    "en": ("On Tue, 3 Nov 2026 at 09:12, Nordlys <office@agency.example> wrote:", "Best regards\nLena"),
    "sv": ("Den tis 3 nov. 2026 kl 09:12 skrev Nordlys <office@agency.example>:", "Med vänlig hälsning\nLena"),
    "de": ("Am Di., 3. Nov. 2026 um 09:12 Uhr schrieb Nordlys\n<office@agency.example>:", "Mit freundlichen Grüßen\nLena"),
    "zh-Hant": ("Nordlys <office@agency.example> 於 2026年11月3日 週二 上午9:12寫道：", "敬上\n王小明"),
    "zh-Hans": ("在 2026年11月3日，09:12，Nordlys <office@agency.example> 写道：", "此致\n王小明"),
}  # fmt: skip
BLOCKS = {
    "en": "From: Nordlys <office@agency.example>\nSent: Tuesday, 3 November 2026 09:12\nTo: Lena\nSubject: Invoice",
    "sv": "Från: Nordlys <office@agency.example>\nSkickat: den 3 november 2026 09:12\nTill: Lena\nÄmne: Faktura",
    "de": "Von: Nordlys <office@agency.example>\nGesendet: Dienstag, 3. November 2026 09:12\nAn: Lena\nBetreff: Rechnung",
    "zh-Hant": "寄件者: Nordlys <office@agency.example>\n寄件日期: 2026年11月3日 09:12\n收件者: Lena\n主旨: 發票",
    "zh-Hans": "发件人: Nordlys <office@agency.example>\n发送时间: 2026年11月3日 09:12\n收件人: Lena\n主题: 发票",
}


@pytest.mark.parametrize("language", list(QUOTED))
def test_the_answer_stands_alone(language: str) -> None:
    wrote, closing = QUOTED[language]
    said = "We pay on 15 November."
    below = cut_reply(f"{said}\n\n{closing}\n\n{wrote}\n\n> Please pay 4 800,00.\n> Nordlys\n")
    assert (below.text, below.signature) == (said, closing)
    assert "4 800,00" in below.quoted
    outlook = cut_reply(f"{said}\n\n{closing}\n\n{'_' * 32}\n{BLOCKS[language]}\n\nPlease pay.")
    assert (outlook.text, outlook.signature) == (said, closing)


def test_an_answer_between_the_lines_is_kept() -> None:
    wrote = QUOTED["en"][0]
    found = cut_reply(
        f"{wrote}\n> Did you receive the goods?\nYes, on Monday.\n> When do you pay?\nOn Friday."
    )
    assert found.text == "Yes, on Monday.\nOn Friday."


def in_plain_words(subject: str, words: str) -> tuple[tuple[Kind, str, str], ...]:
    raw = f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\nTo: office@agency.example\nSubject: {subject}\n\n{words}\n"
    return tuple((b.kind, b.reason, b.address) for b in read_bounce(read_mail(raw.encode())))


@pytest.mark.parametrize(
    ("words", "kind", "reason"),
    [
        ("DNS lookup failure: host mx.holm.example not found", Kind.HARD, "hostunknown"),
        ("No mx record found for domain=holm.example", Kind.HARD, "notaccept"),
        ("an MX or SRV record indicated no SMTP service", Kind.HARD, "notaccept"),
        ("Name service error for domain holm.example: Host not\n found, try again", Kind.SOFT, "networkerror"),
        ("Connected to 192.0.2.1 but my name was rejected.\nRemote host said: 501 Invalid domain name", Kind.SOFT, "blocked"),
        ("550 5.6.0 <kassa@holm.example>: Recipient address rejected: Media error", Kind.SOFT, "rejected"),
        ("550 5.7.0 <kassa@holm.example>: Recipient address rejected: No relaying", Kind.SOFT, "norelaying"),
        ("550 <kassa@holm.example>: Recipient address rejected: User unknown", Kind.HARD, "userunknown"),
        ("SMTP error from remote mail server after MAIL FROM:<office@agency.example>:\n553 5.1.0 agency.example does not exist", Kind.SOFT, "rejected"),
        (">>> DATA\n<<< 550 5.5.0 Invalid recipient. LPN007\n<<< 554 5.5.1 Error: no valid recipients", Kind.HARD, "userunknown"),
        ("550 : User unknown", Kind.SOFT, "filtered"),
        ("550 5.7.27 Host does not accept mail", Kind.HARD, "notaccept"),
        ("送信先のメールボックスが一杯です。\nAs their mailbox is full.", Kind.SOFT, "mailboxfull"),
        ("ディレクトリのリストにありません", Kind.HARD, "userunknown"),
    ],
)  # fmt: skip
def test_words_of_servers(words: str, kind: Kind, reason: str) -> None:
    said = f"Your message could not be delivered to:\n<kassa@holm.example>\n{words}"
    assert in_plain_words("メールエラー通知", said) == ((kind, reason, "kassa@holm.example"),)


def test_a_header_without_a_space_ends_the_notice() -> None:
    said = "kassa@holm.example Invalid Address, 550 5.1.1 User Unknown\nReceived:from mail.example\nTo:<bok@holm.example>"
    found = in_plain_words("Undelivered Mail Returned to Sender", said)
    assert found == ((Kind.HARD, "userunknown", "kassa@holm.example"),)


def test_a_multipart_without_its_boundary_is_read_whole() -> None:
    raw = b"From: postmaster@mx.example\nTo: office@agency.example\nSubject: Re: Invoice\nContent-Type: multipart/mixed\n\nWe pay tomorrow.\n"
    assert "We pay tomorrow." in read_mail(raw).text


def test_a_complaint_named_only_in_the_subject() -> None:
    raw = b"""From: staff@provider.example
To: office@agency.example
Subject: complaint about message from 192.0.2.1
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: message/rfc822

From: office@agency.example
To: Kassa@holm.example
Subject: Invoice

Please pay.
--b--
"""
    (found,) = read_bounce(read_mail(raw))
    assert (found.kind, found.address) == (Kind.COMPLAINT, "kassa@holm.example")
    alone = b"From: a@b.example\nSubject: complaint about message from you\n\nPlease stop.\n"
    assert read_bounce(read_mail(alone)) == ()


def test_a_delivery_told_by_amazon() -> None:
    words = '{"notificationType":"Delivery","mail":{"source":"office@agency.example"},"delivery":{"timestamp":"x","recipients":["Kassa@holm.example"],"smtpResponse":"250 2.6.0 Message received"}}'
    raw = f"From: no-reply@sns.provider.example\nTo: office@agency.example\nSubject: AWS Notification Message\n\n{words}\n"
    (found,) = read_bounce(read_mail(raw.encode()))
    assert (found.kind, found.address) == (Kind.DELIVERED, "kassa@holm.example")


def test_nothing_but_quotation_is_shown_as_it_came() -> None:
    text = f"{BLOCKS['en']}\n\nPlease pay."
    assert cut_reply(text).text == text


def test_words_of_html_without_scripts_and_styles() -> None:
    html = "<style>p{}</style><p>We pay&nbsp;<b>today</b>.</p><script>x</script><blockquote>Pay!</blockquote>"
    assert cut_reply(words_of(html)).text == "We pay today."


def test_bad_mails_are_read_or_refused_by_name() -> None:
    with pytest.raises(Refusal) as empty:
        read_mail(b"  \n", file="a.eml")
    assert empty.value.code == "mail_empty"
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(60)
    )
    with pytest.raises(Refusal) as nested:
        read_mail(deep + b"\nx", file="a.eml")
    assert nested.value.code == "mail_too_deep"
    odd = b"Content-Type: text/plain; charset=no-such-charset\nFrom: =?x?b?\xff?=\n\n\xc5\xe4\xf6\x00\n"
    assert "\x00" not in read_mail(odd).text
    chinese = b"Content-Type: text/plain; charset=big5\n\n" + "我們下週付款".encode("big5")
    assert read_mail(chinese).text == "我們下週付款"


# The shared samples -----------------------------------------------------------------------------


@needs_samples
def test_shared_bounces_by_class() -> None:
    """At least 95 in a hundred: for good, for now, delivered, complaint, automatic; and the addresses."""
    rows = defaultdict(list)
    with open(SAMPLES / "GROUND_TRUTH_bounces.csv", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["file"]].append(row)
    wrong = []
    for name, told in rows.items():
        found = read_bounce(read_mail((SAMPLES / name).read_bytes(), file=name))
        if told[0]["reason"]:
            right = {b.kind for b in found} == {kind_of(row) for row in told}
        else:
            failed = {a for row in told for a in row["failed_addresses"].lower().split("|") if a}
            right = {b.address for b in found if b.address} == failed
        if not right:
            wrong.append(name)
    print(f"\n{len(rows) - len(wrong)} of {len(rows)} bounces as told")
    assert len(rows) > 300 and len(wrong) <= 0.05 * len(rows), wrong


def kind_of(row: dict[str, str]) -> Kind:
    named = {
        "feedback": Kind.COMPLAINT,
        "vacation": Kind.AUTO_REPLY,
        "delivered": Kind.DELIVERED,
    }
    return named.get(row["reason"]) or (Kind.HARD if row["hard_bounce"] == "true" else Kind.SOFT)


def on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@needs_samples
def test_shared_replies_are_cut_as_told() -> None:
    told = json.loads((SAMPLES / "GROUND_TRUTH_replies.json").read_text())
    judged, wrong = 0, []
    for case in told:
        wanted = expected(case)
        if wanted is None:
            continue
        judged += 1
        raw = (SAMPLES / case["file"]).read_bytes()
        text = (
            read_mail(raw).text if case["file"].endswith(".eml") else raw.decode(errors="replace")
        )
        reply = cut_reply(words_of(text) if case["file"].endswith(".html") else text)
        shown = {on_one_line(reply.text), on_one_line(f"{reply.text}\n{reply.signature}")}
        if wanted not in shown:
            wrong.append(case["file"])
    print(f"\n{judged - len(wrong)} of {judged} replies cut as told")
    assert judged >= 45 and len(wrong) <= 0.05 * judged, wrong


def expected(case: dict[str, object]) -> str | None:
    found = case.get("visible_text") or case.get("first_fragment")
    if not found:
        equals = case.get("equals") or {}
        found = equals.get("replies[0].body") or equals.get("replies[0].content")  # type: ignore[attr-defined]
    if not isinstance(found, str) or str(case["file"]).endswith("crisp/email_2.txt"):
        return None  # its first fragment is a salutation above a quotation answered below
    return on_one_line(re.sub(r" \(normalised.*", "", found))
