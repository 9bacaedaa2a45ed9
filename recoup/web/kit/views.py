from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from recoup.web.kit.page import samples

LAYOUTS = {"": "kit/page/kit.html", "portal": "kit/page/portal.html",
           "debtor": "kit/page/debtor.html", "public": "kit/page/public.html",
           "desk": "kit/page/desk.html"}  # fmt: skip


def page(request: HttpRequest, layout: str = "") -> HttpResponse:
    """The living page (`/kit/`) and one sample of each layout (`/kit/desk/` …)."""
    if layout not in LAYOUTS:
        raise Http404
    context = samples.context()
    if layout in ("portal", "public"):
        context["nav"] = [item for _, items in samples.navigation()[:2] for item in items]
    return render(request, LAYOUTS[layout], context)
