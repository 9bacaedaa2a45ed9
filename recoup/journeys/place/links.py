"""Where a client reads a placement."""

from django.conf import settings

from recoup.intake.models import Placement


def placement_link(placement: Placement) -> str:
    return f"{settings.ORIGIN}/client/placements/{placement.number}/"
