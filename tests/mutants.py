"""`make mutants`: change one thing at a time in the code that makes figures, and see a test fail for it.

Every comparison, sum, limit, rounding, condition and call of the files below is altered once. The tests of
recoup/jurisdictions are collected once; each change is made in a forked child, in the code of the function
itself, and the tests that pass through it run there, the quickest first, until one fails. What no test
notices is *survived*, unless tests/mutants.yaml lists it as equivalent with the reason. Changes outside
functions need a fresh import and run in a process of their own. Exit 1 if any survived.

`tests/mutants.py [FILE …] [--jobs N] [--all] [--quick]`; --all prints the killed ones too, --quick leaves out the
tests on random histories (more survive).
"""

import ast
import copy
import functools
import gc
import os
import resource
import subprocess
import sys
import time
import types
from collections import defaultdict
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
HOME = "recoup/jurisdictions"
FILES = [
    *(f"{HOME}/owed/{name}.py" for name in (
        "allocate", "bulk", "compute", "contract", "frame", "pots", "run", "terms")),
    *(f"{HOME}/formulas/{name}.py" for name in (
        "compensation", "day_counts", "exact", "limitation", "rates", "tariffs")),
]  # fmt: skip
TESTS = f"{HOME}/tests"
SLOW = ("test_properties.py", "test_issue_names.py")  # random histories, left out by --quick
LEFT_OUT = ("test_shared_examples.py", "test_shared_vectors.py")  # not everybody has those files
AT_IMPORT = {"_blocks"}  # functions that run while their module is read
EQUIVALENT = ROOT / "tests" / "mutants.yaml"
TIMEOUT = 60  # seconds of its own computing: a busy machine kills nothing
ENOUGH = 20  # calls of one function in one test after which its lines are no longer noted
BROKEN = 3

