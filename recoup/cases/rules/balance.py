"""A batch given away at once, so that the sum of all scores is the greatest. Pure.

A minimum-cost flow (Ahuja, Magnanti, Orlin: Network Flows, ch. 9): cases that score alike are one
source with as many units, each collector is reached at the cost of the points that are missing, and
leaves by one arc for each step of the load's points, which get dearer as the places fill. The size of
the network follows the kinds of cases and the collectors, not the batch. Solved by networkx's network
simplex: exact, integral, small and pure Python, where scipy or ortools would weigh a hundred times more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import networkx as nx

from recoup.cases.rules.assignment import (
    WEIGHTS,
    CaseFacts,
    Profile,
    fit,
    is_absent,
    lacks,
    load_points,
)

FULL = sum(WEIGHTS.values())
BEYOND = 30  # points lost by a case above the capacity: dearer than any difference of load


@dataclass(frozen=True, slots=True)
class Balanced:
    """How many cases of each kind go to whom; `nobody` are kinds that no one present may take."""

    given: dict[CaseFacts, dict[UUID, int]] = field(default_factory=dict)
    nobody: tuple[CaseFacts, ...] = ()


def balance(profiles: Iterable[Profile], batch: Mapping[CaseFacts, int], on: date) -> Balanced:
    """Give `batch` (how many cases of each kind) to those present on `on`, with the greatest sum of
    scores; the same input gives the same answer. Above all capacities the load is shared all the same."""
    present = sorted((p for p in profiles if not is_absent(p, on)), key=lambda p: p.member)
    kinds = sorted(batch, key=lambda k: (k.country, k.language, k.law, k.needs))
    able = {kind: [p for p in present if not lacks(p, kind)] for kind in kinds}
    nobody = tuple(kind for kind in kinds if not able[kind])
    wanted = [kind for kind in kinds if able[kind] and batch[kind] > 0]
    if not wanted:
        return Balanced({}, nobody)
    total = sum(batch[kind] for kind in wanted)
    flow = nx.network_simplex(network(wanted, batch, able, present, total))[1]
    given = {
        kind: {
            p.member: taken
            for p in able[kind]
            if (taken := sum(flow[("kind", k)].get(("who", p.member), {}).values()))
        }
        for k, kind in enumerate(wanted)
    }
    return Balanced(given, nobody)


def network(
    wanted: list[CaseFacts], batch: Mapping[CaseFacts, int], able: Mapping[CaseFacts, list[Profile]],
    present: list[Profile], total: int,
) -> "nx.MultiDiGraph[object]":  # fmt: skip
    graph: nx.MultiDiGraph[object] = nx.MultiDiGraph()
    graph.add_node("end", demand=total)
    for k, kind in enumerate(wanted):
        graph.add_node(("kind", k), demand=-batch[kind])
        for p in able[kind]:
            points = sum(part["points"] for part in fit(p, kind).values())
            graph.add_edge(
                ("kind", k), ("who", p.member), weight=FULL - points, capacity=batch[kind]
            )
    for p in present:
        for points, places in steps(p, total):
            graph.add_edge(("who", p.member), "end", weight=-points, capacity=places)
        graph.add_edge(("who", p.member), "end", weight=BEYOND, capacity=total)
    return graph


def steps(profile: Profile, most: int) -> list[tuple[int, int]]:
    """(points, places) as the places of a collector fill, the best first, at most `most` places."""
    found: list[tuple[int, int]] = []
    for taken in range(profile.open_cases, min(profile.capacity, profile.open_cases + most)):
        points = load_points(taken, profile.capacity)
        if found and found[-1][0] == points:
            found[-1] = (points, found[-1][1] + 1)
        else:
            found.append((points, 1))
    return found
