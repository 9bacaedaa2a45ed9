from recoup.web.api.tests.cast import world

__all__ = ["world"]
