"""Values that nothing changes, made by the hundred thousand."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as sheet
else:
    from dataclasses import dataclass

    def sheet(*, frozen, slots, kw_only=False):
        """`dataclass(frozen=True, slots=True)` for the bulk paths. That nothing changes one, the type checker
        sees to; a constructor that also guards each field while the program runs takes four times as long,
        and in a batch of the day run that is a twelfth of all its work."""
        assert frozen, "a sheet is never changed"
        return dataclass(slots=slots, kw_only=kw_only, unsafe_hash=True)


__all__ = ["sheet"]
