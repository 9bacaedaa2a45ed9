"""Views of Money, a file per subject."""
