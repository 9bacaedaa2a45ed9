"""One door out: read from the code itself, so that a new channel or a new way round it fails here first."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "recoup"
CHANNELS = ROOT / "contact" / "channels"
# What leaves the house: nobody outside the channels may even import it.
WAYS_OUT = {
    "smtplib", "get_connection", "send_mail", "EmailMessage", "EmailMultiAlternatives", "LETTERS_ROOT",
    "paramiko", "telnetlib", "ftplib", "SMS_URL", "SMS_KEY", "DIALLER_URL", "DIALLER_KEY",
}  # fmt: skip
HAND_OVER = "jobs/dispatch.py"
MAKES_PASSES = {"contact/door.py", "contact/operations/permits.py"}


def sources() -> list[tuple[str, ast.Module]]:
    return [
        (path.relative_to(ROOT).as_posix(), ast.parse(path.read_text()))
        for path in sorted(ROOT.rglob("*.py"))
        if "tests" not in path.parts and "migrations" not in path.parts
    ]


def names_in(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.name for alias in node.names} | {getattr(node, "module", "") or ""}
    return found


def test_every_channel_asks_for_the_permit_before_anything_else() -> None:
    looked_at = 0
    for path in sorted(CHANNELS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name == "hand_over":
                looked_at += 1
                body = [n for n in node.body if not is_docstring(n)]
                assert ast.unparse(body[0]) == "require_open(message)", (
                    f"{path.name}: {node.lineno}"
                )
    assert looked_at == 4, "letters, e-mails, text messages, calls"


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_nothing_but_the_channels_can_reach_the_outside() -> None:
    # Settings name the folder; log-in codes go to the person who logs in, through the outbox's mail.
    # journeys/dial.py only asks whether there is a dialler; jobs/print_house.py carries on what the letter box
    # took with a permit: it reads letters that were sent.
    allowed = {
        "config/settings.py",
        "journeys/dial.py",
        "jobs/print_house.py",
        "console/mail_catcher.py",
        "web/kit/adapter.py",
    }
    for name, tree in sources():
        if not name.startswith("contact/channels/") and name not in allowed:
            assert not WAYS_OUT & names_in(tree), (name, WAYS_OUT & names_in(tree))


def test_only_the_dispatcher_hands_over_and_only_permits_make_passes() -> None:
    callers, makers = set(), set()
    for name, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = (
                    node.func.attr
                    if isinstance(node.func, ast.Attribute)
                    else getattr(node.func, "id", "")
                )
                if called == "hand_over":
                    callers.add(name)
                if called in ("made_pass", "Pass"):
                    makers.add(name)
    assert callers == {HAND_OVER}
    assert makers == MAKES_PASSES
