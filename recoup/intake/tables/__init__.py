"""Tables in: CSV in any encoding and dialect, XLSX; rows of cells with the number each has in the file. Pure."""

from recoup.intake.tables.reading import LARGEST, read_table
from recoup.intake.tables.table import Cell, Row, Sheet, Table

__all__ = ["LARGEST", "Cell", "Row", "Sheet", "Table", "read_table"]
