"""Notices of insolvency as registers publish them, read from files. Pure, no network.

`read(content, name)` finds the form by what is in the file: Companies House (delta, insolvency resource
and answer), The Gazette (Atom, JSON, JSON-LD), BODACC (open data), and a plain table.
"""

from recoup.insolvency.notices.notice import Notice, Reading
from recoup.insolvency.notices.reading import read

__all__ = ["Notice", "Reading", "read"]
