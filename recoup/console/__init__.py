"""Front door: the command line. One table of commands; anything else is handed to Django's own.

Each command module has `run(argv) -> exit code` and is imported only when asked for, so that the
pure commands answer without Django or a database.
"""

import ast
import contextlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

PURE = {
    "owed": "recoup.console.owed",
    "law": "recoup.console.law",
    "einvoice": "recoup.console.einvoice",
    "bankfile": "recoup.console.bankfile",
    "payment-file": "recoup.console.payment_file",
    "check-number": "recoup.console.check_number",
    "check-seal": "recoup.console.check_seal",
    "verify": "recoup.console.verify",
    "messages": "recoup.console.messages",
    "up": "recoup.console.up",
    "serve": "recoup.console.serve",
}
WITH_DATABASE = {
    "quote": "recoup.console.quote",
    "import-cases": "recoup.console.import_cases",
    "undo-import": "recoup.console.import_cases:undo",
    "import-bank": "recoup.console.import_bank",
    "mail-in": "recoup.console.mail_in",
    "print-batch": "recoup.console.print_batch",
    "day": "recoup.console.day",
    "remit": "recoup.console.remit",
    "prove": "recoup.console.prove",
    "dossier": "recoup.console.dossier",
    "restored": "recoup.console.restored",
    "retention": "recoup.console.retention",
    "preserve": "recoup.console.retention:preserve",
    "subject-export": "recoup.console.subject",
    "bench": "recoup.console.bench",
    "simulate": "recoup.console.simulate",
    "seed": "recoup.console.seed",
    "sanctions": "recoup.console.sanctions",
    "signals": "recoup.console.signals",
    "model": "recoup.console.model",
    "notices": "recoup.console.notices",
    "found": "recoup.console.found",
    "hire": "recoup.console.found:hire",
    "trust-account": "recoup.console.found:trust_account",
}
USAGE = """usage: recoup COMMAND …

{}

anything else is handed to Django (recoup migrate, …)"""
HELP = ("-h", "--help")


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns its exit code (0 done, 1 refused, 2 wrong usage)."""
    argv = sys.argv[1:] if argv is None else argv
    if not argv or argv[0] in (*HELP, "help"):
        print(usage(), file=sys.stdout if argv else sys.stderr)
        return 0 if argv else 2
    name, rest = argv[0], argv[1:]
    if set(rest) & set(HELP) and (told := explained(name)):
        print(told)
        return 0
    if name in PURE:
        return command(PURE[name])(rest)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recoup.config.settings")
    with database():
        if name in WITH_DATABASE:
            import django

            django.setup()
            return command(WITH_DATABASE[name])(rest)
        from django.core.management import execute_from_command_line

        execute_from_command_line(["recoup", *argv])
    return 0


def usage() -> str:
    """Every command with the first sentence of what it does."""
    lines = []
    for name, module in sorted((PURE | WITH_DATABASE).items()):
        sentences = docstring(module).replace("\n", " ").split("`recoup ")
        own = next((text for text in sentences if text.split("`")[0].split()[:1] == [name]), "")
        does = own.partition("`")[2].partition("`: ")[2] or own.partition("`")[2]
        lines.append(f"  {name:<15} {does.lstrip('`: ,').split('. ')[0].rstrip('. ;')}")
    return USAGE.format("\n".join(lines))


def explained(name: str) -> str:
    """What a command's own module says of it; nothing for those whose parser lists their options."""
    module = PURE.get(name) or WITH_DATABASE.get(name)
    return docstring(module) if module and "argparse" not in source(module) else ""


def docstring(module: str) -> str:
    return ast.get_docstring(ast.parse(source(module))) or ""


def source(module: str) -> str:
    """A command's text, read without importing it: help needs neither Django nor a database."""
    found = importlib.util.find_spec(module.partition(":")[0])
    return Path(found.origin).read_text(encoding="utf-8") if found and found.origin else ""


def command(module: str) -> Callable[[list[str]], int]:
    module, _, verb = module.partition(":")
    run: Callable[[list[str]], int] = getattr(importlib.import_module(module), verb or "run")
    return run


@contextlib.contextmanager
def database() -> Iterator[None]:
    """The embedded server stands while a command runs: stopped afterwards only when this command
    started it and nobody else has come to use it."""
    from recoup.config import database

    started = database.ensure_running()
    try:
        yield
    finally:
        if started:
            database.stop_unless_used()
