"""Reader of camt.052, camt.053 and camt.054, versions 01 to 13 (ISO 20022). Pure, streaming."""

from collections.abc import Callable
from typing import Any

from recoup.kernel.refusal import N_, Refusal
from recoup.payments.bankfiles import reading
from recoup.payments.bankfiles.camt_statement import StatementReader
from recoup.payments.bankfiles.camt_transaction import Transaction, transaction
from recoup.payments.bankfiles.facts import BankFile, Entry, Remark, Statement
from recoup.payments.bankfiles.stream import Message, events, flatten, fold, forget, text


def read_camt(
    content: bytes,
    message: Message,
    *,
    file: str,
    keep: Callable[[list[Entry]], None] | None = None,
) -> BankFile:
    """Every statement of `content` with its lines, or with none where `keep` takes them.

    Raises `Refusal` `xml_broken`, `xml_doctype`, `xml_instruction`, `statement_missing`,
    `statement_without_account`, `statement_out_of_order`.
    """
    statements: list[Statement] = []
    entries: list[Entry] = []
    keep = keep or entries.extend
    remarks: list[Remark] = no_namespace(message, file)
    message_id = None
    reader: StatementReader | None = None
    waiting: list[Transaction] = []
    tags = tuple(message.tag(name) for name in (message.unit, "Ntry", "TxDtls", "GrpHdr"))
    unit, entry, details, _ = tags
    for _, element in events(content, file, tags, ("end",)):
        if element.tag == details:
            waiting.append(transaction(flatten(element)))
            forget(element)
        elif element.tag == entry:
            if reader is None:
                reader = open_statement(element.getparent(), message, len(statements), file)
            keep(reader.read(flatten(element), waiting))
            waiting = []
            forget(element)
        elif element.tag == unit:
            if reader is None:
                reader = open_statement(element, message, len(statements), file)
            statements.append(reader.close(header(element)))
            remarks += reader.remarks
            reader = None
            element.clear()
        else:
            message_id = text(fold(element), "MsgId")
    if not statements:
        raise Refusal(
            "statement_missing", N_("%(file)s is a %(name)s without a statement in it."),
            file=file, name=message.name,
        )  # fmt: skip
    return BankFile(
        file, message.format, message_id, tuple(statements), tuple(entries), (), tuple(remarks)
    )


def header(element: Any) -> dict[str, list[Any]]:
    return fold(element, frozenset({"Ntry"}))


def open_statement(element: Any, message: Message, number: int, file: str) -> StatementReader:
    return StatementReader(header(element), message.name, number, file)


def no_namespace(message: Message, file: str) -> list[Remark]:
    """A warning where the bank declares no namespace: read by the names of the elements."""
    if message.namespace:
        return []
    return [
        Remark(
            "namespace_missing",
            N_(
                "%(file)s declares no namespace; read as %(name)s by its elements, version unknown."
            ),
            {"file": reading.clean(file) or "", "name": message.name},
        )
    ]
