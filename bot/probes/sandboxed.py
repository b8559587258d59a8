"""The operator's commands over a repository's trees: who may run which, and how a tree gets into the sandbox.

A tree is laid out as GitHub's tarball has it: without `.git`, without what `export-ignore` leaves out, and with
pointers in place of Git LFS files.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from bot.assessment.evidence import Sha
from bot.egress.grants import Repositories
from bot.sandbox.checkout import LARGEST_FILE, Checkout, checkout
from bot.sandbox.command import Command, NoSandbox, RanOver
from bot.sandbox.sandbox import Sandbox
from bot.scan.archive import Archive, ArchiveFault, Member, MemberKind

FEED_BYTES = 256 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCommand:
    """A command and the repositories that may have it run."""

    command: Command
    repositories: Repositories


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorCommands:
    """All commands that the operator has named. `sandbox` is words where there is none: why not."""

    named: tuple[NamedCommand, ...]
    sandbox: Sandbox | str

    def of(self, repository_id: int, full_name: str) -> "RepositoryCommands":
        """Those of one repository."""
        mine = tuple(one.command for one in self.named if one.repositories.covers(repository_id, full_name))
        return RepositoryCommands(commands=mine, sandbox=self.sandbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryCommands:
    """`bot.probes.contract.Commands` for one repository."""

    commands: tuple[Command, ...]
    sandbox: Sandbox | str

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called."""
        return tuple(command.name for command in self.commands)

    def command(self, name: str) -> Command | None:
        """The command of that name; None where this repository has none."""
        return next((command for command in self.commands if command.name == name), None)

    async def run(
        self, command: Command, sha: Sha, tarball: AbstractAsyncContextManager[AsyncIterator[bytes]]
    ) -> RanOver:
        """What comes of it over the tree at a commit. Raises `NoSandbox`, `TooLarge`, `ArchiveFault`."""
        if isinstance(self.sandbox, str):
            raise NoSandbox(self.sandbox)
        # The turn comes first: trees that wait for one would fill the disk.
        async with self.sandbox.turn() as turn, checkout(owner=self.sandbox.reader) as files:
            async with tarball as chunks:
                await _lay_out(chunks, files, sha)
            ran = await turn.run(command, files)
            named = tuple(word for word in command.run if files.has(word))
            return RanOver(ran=ran, named=named, left_out=tuple(files.left_out))


async def _lay_out(chunks: AsyncIterator[bytes], files: Checkout, sha: Sha) -> None:
    """Writes what arrives, beside the event loop. Raises `TooLarge`, `ArchiveFault`."""
    archive = Archive(LARGEST_FILE)
    gathered = bytearray()
    try:
        async for chunk in chunks:
            gathered += chunk
            if len(gathered) >= FEED_BYTES:
                await asyncio.to_thread(_write, archive, bytes(gathered), files)
                gathered.clear()
        await asyncio.to_thread(_write, archive, bytes(gathered), files)
        archive.finish()
        await asyncio.to_thread(files.finish)
    except (ValueError, OSError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ArchiveFault(f"the tree cannot be laid out: {why}") from error
    if archive.commit != sha:
        raise ArchiveFault("the tarball was made from another commit")


def _write(archive: Archive, data: bytes, files: Checkout) -> None:
    for member in archive.feed(data):
        _put(member, files)


def _put(member: Member, files: Checkout) -> None:
    match member.kind:
        case MemberKind.FILE:
            files.write(member.path, member.data, executable=member.executable)
        case MemberKind.LINK:
            files.link(member.path, member.target)
