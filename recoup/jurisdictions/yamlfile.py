"""Reading the packs' YAML. Strict: every figure and day is quoted, no key stands twice.

A float would round before anybody could refuse it (0.1 + 0.2), an unquoted day would be read by
YAML's rules and not ours; so both refuse the file.
"""

from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Base
except ImportError:  # pragma: no cover - the wheel carries the C loader
    from yaml import SafeLoader as _Base  # type: ignore[assignment]

HERE = Path(__file__).resolve().parent


class BadPack(Exception):
    """A pack's file breaks a rule of the loader; names the file and the place."""


class _Loader(_Base):
    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if not isinstance(key, str):
                raise BadPack(f"key {key!r} must be quoted text ({_line(node)})")
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise BadPack(f"key {sorted(twice)[0]!r} stands twice ({_line(node)})")
        result: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return result


def _line(node: Any) -> str:
    return f"line {node.start_mark.line + 1}"


def _unquoted(loader: Any, node: Any) -> Any:
    raise BadPack(f"{node.value} must be quoted: figures and days are text here ({_line(node)})")


# Only true and false are flags: `NO` is Norway and `on` is a day's name, not YAML 1.1's booleans.
_Loader.yaml_implicit_resolvers = {
    first: [r for r in rules if not (r[0].endswith(":bool") and first not in "tTfF")]
    for first, rules in _Base.yaml_implicit_resolvers.items()
}
for _tag in ("float", "int", "timestamp"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _unquoted)


def read(path: Path) -> dict[str, Any]:
    """The mapping in `path`. Raises `BadPack` for floats, unquoted figures and doubled keys."""
    return parse(path.read_text(encoding="utf-8"), name=path.name)


def parse(text: str, *, name: str) -> dict[str, Any]:
    """The mapping in `text`; `name` is told in errors. Raises `BadPack`."""
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader made stricter
    except BadPack as error:
        raise BadPack(f"{name}: {error}") from None
    except yaml.YAMLError as error:
        raise BadPack(f"{name}: not YAML: {error}") from None
    if not isinstance(content, dict):
        raise BadPack(f"{name}: must be a mapping")
    return content
