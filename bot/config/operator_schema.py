"""The operator's file, version 1, as pydantic models: what may be written, with its bounds and defaults.

No secret stands in the file: it names the environment variable or the file that holds it.
"""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from bot.config.schema import ID, Section
from bot.egress.addresses import Network, never_allowable
from bot.egress.exchange import ServerKind, Unsendable
from bot.egress.rules import host_of, origin_of
from bot.probes.one_or_more import OrOne
from bot.settings.texts import url

VERSION = 1
EVERY = "every"
LONGEST_SECONDS = 600
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/(?:\*|[A-Za-z0-9_.-]{1,100})\Z")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,200}\Z")
_TAKEN = tuple(Path("/", name) for name in ("proc", "dev", "sys", "etc", "run", "tmp", "work", "checkout"))


def _repository(value: object) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if isinstance(value, str) and (value == EVERY or _REPOSITORY.match(value)):
        return value.lower()
    raise ValueError("must be a repository's id (a number), owner/name, owner/* or the word every")


def _network(value: object) -> Network:
    try:
        network = ip_network(value) if isinstance(value, str) else None
    except ValueError:
        network = None
    if network is None:
        raise ValueError("must be a network such as 10.1.0.0/16")
    if fault := never_allowable(network):
        raise ValueError(fault)
    return network


def _host(value: str) -> str:
    try:
        return host_of(value)
    except Unsendable as fault:
        raise ValueError(str(fault)) from None


def _origin(value: object) -> tuple[str, str, int]:
    wrong = "must be an origin such as https://api.example.com or http://10.1.2.3:8080, without a path"
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]+://[^/?#]+/?", value):
        raise ValueError(wrong)
    try:
        return origin_of(value)
    except Unsendable as fault:
        raise ValueError(str(fault)) from None


def _variable(value: str) -> str:
    if not _VARIABLE.match(value):
        raise ValueError("must be the name of an environment variable, such as API_TOKEN")
    return value


def _tool(value: object) -> Path:
    path = Path(value) if isinstance(value, str) and value.startswith("/") else None
    if path is None or ".." in path.parts or path == Path("/"):
        raise ValueError("must be a folder's whole path, such as /opt/venv")
    if any(path.is_relative_to(taken) for taken in _TAKEN):
        raise ValueError(f"{path} cannot be shown: the sandbox has folders of its own there")
    if not path.is_dir():
        raise ValueError(f"{path} is no folder here")
    return path


Name = Annotated[str, Field(pattern=ID, description="What policies call it.")]
Repositories = Annotated[
    tuple[Annotated[int | str, PlainValidator(_repository)], ...],
    OrOne(),
    Field(
        min_length=1,
        max_length=500,
        strict=False,
        description="Whose: ids (they survive renames), `owner/name`, `owner/*`, or the word `every`.",
    ),
]
Origins = Annotated[
    tuple[Annotated[tuple[str, str, int], PlainValidator(_origin)], ...],
    OrOne(),
    Field(min_length=1, max_length=50, strict=False, description="Where it may be sent: `https://api.example.com`."),
]
Networks = Annotated[tuple[Annotated[Network, PlainValidator(_network)], ...], Field(max_length=50, strict=False)]
Url = Annotated[str, AfterValidator(url)]
Header = Annotated[str, Field(min_length=1, max_length=64)]
Prefix = Annotated[str, Field(max_length=32, description="What stands before the value: `Bearer ` for instance.")]
Variable = Annotated[str, AfterValidator(_variable)]
Word = Annotated[str, Field(min_length=1, max_length=4096)]


class AllowSection(Section):
    """What probes of these repositories may reach although it is not public."""

    repositories: Repositories
    hosts: tuple[Annotated[str, AfterValidator(_host)], ...] = Field(
        default=(), max_length=50, description="Names that would count as internal; their addresses need `networks`."
    )
    networks: Networks = Field(default=(), description="Networks such as `10.1.0.0/16`.")
    ports: tuple[Annotated[int, Field(ge=1, le=65535)], ...] = Field(
        default=(), max_length=50, description="Ports besides `PROBE_PORTS`."
    )

    @model_validator(mode="after")
    def _allows_something(self) -> "AllowSection":
        if not (self.hosts or self.networks or self.ports):
            raise ValueError("allows nothing: add hosts, networks or ports")
        return self


class CredentialSection(Section):
    """Where a secret's value is."""

    value_env: Variable | None = Field(default=None, description="The environment variable that holds the value.")
    value_file: Word | None = Field(
        default=None, description="The file that holds the value; nobody but its owner and group may read it."
    )
    prefix: Prefix = ""

    @property
    def sources(self) -> int:
        """How many places are named."""
        return (self.value_env is not None) + (self.value_file is not None)


class SecretSection(CredentialSection):
    """A secret that policies may name; they never see it, and it goes to its own origins alone."""

    name: Name
    repositories: Repositories
    origins: Origins
    header: Header = Field(default="Authorization", description="The header that carries it.")

    @model_validator(mode="after")
    def _has_one_value(self) -> "SecretSection":
        if self.sources != 1:
            raise ValueError("name where its value is: either value_env or value_file")
        return self


class ServerSection(CredentialSection):
    """A server that probes ask by its name alone."""

    name: Name
    kind: ServerKind = Field(description="Which API it speaks.")
    url: Url = Field(description="Where it is.")
    repositories: Repositories
    networks: Networks = Field(default=(), description="Where its host may lead, if that is not public.")
    header: Header | None = Field(default=None, description="The header that carries its credentials.")

    @model_validator(mode="after")
    def _has_all_of_its_credentials(self) -> "ServerSection":
        if self.sources != (self.header is not None):
            raise ValueError("credentials are a header with either value_env or value_file")
        return self


class CommandSection(Section):
    """A program that policies may run over a checkout, in a sandbox without network."""

    name: Name
    repositories: Repositories
    run: tuple[Word, ...] = Field(
        min_length=1, max_length=100, description="The program and its arguments, as a list: no shell reads it."
    )
    seconds: int = Field(default=60, ge=1, le=LONGEST_SECONDS, description="How long it may take.")
    memory_mb: int = Field(default=1024, ge=16, le=65536, description="MiB that its processes may hold together.")
    processes: int = Field(default=64, ge=4, le=4096, description="How many processes and threads it may have.")
    disk_mb: int = Field(default=256, ge=1, le=8192, description="MiB that it may write; they are kept in memory.")
    tools: tuple[Annotated[Path, PlainValidator(_tool)], ...] = Field(
        default=(), max_length=20, description="Folders of this machine that it sees besides `/usr`: a virtualenv."
    )


class OperatorSection(Section):
    """The whole file."""

    version: Literal[1]
    allow: tuple[AllowSection, ...] = ()
    secrets: tuple[SecretSection, ...] = ()
    servers: tuple[ServerSection, ...] = ()
    commands: tuple[CommandSection, ...] = ()
