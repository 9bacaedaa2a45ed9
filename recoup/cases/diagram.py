"""The diagram of stages in docs/stages.md, drawn from the table of moves.

`python -m recoup.cases.diagram` writes it; `--check` says with exit 1 that it is not current.
"""

import sys
from pathlib import Path

from recoup.cases.states import MOVES, OPEN, HoldKind, Stage

PAGE = Path(__file__).resolve().parents[2] / "docs" / "stages.md"
MEANING = {
    Stage.SUBMITTED: "waits for the feasibility review",
    Stage.ACCEPTED: "waits for a collector",
    Stage.CONTACT: "in the treatment plan: letters, e-mails, calls",
    Stage.EVALUATION: "the phase's contacts are done; weighed and decided",
    Stage.LEGAL: "before a court or in enforcement",
    Stage.CLOSED: "ended, with a code and a closing report",
    Stage.DECLINED: "not taken, with the reason given to the client",
}


def page() -> str:
    """The page's text: a Mermaid state diagram and what each stage means."""
    arrows = [f"    {was.value} --> {now.value}" for was, to in MOVES.items() for now in to]
    ends = [f"    {stage.value} --> [*]" for stage in Stage if not MOVES[stage]]
    rows = [f"| `{s.value}` | {MEANING[s]} | {'yes' if s in OPEN else 'no'} |" for s in Stage]
    holds = ", ".join(f"`{kind.value}`" for kind in HoldKind)
    return "\n".join(
        [
            "# Stages of a case",
            "",
            "Drawn from `recoup/cases/states.py` by `python -m recoup.cases.diagram`; do not edit.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            f"    [*] --> {Stage.SUBMITTED.value}",
            *arrows,
            *ends,
            "```",
            "",
            "| stage | means | open |",
            "| --- | --- | --- |",
            *rows,
            "",
            f"Orthogonal to the stage, a case may be on hold ({holds}): a row that stands until it is lifted.",
            "A move is `UPDATE … WHERE stage = was` with a Move row; the database refuses every move that",
            "the table does not have.",
            "",
        ]
    )


def main(arguments: list[str]) -> int:
    wanted = page()
    if "--check" in arguments:
        current = PAGE.read_text() if PAGE.exists() else ""
        if current != wanted:
            print(
                "docs/stages.md is not current: run python -m recoup.cases.diagram", file=sys.stderr
            )
        return int(current != wanted)
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
