"""Is a dossier exactly what was sealed? Answers from the file alone, and names what is not."""

import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from recoup.dossier import form
from recoup.dossier.signing import fingerprint, is_issued, is_signed, name_of
from recoup.eventlog.rules import SEALED, commitment, link_of
from recoup.kernel.refusal import N_, Refusal


def unfit(row: dict[str, Any]) -> bool:
    """Whether what stands beside an event is not what the chain has a commitment to."""
    opened, data = row.get("opened", {}), row["event"]["data"]
    return any(
        data[key] != {SEALED: commitment(str(salt), value)} for key, (salt, value) in opened.items()
    )


PIECE = 1 << 20
MOST = 20  # sentences of one check
SMALL = 64 << 20  # what is read whole: manifest, events, ledger


@dataclass(frozen=True, slots=True)
class Check:
    """`found`: what is wrong, in sentences; empty when it holds."""

    name: str
    found: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.found

    def as_document(self) -> dict[str, Any]:
        return {"name": self.name, "holds": self.holds, "found": self.found[:MOST]}


@dataclass(frozen=True, slots=True)
class Report:
    """`trust`: whether the authority was given from outside ("given"), or is only the file's own
    ("the file's own"): then compare its fingerprint with the one that the agency tells you."""

    checks: list[Check]
    case: str
    made_at: str
    signed_by: str
    fingerprint: str
    trust: str

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)

    def as_document(self) -> dict[str, Any]:
        said = asdict(self) | {"checks": [check.as_document() for check in self.checks]}
        return {"holds": self.holds, **said}


def verify(path: Path, *, trust: bytes | None = None, heads: bytes | None = None) -> Report:
    """`trust`: the certificate of the authority (PEM) as it was received otherwise; `heads`: the file
    of published heads. Raises `Refusal` `dossier_none`, `dossier_unreadable` for what is no dossier."""
    try:
        with open(path, "rb") as file:
            return _Opened(path, file, trust, heads).report()
    except OSError as error:
        raise Refusal(
            "file_unreadable", N_("%(file)s cannot be read: %(reason)s."),
            file=str(path), reason=error.strerror or "unknown",
        ) from None  # fmt: skip


