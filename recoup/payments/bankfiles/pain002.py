"""Reader of pain.002, the bank's answer to our payment orders (ISO 20022, versions 02 to 15). Pure."""

from recoup.kernel.refusal import N_, Refusal
from recoup.payments.bankfiles import reading
from recoup.payments.bankfiles.camt import no_namespace
from recoup.payments.bankfiles.facts import BankFile, PaymentStatus
from recoup.payments.bankfiles.stream import Message, Node, events, fold, node, text


def read_pain002(content: bytes, message: Message, *, file: str) -> BankFile:
    """The statuses of the group, of each batch and of each transaction, in the order of the file.

    Raises `Refusal` `xml_broken`, `xml_doctype`, `xml_instruction`, `status_missing`.
    """
    root: Node = {}
    for _, element in events(content, file, (message.tag("Document"),), ("end",)):
        inner = next(iter(element), None)
        root = {} if inner is None else fold(inner)
    group = node(root, "OrgnlGrpInfAndSts")
    original = text(group, "OrgnlMsgId")
    found = []
    if text(group, "GrpSts"):
        found.append(status("group", text(group, "GrpSts"), group, original, None))
    for batch in nodes(root, "OrgnlPmtInfAndSts"):
        batch_id = text(batch, "OrgnlPmtInfId")
        if text(batch, "PmtInfSts"):
            found.append(status("batch", text(batch, "PmtInfSts"), batch, original, batch_id))
        found += transactions(batch, original, batch_id)
    found += transactions(root, original, None)
    if not found:
        raise Refusal(
            "status_missing", N_("%(file)s is a pain.002 without any status in it."), file=file
        )
    return BankFile(
        file, message.format, text(root, "GrpHdr", "MsgId"), (), (), tuple(found),
        tuple(no_namespace(message, file)),
    )  # fmt: skip


def transactions(of: Node, original: str | None, batch_id: str | None) -> list[PaymentStatus]:
    return [
        status("transaction", text(tx, "TxSts"), tx, original, batch_id)
        for tx in nodes(of, "TxInfAndSts")
    ]


def status(
    level: str, code: str | None, of: Node, original: str | None, batch_id: str | None
) -> PaymentStatus:
    infos = nodes(of, "StsRsnInf")
    reason = next(
        (r for i in infos if (r := text(i, "Rsn", "Cd") or text(i, "Rsn", "Prtry"))), None
    )
    said = [t for i in infos for t in i.get("AddtlInf", ()) if isinstance(t, str)]
    return PaymentStatus(
        level, code, original, batch_id, text(of, "OrgnlEndToEndId"), reason, reading.clean(" ".join(said))
    )  # fmt: skip


def nodes(of: Node, name: str) -> list[Node]:
    return [n for n in of.get(name, ()) if isinstance(n, dict)]
