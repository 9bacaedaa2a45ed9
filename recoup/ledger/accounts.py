"""The accounts of each kind of book. Pure. Debit positive, credit negative.

Case book (a memorandum of the claim; the claim is the client's, not the agency's property):
  what the debtor owes on the left, what it came from or went to on the right.
Client book: what the agency owes the client (trust money, credit), and what the client owes.
House book: bank accounts in trust, the agency's own money, what cannot be allocated yet.

A payment returned after its remittance is never paid by the other clients: the agency's share on the
trust account bears it at once (a debit there is a call to pay in) and the client owes it.
"""

from enum import StrEnum


class CaseAccount(StrEnum):
    PRINCIPAL = "principal"  # debit: owed principal
    INTEREST = "interest"  # debit: interest fixed by a payment or a judgment
    COMPENSATION = "compensation"  # debit: fixed compensation charged
    COSTS = "costs"  # debit: recoverable costs charged
    CLAIMED = "claimed"  # credit: where the above came from
    PAID = "paid"  # debit: what the debtor paid (its credits reduce the four above)
    WAIVED = "waived"  # debit: given up, by whom and why in the entry


class ClientAccount(StrEnum):
    TRUST = "trust"  # credit: client money held
    RECEIVABLE = "receivable"  # debit: what the client owes (returned after remittance)
    OUTLAYS = "outlays"  # debit: court costs and securities that the client has paid itself
    OUTLAYS_PAID = "outlays_paid"  # credit: contra of these


class HouseAccount(StrEnum):
    TRUST_BANK = "trust_bank"  # debit: money on the trust bank account
    UNALLOCATED = "unallocated"  # credit: received, not yet anybody's
    OVERPAID = "overpaid"  # credit: to be returned to a debtor
    IN_TRANSIT = "in_transit"  # credit: payout ordered, not yet on the statement
    AGENCY_SHARE = "agency_share"  # credit: commission earned, still on the trust bank account
    REVENUE = "revenue"  # credit: commission and fees (own books)
    VAT_OUT = "vat_out"  # credit: output tax (own books)
    SETTLED_FEES = (
        "settled_fees"  # debit: contra of revenue and tax: taken from or billed to clients
    )
    ADVANCED = "advanced"  # credit: contra of what clients owe after a payment was returned
    LAW_COSTS = "law_costs"  # credit: contra of court costs and securities advanced for clients, who owe them
    FX_POSITION = (
        "fx_position"  # money to be exchanged: credit in what came, debit in what it counts as
    )
    FX_DIFFERENCE = "fx_difference"  # credit: the bank gave more than was counted (own books)
    CARD_CLEARING = "card_clearing"  # debit: paid by card, still at the provider
    PROVIDER_FEES = "provider_fees"  # debit: what the card provider kept (own books)
    OPENING = "opening"  # contra for balances brought forward


TRUST_LIABILITIES = (
    ClientAccount.TRUST, HouseAccount.UNALLOCATED, HouseAccount.OVERPAID,
    HouseAccount.IN_TRANSIT, HouseAccount.AGENCY_SHARE, HouseAccount.FX_POSITION, HouseAccount.CARD_CLEARING,
)  # fmt: skip
"""What the trust bank account must be equal to at any second, with the sign turned. Money to be exchanged
and money at the card provider lessen it: the clients have it already, the bank not yet."""
