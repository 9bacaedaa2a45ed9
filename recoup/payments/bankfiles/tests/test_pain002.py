import pytest

from recoup.kernel.refusal import Refusal
from recoup.payments.bankfiles import read_bankfile

PAIN002 = """<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>B-1</MsgId></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>M-1</OrgnlMsgId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>M-1-1</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>
<TxInfAndSts><OrgnlEndToEndId>E-1</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>E-2</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account closed</AddtlInf></StsRsnInf></TxInfAndSts>
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""


def read(text: str):
    return read_bankfile(text.encode(), file="status.xml")


def test_group_batch_and_transactions_are_read_in_order() -> None:
    found = read(PAIN002)
    assert (found.format, found.message_id) == ("pain.002.001.10", "B-1")
    assert [(s.level, s.status, s.end_to_end_id, s.reason) for s in found.payment_statuses] == [
        ("group", "PART", None, None), ("batch", "PART", None, None),
        ("transaction", "ACSC", "E-1", None), ("transaction", "RJCT", "E-2", "AC04"),
    ]  # fmt: skip
    assert {s.original_message_id for s in found.payment_statuses} == {"M-1"}
    assert found.payment_statuses[3].explanation == "Account closed"


def test_a_missing_namespace_is_read_and_said() -> None:
    found = read(PAIN002.replace(' xmlns="', ' Xmlns="'))
    assert len(found.payment_statuses) == 4
    assert [w.code for w in found.warnings] == ["namespace_missing"]


def test_a_report_without_status_is_refused() -> None:
    start, end = PAIN002.index("<OrgnlGrpInf"), PAIN002.index("</CstmrPmtStsRpt>")
    with pytest.raises(Refusal, match="without any status"):
        read(PAIN002[:start] + PAIN002[end:])
