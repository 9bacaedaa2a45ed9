"""`recoup print-batch [--agency SLUG] [--stop N | --resume N]`: letters to the print house, and what it answers."""

import argparse
import json
import sys

from django.utils import timezone

from recoup.console.import_bank import agency_of
from recoup.jobs.print_house import hand_batches, print_house, read_answers, resume, stop
from recoup.kernel.actor import Actor, ActorKind
from recoup.kernel.refusal import Refusal
from recoup.tenancy.context import scope

BY = Actor(ActorKind.SYSTEM, "Print house")


def run(argv: list[str]) -> int:
    """0: done; 1: refused; 2: wrong usage, or there is no print house."""
    parser = argparse.ArgumentParser(prog="recoup print-batch")
    parser.add_argument("--agency", default="")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--stop", type=int, default=0)
    one.add_argument("--resume", type=int, default=0)
    given = parser.parse_args(argv)
    now = timezone.now()
    try:
        agency = agency_of(given.agency)
        if given.stop or given.resume:
            with scope(agency.id):
                act = stop if given.stop else resume
                act(agency=agency.id, number=given.stop or given.resume, at=now)
        house = print_house(agency)
        if house is None:
            print(
                "RECOUP_PRINT_HOUSE is not set: the letters lie in the letter box.", file=sys.stderr
            )
            return 2
        counts = read_answers(agency=agency, house=house, by=BY, at=now)
        counts |= hand_batches(agency=agency, house=house, by=BY, at=now)
    except Refusal as refusal:
        print(json.dumps({"error": {"code": refusal.code, "message": refusal.sentence()}}))
        return 1
    print(json.dumps(counts))
    return 0