COMPARE = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
BINARY = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult,
}  # fmt: skip
NAMES = {
    "min": "max", "max": "min", "any": "all", "all": "any", "bisect_right": "bisect_left",
    "ROUND_HALF_UP": "ROUND_DOWN", "ROUND_DOWN": "ROUND_HALF_UP",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: `name` says where and what, and stays the same when lines move."""

    file: str
    function: str
    line: int
    index: int
    what: str
    fresh: bool

    @property
    def name(self) -> str:
        return f"{self.file.removeprefix(HOME + '/')} {self.function}: {self.what}"


class Mutator(ast.NodeTransformer):
    """Makes the change number `wanted`, or only counts and names them all."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted, self.count = wanted, 0
        self.found: list[tuple[str, int, str, bool]] = []
        self.path: list[str] = []
        self.inside = 0

    def offer(self, node: ast.AST, other: Any, what: str = "") -> Any:
        """`node`, or `other` where this is the change that is wanted."""
        mine = self.count == self.wanted
        if self.wanted < 0:
            what = what or f"{ast.unparse(node)} => {ast.unparse(other)}"
            fresh = not self.inside or any(part in AT_IMPORT for part in self.path)
            self.found.append((".".join(self.path), getattr(node, "lineno", 0), what, fresh))
        self.count += 1
        return other if mine else node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        self.path.append(node.name)
        node.args = self.visit(node.args)
        self.inside += 1
        node.body = self._body(node.body)
        self.inside -= 1
        self.path.pop()
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        self.path.append(node.name)
        node.body = [self.visit(one) for one in node.body]
        self.path.pop()
        return node

    def _body(self, body: list[ast.stmt]) -> list[ast.stmt]:
        return [self.visit(one) for one in body]

    def visit_Raise(self, node: ast.Raise) -> Any:
        return node  # the words of a refusal make no figure

    def visit_Assert(self, node: ast.Assert) -> Any:
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Expr(self, node: ast.Expr) -> Any:
        if isinstance(node.value, ast.Constant):
            return node  # a docstring
        before = ast.unparse(node)
        node.value = self.visit(node.value)
        return self.offer(node, ast.copy_location(ast.Pass(), node), f"{before} => pass")

    def visit_Compare(self, node: ast.Compare) -> Any:
        self.generic_visit(node)
        other = copy.deepcopy(node)
        other.ops[0] = COMPARE[type(node.ops[0])]()
        return self.offer(node, other)

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        if isinstance(node.op, ast.BitOr) or _text(node.left) or _text(node.right):
            return self.generic_visit(node)
        self.generic_visit(node)
        other = copy.deepcopy(node)
        other.op = BINARY[type(node.op)]()
        return self.offer(node, other)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        node.value = self.visit(node.value)
        if _sayings(node.target):
            return node
        other = copy.deepcopy(node)
        other.op = BINARY[type(node.op)]()
        node = self.offer(node, other)
        return self.offer(node, ast.copy_location(ast.Pass(), node))

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        self.generic_visit(node)
        other = copy.deepcopy(node)
        other.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return self.offer(node, other)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        self.generic_visit(node)
        return self.offer(node, node.operand)

    def visit_Constant(self, node: ast.Constant) -> Any:
        value: Any = node.value
        if isinstance(value, bool):
            return self.offer(node, ast.copy_location(ast.Constant(not value), node))
        if isinstance(value, int):
            return self.offer(node, ast.copy_location(ast.Constant(value + 1), node))
        if isinstance(value, str) and value.replace(".", "", 1).isdigit():
            return self.offer(node, ast.copy_location(ast.Constant(value + "1"), node))
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        return node

    def visit_Name(self, node: ast.Name) -> Any:
        if node.id in NAMES and isinstance(node.ctx, ast.Load):
            return self.offer(node, ast.copy_location(ast.Name(NAMES[node.id], node.ctx), node))
        return node

    def visit_If(self, node: Any) -> Any:
        node.test = self._condition(node.test)
        node.body, node.orelse = self._body(node.body), self._body(node.orelse)
        return node

    visit_While = visit_If

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        node.test = self._condition(node.test)
        node.body, node.orelse = self.visit(node.body), self.visit(node.orelse)
        return node

    def _condition(self, test: ast.expr) -> ast.expr:
        if isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
            return self.visit(test)
        test = self.visit(test)
        return self.offer(test, ast.copy_location(ast.UnaryOp(ast.Not(), test), test))

    def visit_Break(self, node: ast.Break) -> Any:
        return self.offer(node, ast.copy_location(ast.Continue(), node))

    def visit_Continue(self, node: ast.Continue) -> Any:
        return self.offer(node, ast.copy_location(ast.Break(), node))


def _text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _sayings(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node) in (
        "self.why", "said", "before", "not_answered")  # fmt: skip


def mutants(file: str) -> list[Mutant]:
    """All changes of a file. Two that read alike in one function are told apart by a number."""
    mutator = Mutator()
    mutator.visit(ast.parse((ROOT / file).read_text()))
    seen: dict[tuple[str, str], int] = defaultdict(int)
    made = []
    for index, (function, line, what, fresh) in enumerate(mutator.found):
        seen[function, what] += 1
        n = seen[function, what]
        made.append(Mutant(file, function, line, index, f"{what} #{n}" if n > 1 else what, fresh))
    return made


def mutated(file: str, index: int) -> types.CodeType:
    tree = Mutator(index).visit(ast.parse((ROOT / file).read_text()))
    return compile(ast.fix_missing_locations(tree), str(ROOT / file), "exec")


# Putting a change in place -----------------------------------------------------------------


def code_of(code: types.CodeType, path: list[str]) -> types.CodeType:
    for name in path:
        code = next(
            c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == name
        )
    return code


def put_in_place(mutant: Mutant) -> None:
    """The mutated code into the living function, and what was remembered forgotten."""
    module = import_module(mutant.file.removesuffix(".py").replace("/", "."))
    path = mutant.function.split(".")
    target: Any = module
    for name in path:
        target = target.__dict__[name]
    if isinstance(target, property):
        target = target.fget
    target = getattr(target, "__wrapped__", target)
    target.__code__ = code_of(mutated(mutant.file, mutant.index), path)
    forget()


def silence() -> None:
    """By the file descriptors: a file object left open would be a warning, and so a failing test."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.close(nothing)


def forget() -> None:
    mine = {file.removesuffix(".py").replace("/", ".") for file in FILES}
    for kept in gc.get_objects():
        if type(kept) is functools._lru_cache_wrapper and kept.__module__ in mine:
            kept.cache_clear()


class Bench:
    """A pytest plugin: collects once, notes which test passes through which function, then tries each change."""

    def __init__(self, todo: list[Mutant], jobs: int, show: bool, quick: bool) -> None:
        self.todo, self.jobs, self.show = todo, jobs, show
        self.now, self.quick = 0, quick
        self.unsound: set[int] = set()
        self.lines: dict[tuple[str, int], set[int]] = defaultdict(set)
        self.took: dict[int, float] = {}
        self.survived: list[Mutant] = []
        self.results: dict[str, list[Mutant]] = defaultdict(list)

    def pytest_configure(self, config: Any) -> None:
        from hypothesis import settings

        settings.register_profile("mutants", derandomize=True, database=None, deadline=None)
        settings.load_profile("mutants")

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        left_out = (*LEFT_OUT, *SLOW) if self.quick else LEFT_OUT
        items[:] = [item for item in items if Path(item.fspath).name not in left_out]

    def pytest_runtestloop(self, session: Any) -> bool:
        if session.config.option.collectonly or session.testsfailed:
            return True
        self._trace(session)
        if session.testsfailed:
            raise SystemExit("the tests fail without any change")
        self._sound(session)
        by_function = [m for m in self.todo if not m.fresh]
        running: dict[int, tuple[Mutant, float]] = {}
        queue = list(reversed(by_function))
        while queue or running:
            while queue and len(running) < self.jobs:
                mutant = queue.pop()
                pid = os.fork()
                if not pid:
                    resource.setrlimit(resource.RLIMIT_CPU, (TIMEOUT, TIMEOUT + 1))
                    try:
                        os._exit(self._try(session, mutant))
                    except BaseException as wrong:
                        os.write(2, f"\n{mutant.name}: {wrong!r}\n".encode())
                        os._exit(BROKEN)
                running[pid] = (mutant, time.monotonic())
            self._wait(running)
        return True

    def _sound(self, session: Any) -> None:
        """Which tests fail in a child in which nothing is changed: those would kill every change, and are left out."""
        from _pytest.runner import runtestprotocol

        reader, writer = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(reader)
            try:
                silence()
                forget()
                for i, item in enumerate(session.items):
                    reports = runtestprotocol(item, log=False, nextitem=None)
                    if any(report.failed for report in reports):
                        os.write(writer, f"{i}\n".encode())
                os._exit(0)
            except BaseException:
                os._exit(BROKEN)
        os.close(writer)
        with os.fdopen(reader) as found:
            self.unsound = {int(line) for line in found}
        if os.waitpid(pid, 0)[1]:
            raise SystemExit("the tests cannot be run in a child")
        for i in sorted(self.unsound):
            print(
                f"\nnot used, for it fails in a child without any change: {session.items[i].nodeid}",
                end="",
            )
        sys.stdout.flush()

    def _trace(self, session: Any) -> None:
        mine = {str(ROOT / file): file for file in FILES}

        def local(frame: types.FrameType, event: str, _: Any) -> Any:
            self.lines[mine[frame.f_code.co_filename], frame.f_lineno].add(self.now)
            return local

        calls: dict[types.CodeType, int] = defaultdict(int)

        def first(frame: types.FrameType, event: str, _: Any) -> Any:
            if frame.f_code.co_filename not in mine:
                return None
            calls[frame.f_code] += 1
            return local(frame, event, _) if calls[frame.f_code] < ENOUGH else None

        for i, item in enumerate(session.items):
            self.now, start = i, time.monotonic()
            calls.clear()
            forget()
            sys.settrace(first)
            try:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            finally:
                sys.settrace(None)
            self.took[i] = time.monotonic() - start

    def _through(self, mutant: Mutant) -> list[int]:
        """Tests that pass through the function, the quickest first."""
        first, last = extent(mutant)
        found = set().union(
            *(self.lines.get((mutant.file, n), set()) for n in range(first, last + 1))
        )
        return sorted(found - self.unsound, key=lambda i: self.took[i])

    def _try(self, session: Any, mutant: Mutant) -> int:
        """In the child: 1 as soon as a test fails, 0 if none does."""
        silence()
        put_in_place(mutant)
        from _pytest.runner import runtestprotocol

        for i in self._through(mutant):
            reports = runtestprotocol(session.items[i], log=False, nextitem=None)
            if any(report.failed for report in reports):
                return 1
        return 0

    def _wait(self, running: dict[int, tuple[Mutant, float]]) -> None:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            for late, (_, since) in running.items():
                if time.monotonic() - since > 20 * TIMEOUT:
                    os.kill(late, 9)  # an endless loop is a test that fails
            time.sleep(0.01)
            return
        if pid in running:
            mutant, _ = running.pop(pid)
            code = os.waitstatus_to_exitcode(status)
            self._note(mutant, {0: "survived", BROKEN: "not tried"}.get(code, "killed"))

    def _note(self, mutant: Mutant, how: str) -> None:
        self.results[how].append(mutant)
        if self.show or how == "survived":
            print(f"\n{how}: {mutant.file}:{mutant.line} {mutant.what}", end="", flush=True)


def extent(mutant: Mutant) -> tuple[int, int]:
    """First and last line of the function that holds the change."""
    node: Any = ast.parse((ROOT / mutant.file).read_text())
    for name in mutant.function.split("."):
        node = next(one for one in node.body if getattr(one, "name", "") == name)
    return node.lineno, node.end_lineno


# Changes outside functions -----------------------------------------------------------------


class Importer:
    """Hands out the mutated module instead of the file's own."""

    def __init__(self, file: str, index: int) -> None:
        self.name = file.removesuffix(".py").replace("/", ".")
        self.file, self.index = file, index

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        from importlib.util import spec_from_loader

        return spec_from_loader(name, self) if name == self.name else None  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: Any) -> None:
        module.__file__ = str(ROOT / self.file)
        exec(mutated(self.file, self.index), module.__dict__)


