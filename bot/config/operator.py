"""The operator's file: what he grants to repositories, and the commands that he names for them.

Rules:
1. As strict as a policy: every fault with its place, all at once; with any fault, nothing is granted.
2. Secrets are read once, from the environment or from files that others cannot read; no fault repeats one.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bot.assessment.refusals import Fault
from bot.config.faults import fault_at, faults_of, unknown_key
from bot.config.load import Broken, opened
from bot.config.operator_schema import (
    EVERY,
    AllowSection,
    CommandSection,
    CredentialSection,
    OperatorSection,
    SecretSection,
    ServerSection,
)
from bot.config.schema import Section
from bot.egress.grants import Allowance, Grants, Repositories, Secret, Server, grants_check
from bot.egress.rules import UnsafeEgress
from bot.probes.sandboxed import NamedCommand
from bot.probes.strict_yaml import ListNode, MapNode, Place, place_of, plain
from bot.sandbox.command import MEBIBYTE, Bounds, Command

MOST_ITEMS = 200
LARGEST_SECRET_FILE = 64 << 10
_WHAT = "operator's file"

Lookup = Callable[[str], str | None]
S = TypeVar("S", bound=Section)
N = TypeVar("N", SecretSection, ServerSection, CommandSection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """What a file grants and names. Nothing, where there is none."""

    grants: Grants = field(default_factory=Grants)
    commands: tuple[NamedCommand, ...] = ()


class OperatorFileError(Exception):
    """The file cannot be used. `broken` has every fault."""

    def __init__(self, broken: Broken) -> None:
        super().__init__(f"{len(broken.faults)} faults in the {_WHAT}")
        self.broken = broken


def operator_of(path: Path | None, lookup: Lookup) -> Operator:
    """What the file at a path grants; `lookup` is the environment. Raises `OperatorFileError`."""
    if path is None:
        return Operator()
    try:
        text = path.read_bytes()
    except OSError as error:
        fault = fault_at(str(path), Place(line=1, column=1), f"the file cannot be read: {error.strerror}")
        raise OperatorFileError(_broken((fault,))) from error
    loaded = load_operator(text, path=path, lookup=lookup)
    if isinstance(loaded, Broken):
        raise OperatorFileError(loaded)
    return loaded


def load_operator(text: str | bytes, *, path: Path, lookup: Lookup) -> Operator | Broken:
    """What the text grants. Files that it names are looked for beside `path`."""
    root = opened(text, path=str(path), what=_WHAT)
    if isinstance(root, Broken):
        return root
    reading = _Reading(path=path, root=root, lookup=lookup)
    operator = reading.operator()
    return _broken(tuple(reading.faults)) if reading.faults else operator


def _broken(faults: tuple[Fault, ...]) -> Broken:
    return Broken(faults=tuple(sorted(faults, key=lambda fault: (fault.line, fault.column))))


def _repositories(words: tuple[int | str, ...]) -> Repositories:
    return Repositories(
        ids=frozenset(word for word in words if isinstance(word, int)),
        names=frozenset(word for word in words if isinstance(word, str) and word != EVERY),
        every=EVERY in words,
    )


@dataclass(slots=True, kw_only=True)
class _Reading:
    """From nodes to values; what is wrong with them, or with the world around them, becomes faults."""

    path: Path
    root: MapNode
    lookup: Lookup
    faults: list[Fault] = field(default_factory=list)

    def operator(self) -> Operator:
        known = tuple(OperatorSection.model_fields)
        self.faults += [
            unknown_key(str(self.path), entry.place, entry.key, known)
            for entry in self.root.entries
            if entry.key not in known
        ]
        allow = tuple(_allowance(one) for _, one in self._sound("allow", AllowSection))
        secrets = tuple(self._secrets())
        servers = tuple(self._servers())
        commands = tuple(_command(one) for _, one in self._named("commands", CommandSection))
        return Operator(grants=Grants(allow=allow, secrets=secrets, servers=servers), commands=commands)

    def _sound(self, section: str, model: type[S]) -> Iterator[tuple[int, S]]:
        """The items of a section that are sound in themselves, with their positions."""
        node = self.root.get(section)
        if node is None:
            return
        if not isinstance(node, ListNode):
            self._fault((section,), "must be a list")
            return
        if len(node.items) > MOST_ITEMS:
            self._fault((section, MOST_ITEMS), f"more than {MOST_ITEMS} items")
            return
        for index, item in enumerate(node.items):
            try:
                yield index, model.model_validate_json(json.dumps(plain(item)))
            except ValidationError as error:
                self.faults += faults_of(error, model, item, str(self.path))

    def _named(self, section: str, model: type[N]) -> Iterator[tuple[int, N]]:
        """The same, of which no two have one name."""
        taken: set[str] = set()
        for index, one in self._sound(section, model):
            if one.name in taken:
                self._fault((section, index, "name"), f"the name {one.name!r} is given twice")
            taken.add(one.name)
            yield index, one

    def _secrets(self) -> Iterator[Secret]:
        for index, one in self._named("secrets", SecretSection):
            value = self._value(one, ("secrets", index))
            if value is None:
                continue
            secret = Secret(
                name=one.name,
                repositories=_repositories(one.repositories),
                origins=one.origins,
                header=one.header,
                value=value,
            )
            self._check(Grants(secrets=(secret,)), ("secrets", index))
            yield secret

    def _servers(self) -> Iterator[Server]:
        for index, one in self._named("servers", ServerSection):
            value = self._value(one, ("servers", index)) if one.header is not None else None
            if value is None and one.header is not None:
                continue
            server = Server(
                name=one.name,
                kind=one.kind,
                url=one.url,
                repositories=_repositories(one.repositories),
                networks=one.networks,
                header=one.header,
                value=value,
            )
            self._check(Grants(servers=(server,)), ("servers", index))
            yield server

    def _check(self, grants: Grants, at: tuple[str | int, ...]) -> None:
        try:
            grants_check(grants)
        except UnsafeEgress as fault:
            self._fault(at, str(fault))

    def _value(self, section: CredentialSection, at: tuple[str | int, ...]) -> str | None:
        """The header's whole value; None after a fault."""
        if section.value_env is not None:
            value = self.lookup(section.value_env)
            if not value or not value.strip():
                self._fault((*at, "value_env"), f"the environment variable {section.value_env} is not set")
                return None
            return section.prefix + value.strip()
        file = self.path.parent / (section.value_file or "")
        try:
            value = _secret_in(file)
        except (OSError, ValueError) as error:
            why = (error.strerror if isinstance(error, OSError) else None) or str(error)
            self._fault((*at, "value_file"), f"{file}: {why}")
            return None
        return section.prefix + value

    def _fault(self, at: tuple[str | int, ...], text: str) -> None:
        self.faults.append(fault_at(str(self.path), place_of(self.root, at, of_value=True), text))


def _secret_in(file: Path) -> str:
    """The text of a secret's file. Raises `OSError`, `ValueError`."""
    about = file.stat()
    if about.st_mode & 0o007:
        raise ValueError(f"everybody can read or change it: run chmod o= {file}")
    if about.st_size > LARGEST_SECRET_FILE:
        raise ValueError("it is too large for a secret")
    try:
        value = file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise ValueError("it is not text") from None
    if not value:
        raise ValueError("it is empty")
    return value


def _allowance(section: AllowSection) -> Allowance:
    return Allowance(
        repositories=_repositories(section.repositories),
        hosts=section.hosts,
        networks=section.networks,
        ports=section.ports,
    )


def _command(section: CommandSection) -> NamedCommand:
    bounds = Bounds(
        time=timedelta(seconds=section.seconds),
        memory_bytes=section.memory_mb * MEBIBYTE,
        processes=section.processes,
        disk_bytes=section.disk_mb * MEBIBYTE,
    )
    command = Command(name=section.name, run=section.run, bounds=bounds, tools=section.tools)
    return NamedCommand(command=command, repositories=_repositories(section.repositories))
