"""What a submission form proposes from an invoice; a person confirms it."""

from typing import Any

from recoup.intake.einvoice.reading import Party, Reading, plain


def suggest_claim(reading: Reading) -> dict[str, Any]:
    """`{"creditor", "debtor", "claim": {"ref", "kind", "amount", "currency", "issued_on", "due_on", …},
    "confirm": [sentences]}`.

    The creditor is the seller, the debtor the buyer. `amount` is what is due (else the total less what was
    prepaid), a positive string in `currency`; `kind` says whether it is owed (`invoice`) or given back
    (`credit_note`).
    """
    amount = reading.due_payable
    if amount is None and reading.grand_total is not None:
        amount = reading.grand_total - (reading.prepaid or 0)
    return {
        "creditor": address(reading.seller),
        "debtor": address(reading.buyer),
        "claim": {
            "ref": reading.number,
            "kind": "credit_note" if reading.is_credit else "invoice",
            "amount": None if amount is None else plain(abs(amount)),
            "currency": reading.currency,
            "issued_on": plain(reading.issue_date),
            "due_on": plain(reading.due_date),
            "due_date_source": reading.due_date_source,
            "corrects": [p.number for p in reading.preceding],
        },
        "accounts": list(reading.accounts),
        "confirm": [w.message for w in reading.warnings],
    }


def address(party: Party) -> dict[str, Any]:
    found: dict[str, Any] = plain(party)
    return found
