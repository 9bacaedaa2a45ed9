"""A sealed, self-contained case file, and its check without a database. Pure.

A ZIP whose first entry is `manifest.json`: it names every file by its sha256, and is signed with the
seal of the installation. Everything is stored, not packed, with fixed marks, so that the whole file
can be written again from its contents and compared byte by byte.
"""
