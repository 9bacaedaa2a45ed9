"""One file per document: its data as a frozen dataclass, and one function that writes it."""
