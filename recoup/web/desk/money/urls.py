"""Money at the desk: bank files, lines to match, remittances, books. For finance officers."""

from django.urls import URLPattern, path

from recoup.web.desk.money.views import books, files, lines, release, remittances

app_name = "money"
urlpatterns: list[URLPattern] = [
    path("", files.home, name="home"),
    path("files/<uuid:id>/", files.file, name="file"),
    path("lines/", lines.lines, name="lines"),
    path("lines/<uuid:id>/", lines.line, name="line"),
    path("lines/<uuid:id>/allocate/", lines.allocate, name="allocate"),
    path("lines/<uuid:id>/own/", lines.own, name="own"),
    path("lines/<uuid:id>/return/", lines.returned, name="return"),
    path("suggestions/<uuid:id>/accept/", lines.accept, name="accept"),
    path("suggestions/<uuid:id>/dismiss/", lines.dismiss, name="dismiss"),
    path("allocations/<uuid:id>/undo/", lines.undo, name="undo"),
    path("remittances/", remittances.remittances, name="remittances"),
    path("remittances/<uuid:id>/pay-again/", remittances.again, name="pay_again"),
    path("files/<uuid:id>/approve/", release.approve, name="approve"),
    path("files/<uuid:id>/reject/", release.reject, name="reject"),
    path("accounts/", release.accounts, name="accounts"),
    path("accounts/terms/", release.terms, name="terms"),
    path("accounts/<uuid:id>/confirm/", release.confirm, name="confirm"),
    path("rules/<uuid:id>/revoke/", release.revoke, name="revoke_rule"),
    path("books/", books.books, name="books"),
    path("books/close/", books.close, name="close_books"),
    path("books/<slug:name>.xlsx", books.sheet_xlsx, name="sheet_xlsx"),
    path("books/<slug:name>.pdf", books.sheet_pdf, name="sheet_pdf"),
]