def fresh_run(file: str, index: int) -> int:
    import pytest

    resource.setrlimit(
        resource.RLIMIT_CPU, (2 * TIMEOUT, 2 * TIMEOUT + 1)
    )  # it may run in a circle
    sys.meta_path.insert(0, Importer(file, index))  # type: ignore[arg-type]
    return int(
        pytest.main([*OPTIONS, "-x", *(f"--ignore={TESTS}/{name}" for name in LEFT_OUT), TESTS])
    )


def fresh_runs(todo: list[Mutant], bench: Bench) -> None:
    running: dict[Any, Mutant] = {}
    queue = [mutant for mutant in todo if mutant.fresh]
    while queue or running:
        while queue and len(running) < bench.jobs:
            mutant = queue.pop()
            command = [sys.executable, __file__, "--one", mutant.file, str(mutant.index)]
            with open(os.devnull, "w") as nothing:
                running[subprocess.Popen(command, cwd=ROOT, stdout=nothing, stderr=nothing)] = (
                    mutant
                )
        for process in [p for p in running if p.poll() is not None]:
            mutant = running.pop(process)
            bench._note(mutant, "killed" if process.returncode else "survived")
        time.sleep(0.05)


# The command -------------------------------------------------------------------------------

OPTIONS = ["-q", "-n0", "-p", "no:randomly", "-p", "no:cacheprovider", "--no-header", "--tb=no"]