class _Opened:
    def __init__(self, path: Path, file: IO[bytes], trust: bytes | None, heads: bytes | None) -> None:  # fmt: skip
        self.path, self.file, self.trust, self.heads = path, file, trust, heads
        self.broken: dict[str, str] = {}
        try:
            self.zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError) as error:
            raise self._none(str(error)) from None
        self.names = [info.filename for info in self.zip.infolist()]
        self.manifest = self._manifest()

    def _none(self, reason: str) -> Refusal:
        return Refusal(
            "dossier_none", N_("%(file)s is no dossier, or is damaged beyond reading: %(found)s."),
            file=str(self.path), found=reason[:200],
        )  # fmt: skip

    def _manifest(self) -> dict[str, Any]:
        if form.MANIFEST not in self.names:
            raise self._none(N_("there is no manifest in it"))
        try:
            found = json.loads(self.bytes_of(form.MANIFEST))
            files = {str(f["path"]): (str(f["sha256"]), int(f["size"])) for f in found["files"]}
            if found["format"] != form.FORMAT:
                raise self._none(f"format {str(found['format'])[:40]}")
            found["made_at"] = datetime.fromisoformat(str(found["made_at"]))
            found["made_at"].timetuple()
            found["listed"] = files
        except (ValueError, TypeError, KeyError, RecursionError, AttributeError) as error:
            raise self._none(f"manifest.json: {error.__class__.__name__}") from None
        return dict(found)

    def bytes_of(self, name: str) -> bytes:
        """Empty when it is not there, cannot be read, or is too large for what it should be."""
        try:
            info = self.zip.getinfo(name)
            return b"" if info.file_size > SMALL else self.zip.read(info)
        except (KeyError, zipfile.BadZipFile, RuntimeError, EOFError, ValueError) as error:  # fmt: skip
            self.broken[name] = str(error)
            return b""

    def report(self) -> Report:
        certificate = self.bytes_of(form.CERTIFICATE)
        checks = [
            Check("manifest is signed with the certificate inside", self.signature(certificate)),
            Check("certificate is the one the manifest names", self.certificate(certificate)),
            Check("certificate leads to the authority", self.authority(certificate)),
            Check("every file is there", self.missing()),
            Check("no file was added", self.added()),
            Check("every file is unchanged", self.changed()),
            Check("events are as they were sealed, in their order", self.events()),
            Check("chain agrees with the head published outside", self.head()),
            Check("ledger entries balance", self.ledger()),
            Check("time stamp is for this manifest", self.stamp()),
            Check("nothing stands beside the files", self.container()),
        ]
        return Report(
            checks, str(self.manifest.get("case", "")), self.manifest["made_at"].isoformat(), name_of(certificate),
            fingerprint(self.bytes_of(form.AUTHORITY)), "given" if self.trust else "the file's own",
        )  # fmt: skip

    def signature(self, certificate: bytes) -> list[str]:
        if form.SIGNATURE not in self.names:
            return ["manifest.sig is missing"]
        signature = self.bytes_of(form.SIGNATURE)
        if is_signed(self.bytes_of(form.MANIFEST), signature, certificate):
            return []
        return ["manifest.sig does not fit manifest.json and certificate/seal.crt: manifest, signature or certificate was changed"]  # fmt: skip

    def certificate(self, certificate: bytes) -> list[str]:
        named = self.manifest.get("certificate", {})
        found = []
        for path, content in ((form.CERTIFICATE, certificate), (form.AUTHORITY, self.bytes_of(form.AUTHORITY))):  # fmt: skip
            if path not in self.names:
                found.append(f"{path} is missing")
            elif not fingerprint(content):
                found.append(f"{path} is no certificate")
            elif not isinstance(named, dict) or named.get(path) != fingerprint(content):
                found.append(f"{path} was swapped: the manifest names another")
        return found

    def authority(self, certificate: bytes) -> list[str]:
        at, inside = self.manifest["made_at"], self.bytes_of(form.AUTHORITY)
        found = []
        if not is_issued(certificate, inside, at):
            found.append("certificate/seal.crt was not issued by certificate/authority.crt, or was not valid then")  # fmt: skip
        if self.trust and not is_issued(certificate, self.trust, at):
            found.append("certificate/seal.crt does not lead to the authority that is trusted here: another certificate was put in, or the file comes from another installation")  # fmt: skip
        return found

    def missing(self) -> list[str]:
        return [f"{p} is missing" for p in self.manifest["listed"] if p not in self.names]

    def added(self) -> list[str]:
        known = {*self.manifest["listed"], *form.UNLISTED}
        twice = [name for name, count in Counter(self.names).items() if count > 1]
        return [f"{n} was added" for n in self.names if n not in known] + [
            f"{n} stands twice" for n in twice
        ]

    def changed(self) -> list[str]:
        found = []
        for path, (digest, size) in self.manifest["listed"].items():
            if path in self.names and (fault := self._fault(path, digest, size)):
                found.append(f"{path} was changed: {fault}")
        return found

    def _fault(self, path: str, digest: str, size: int) -> str:
        if self.zip.getinfo(path).file_size != size:
            return f"it has {self.zip.getinfo(path).file_size} bytes instead of {size}"
        try:
            hashed = sha256()
            with self.zip.open(path) as file:
                while piece := file.read(PIECE):
                    hashed.update(piece)
        except (zipfile.BadZipFile, RuntimeError, EOFError, ValueError) as error:  # fmt: skip
            return str(error)
        return "" if hashed.hexdigest() == digest else "it does not match its hash"

    def events(self) -> list[str]:
        found, last, hashes = [], None, sha256()
        count = 0
        for number, line in enumerate(self.bytes_of(form.EVENTS).splitlines(), start=1):
            count += 1
            try:
                row = json.loads(line)
                seq, previous, own = int(row["seq"]), str(row["previous"]), str(row["hash"])
                right = link_of(previous, row["event"]) == own and not unfit(row)
            except (ValueError, TypeError, KeyError, RecursionError):
                found.append(f"line {number} of events.jsonl is no event")
                continue
            if not right:
                found.append(f"the event at place {seq} of the chain has been changed")
            found += _order(last, seq, previous)
            last = (seq, own)
            hashes.update(own.encode())
        told = self.manifest.get("events", {})
        if not isinstance(told, dict) or (told.get("count"), told.get("digest")) != (count, hashes.hexdigest()):  # fmt: skip
            found.append("events.jsonl does not hold the events that the manifest counts")
        return found

    def head(self) -> list[str]:
        """The place that was published outside, as told in the file and by the file of heads."""
        found, sealed = [], dict(self._places())
        for head in self._heads():
            try:
                seq, own = int(head["seq"]), str(head["hash"])
            except (ValueError, TypeError, KeyError):
                continue
            if sealed.get(seq, own) != own:
                found.append(f"place {seq} was published on {head.get('at')} with another hash")
        return found

    def _places(self) -> Iterator[tuple[int, str]]:
        for line in self.bytes_of(form.EVENTS).splitlines():
            try:
                row = json.loads(line)
                yield int(row["seq"]), str(row["hash"])
            except (ValueError, TypeError, KeyError, RecursionError):
                continue

    def _heads(self) -> list[dict[str, Any]]:
        found = []
        agency = str(self.manifest.get("agency_id", ""))
        lines = [self.bytes_of(form.HEAD).replace(b"\n", b" "), *(self.heads or b"").splitlines()]
        for line in lines:
            try:
                head = json.loads(line or b"null")
            except (ValueError, RecursionError):
                continue
            if isinstance(head, dict) and head.get("agency", agency) == agency:
                found.append(head)
        return found

    def ledger(self) -> list[str]:
        try:
            entries = json.loads(self.bytes_of(form.LEDGER) or b"[]")
            off = [_off(entry) for entry in entries]
        except (ValueError, TypeError, KeyError, RecursionError, InvalidOperation, AttributeError):
            return ["ledger.json is not a list of entries"]
        return [sentence for sentence in off if sentence]

    def stamp(self) -> list[str]:
        if form.STAMP not in self.names:
            return ["manifest.tst is missing"] if self.manifest.get("stamped") else []
        from recoup.dossier.stamps import fault_of_stamp

        fault = fault_of_stamp(self.bytes_of(form.STAMP), self.bytes_of(form.MANIFEST))
        return [f"manifest.tst: {fault}"] if fault else []

    def container(self) -> list[str]:
        """Written again from its contents, the file must come out the same."""
        compare = _Compare(self.file)
        fixed = [(n, self.bytes_of(n)) for n in form.UNLISTED if n in self.names]
        parts = [
            form.Part(p, digest, size, "", lambda p=p: self.zip.read(p))  # type: ignore[misc]
            for p, (digest, size) in self.manifest["listed"].items()
            if p in self.names
        ]
        try:
            form.write(compare, self.manifest["made_at"], fixed, parts)
        except (zipfile.BadZipFile, RuntimeError, EOFError, ValueError) as error:  # fmt: skip
            return [f"the file cannot be read to its end: {error}"]
        return compare.found()


