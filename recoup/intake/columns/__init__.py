"""From a table's cells to debts: which column is what, how its numbers and days are written, and each
row's verdict. Pure."""

from recoup.intake.columns.fields import FIELDS, Field
from recoup.intake.columns.header import Layout, lay_out
from recoup.intake.columns.mapping import Mapping
from recoup.intake.columns.profile import Column, Profile, profile
from recoup.intake.columns.rows import Debt, Debtor, Problem, Read, Terms, read_rows

__all__ = [
    "FIELDS", "Column", "Debt", "Debtor", "Field", "Layout", "Mapping", "Problem", "Profile", "Read", "Terms",
    "lay_out", "profile", "read_rows",
]  # fmt: skip