def equivalents() -> dict[str, str]:
    return dict(yaml.safe_load(EQUIVALENT.read_text()) or {}) if EQUIVALENT.is_file() else {}


def run(argv: list[str]) -> int:
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    if argv[:1] == ["--one"]:
        return fresh_run(argv[1], int(argv[2]))
    import pytest

    jobs = int(argv[argv.index("--jobs") + 1]) if "--jobs" in argv else os.cpu_count() or 1
    names = [a for a in argv if a.endswith(".py")]
    files = [file for file in FILES if not names or any(file.endswith(name) for name in names)]
    every = [mutant for file in files for mutant in mutants(file)]
    excused = equivalents()
    known = {mutant.name for mutant in every}
    todo = [mutant for mutant in every if mutant.name not in excused]
    bench = Bench(todo, jobs, "--all" in argv, "--quick" in argv)
    start = time.monotonic()
    pytest.main([*OPTIONS, TESTS], plugins=[bench])
    fresh_runs(todo, bench)
    killed, survived = len(bench.results["killed"]), len(bench.results["survived"])
    stale = [] if names else [name for name in excused if name not in known]
    for name in stale:
        print(f"\nlisted as equivalent, but there is no such change any more: {name}", end="")
    print(f"\nmutants {len(every)}  killed {killed}  survived {survived}  "
          f"equivalent {len(every) - len(todo)}  seconds {time.monotonic() - start:.0f}")  # fmt: skip
    for mutant in sorted(bench.results["survived"], key=lambda m: (m.file, m.line)):
        print(f"  {mutant.name}    (line {mutant.line})")
    return 1 if survived or stale or killed + survived != len(todo) else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