class _Compare:
    """Takes what is written and compares it with a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.place, self.first = file, 0, -1

    def write(self, data: bytes, /) -> int:
        here = self.file.tell()
        self.file.seek(self.place)
        if self.first < 0 and self.file.read(len(data)) != data:
            self.first = self.place
        self.file.seek(here)
        self.place += len(data)
        return len(data)

    def flush(self) -> None:
        pass

    def found(self) -> list[str]:
        self.file.seek(0, 2)
        if self.first >= 0:
            return [f"the file differs from what its contents give, from byte {self.first} on"]
        if self.file.tell() != self.place:
            return [f"the file has {self.file.tell()} bytes instead of {self.place}"]
        return []


def _order(last: tuple[int, str] | None, seq: int, previous: str) -> list[str]:
    if last is None:
        return []
    if seq <= last[0]:
        return [f"place {seq} stands after place {last[0]}"]
    if seq == last[0] + 1 and previous != last[1]:
        return [f"place {seq} does not follow the one before"]
    return []


def _off(entry: dict[str, Any]) -> str:
    sums: dict[str, Decimal] = {}
    for leg in entry["postings"]:
        sums[leg["currency"]] = sums.get(leg["currency"], Decimal(0)) + Decimal(leg["amount"])
    wrong = [f"{total} {currency}" for currency, total in sums.items() if total]
    return f"entry {entry['id']} is off by {', '.join(wrong)}" if wrong else ""
