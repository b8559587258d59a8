"""Is a file there or gone, and what value stands in it?

A file that was there before the fix as well proves little, and so does the absence of one that never was there.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from bot.assessment.evidence import Detail, Evidence, Measure, Outcome, Reason, Source
from bot.assessment.watching import Subject
from bot.github.contents import Folder, Opaque, PathContent, TextFile
from bot.github.models import CommitInfo
from bot.probes.asking import both, together
from bot.probes.contract import Aim, Context, Manual, Params, Question
from bot.probes.past import Past, past_of
from bot.probes.paths import Found, Nowhere, Place, Unseen, find, path_fault, spellings
from bot.probes.places import (
    at_file,
    at_head,
    branch_of,
    commit_detail,
    commit_url,
    counted,
    empty_repository,
    file_url,
    listed,
    short,
)
from bot.probes.structured import Format, Unreadable, read
from bot.probes.values import Scalar, Wanted, compare, lookup, number_of, spelled


class FileParams(Params):
    """Which file, and what must be true of it."""

    shorthand: ClassVar[str] = "path"
    outside: ClassVar[bool] = False
    subject: ClassVar[Subject] = Subject.BRANCH

    path: str = Field(min_length=1, max_length=1000, description="The file's path in the repository.")
    state: Literal["present", "absent"] = Field(default="present", description="Must it be there, or gone?")
    at: str | None = Field(
        default=None,
        max_length=300,
        description="A value's place in a YAML, JSON, TOML or INI file: `server.timeouts[0].seconds`.",
    )
    equals: str | bool | int | float | None = Field(default=None, description="The value at that place.")
    matches: str | None = Field(default=None, max_length=256, description="An RE2 pattern that the value matches.")
    min: float | None = Field(default=None, description="The least number that the value may be.")
    max: float | None = Field(default=None, description="The greatest number that it may be.")
    format: Format | None = Field(default=None, strict=False, description="Without it, told by the file's name.")

    @field_validator("path")
    @classmethod
    def _can_be_in_a_commit(cls, path: str, info: ValidationInfo) -> str:
        # Whoever writes a policy can mend a path. One in a claim, which no file says, is read as it may be meant.
        if info.mode == "json" and (fault := path_fault(path)):
            raise ValueError(fault)
        return path

    @model_validator(mode="after")
    def _asks_something_sensible(self) -> "FileParams":
        if self.at is None and self.wanted.asks:
            message = "`equals`, `matches`, `min` and `max` need `at`: where in the file the value stands"
            raise ValueError(message)
        if self.at is not None and self.state == "absent":
            message = "`at` asks for a value in a file, which cannot be absent then"
            raise ValueError(message)
        if self.at is not None:
            self.wanted.check(self.at)
        return self

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        return Aim(whom="the files of the repository", at="head", past=True)

    @property
    def wanted(self) -> Wanted:
        """What the value must be."""
        return Wanted(equals=self.equals, matches=self.matches, least=self.min, most=self.max)


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, FileParams)
    expected = _expected(params)
    if context.snapshot.head is None:
        return empty_repository(context, expected=expected)
    found = await _found(params, context, ask_before=question.ask_before)
    if isinstance(found, Unseen):
        return _unseen(found, expected, context)
    if params.state == "absent":
        return await _absent(found, expected, question, context)
    if isinstance(found, Nowhere):
        return _nowhere(found, params.path, expected, context)
    if params.at is not None:
        return await _value(found, expected, question, context)
    return await _present(found, expected, question, context)


async def _found(params: FileParams, context: Context, *, ask_before: bool) -> Found:
    """The file. What will be needed of its past is asked in the same moment, and is at hand then."""
    literal = spellings(params.path, context.snapshot.repository.name)[:1]
    past = together(past_of(context, path) for path in literal if ask_before)
    found, _ = await both(find(context, params.path, gone=params.state == "absent"), past)
    return found


def _expected(params: FileParams) -> str:
    if params.at is None:
        return f"`{params.path}` is {'there' if params.state == 'present' else 'gone'}"
    return f"`{params.at}` in `{params.path}` {params.wanted.words}"


def _unseen(found: Unseen, expected: str, context: Context) -> Evidence:
    return Evidence(
        outcome=Outcome.ERROR,
        reason=Reason.NOT_LOOKED_AT,
        expected=expected,
        observed=f"cannot be told: {found.why}",
        source=at_head(context),
    )


def _nowhere(found: Nowhere, path: str, expected: str, context: Context) -> Evidence:
    """Not there: never, or taken away by a commit that is named."""
    details: tuple[Detail, ...] = ()
    if found.removed_by is None:
        observed = "no such file, now or ever; no renamed twin"
    else:
        observed = f"no such file: removed by `{short(found.removed_by.oid)}`"
        details = (commit_detail(context, found.removed_by),)
    if found.near:
        observed = observed.replace("no renamed twin", f"files of that name: {_paths(found.near)}")
        details += tuple(_file_detail(path, context) for path in found.near)
    return Evidence(
        outcome=Outcome.FAIL,
        reason=Reason.NOT_FOUND,
        expected=expected,
        observed=observed,
        source=at_head(context, "whole history"),
        details=details,
        remedy=f"Put `{path}` on {branch_of(context)}, or name the path where it stands.",
    )


async def _present(found: Place, expected: str, question: Question, context: Context) -> Evidence:
    """There; and whether it was there before, or has not changed since before the issue was opened."""
    past = await past_of(context, found.path) if question.ask_before else Past()
    stood = past.known and past.content is not None
    observed = f"there{_kind(found.content)}{f' ({found.how})' if found.how else ''}"
    if stood:
        observed += f" (and was {past.words}: proves little)"
    return Evidence(
        outcome=Outcome.PASS,
        reason=Reason.VACUOUS if stood else Reason.HOLDS,
        expected=expected,
        observed=observed,
        source=at_file(context, found.path),
        before=("there" if stood else "not there") if past.known else None,
        decisive=not stood,
        seen_failing=past.known and not stood,
        details=_change_detail(past.touched, context),
    )


async def _absent(found: Found, expected: str, question: Question, context: Context) -> Evidence:
    """Gone; and whether it ever was there."""
    if isinstance(found, Place):
        return _moved(found, expected, context) if found.moved_by else _not_gone(found, expected, context)
    assert isinstance(found, Nowhere)
    source = at_head(context, "whole history")
    removed = found.removed_by
    past = await past_of(context, found.path) if question.ask_before and removed else Past()
    vacuous: str | None = None
    if removed is None:
        vacuous = "it never was there"
    elif past.known and past.content is None:
        vacuous = f"it was gone {past.words} already"
    observed = f"gone since `{short(removed.oid)}`" if removed else "not there"
    return Evidence(
        outcome=Outcome.PASS,
        reason=Reason.VACUOUS if vacuous else Reason.HOLDS,
        expected=expected,
        observed=f"{observed}, but {vacuous}: proves little" if vacuous else observed,
        source=source if removed is None else replace(source, url=commit_url(context, removed.oid)),
        before="there" if past.known and past.content is not None else None,
        decisive=vacuous is None,
        seen_failing=past.known and past.content is not None,
        details=_change_detail(removed, context),
    )


def _not_gone(found: Place, expected: str, context: Context) -> Evidence:
    """Still there, as it is written or as it is meant."""
    where = f" ({found.how})" if found.how else ""
    return Evidence(
        outcome=Outcome.FAIL,
        reason=Reason.DOES_NOT_HOLD,
        expected=expected,
        observed=f"still there{_kind(found.content)}{where}",
        source=at_file(context, found.path),
        remedy=f"Remove `{found.path}`.",
    )


def _moved(found: Place, expected: str, context: Context) -> Evidence:
    """Gone from where it was, but not from the repository."""
    return Evidence(
        outcome=Outcome.PASS,
        reason=Reason.VACUOUS,
        expected=expected,
        observed=f"gone from there, but only {found.how}: proves little",
        source=at_file(context, found.path),
        before="there",
        decisive=False,
        details=_change_detail(found.moved_by, context),
    )


async def _value(found: Place, expected: str, question: Question, context: Context) -> Evidence:
    """The value at a place in the file, now and before."""
    params = question.params
    assert isinstance(params, FileParams)
    assert params.at is not None
    source: Source = at_file(context, found.path)
    try:
        value = await _value_in(found.content, params.at, params.format)
    except Unreadable as error:
        return Evidence(
            outcome=Outcome.ERROR,
            reason=Reason.NOT_LOOKED_AT,
            expected=expected,
            observed=f"{error}{f' ({found.how})' if found.how else ''}",
            source=source,
        )
    fault = f"nothing stands at `{params.at}`" if value is None else compare(value.scalar, params.wanted)
    before, was_so = await _value_before(found.path, question, context)
    now = spelled(value.scalar) if value else "nothing"
    vacuous = fault is None and was_so is True
    return Evidence(
        outcome=Outcome.FAIL if fault else Outcome.PASS,
        reason=(Reason.DOES_NOT_HOLD if value else Reason.NOT_FOUND) if fault else _holding(vacuous=vacuous),
        expected=expected,
        observed=fault or f"{now}{' (and was before: proves little)' if vacuous else ''}",
        source=source,
        before=before,
        decisive=not vacuous,
        seen_failing=fault is None and was_so is False,
        details=(Detail(text=found.how, url=source.url),) if found.how else (),
        remedy=f"Set `{params.at}` so that it {params.wanted.words}." if fault else None,
        measures=_measures(value),
    )


def _measures(value: "_Value | None") -> tuple[Measure, ...]:
    """The value, where it is a number."""
    number = None if value is None else number_of(value.scalar)
    return () if number is None else (Measure(name="value", value=number, unit=""),)


def _holding(*, vacuous: bool) -> Reason:
    return Reason.VACUOUS if vacuous else Reason.HOLDS


@dataclass(frozen=True, slots=True)
class _Value:
    scalar: Scalar


async def _value_in(content: PathContent, at: str, kind: Format | None) -> _Value | None:
    """The value, None where nothing stands at that place. Raises `Unreadable`."""
    match content:
        case TextFile(path=path, text=text):
            # A megabyte of TOML takes a second: away from the event loop.
            found = lookup(await asyncio.to_thread(read, text, path, kind), at)
            return None if found is None else _Value(found.scalar)
        case Folder():
            message = "it is a folder"
        case Opaque(kind=opaque):
            message = f"it is a {opaque.value}; its content was not looked at"
        case None:
            return None
    raise Unreadable(message)


async def _value_before(path: str, question: Question, context: Context) -> tuple[str | None, bool | None]:
    """The value before the fix in words, and whether the criterion held then; (None, None) where unknown."""
    params = question.params
    assert isinstance(params, FileParams)
    assert params.at is not None
    past = await past_of(context, path) if question.ask_before else Past()
    if not past.known:
        return None, None
    try:
        value = await _value_in(past.content, params.at, params.format)
    except Unreadable:
        return None, None
    if value is None:
        return "nothing", False
    return spelled(value.scalar), compare(value.scalar, params.wanted) is None


def _kind(content: PathContent) -> str:
    """What stands there, where that is not simply a text."""
    match content:
        case Folder(names=names):
            return f", a folder with {counted(len(names), 'entry', 'entries')}"
        case Opaque(kind=kind):
            return f", a {kind.value} (its content was not looked at)"
        case TextFile(text=""):
            return ", but empty"
        case _:
            return ""


def _change_detail(commit: CommitInfo | None, context: Context) -> tuple[Detail, ...]:
    return (commit_detail(context, commit),) if commit else ()


def _file_detail(path: str, context: Context) -> Detail:
    return Detail(text=f"`{path}`", url=file_url(context, context.snapshot.head or "HEAD", path))


def _paths(paths: tuple[str, ...]) -> str:
    return listed(tuple(f"`{path}`" for path in paths), limit=3)


_MANUAL = Manual(
    question="Is the file there, or gone; does the value at a place in it hold?",
    example=(
        "- id: timeout\n  title: The load balancer waits 600 s\n"
        "  file: {path: deploy/backend.yaml, at: 'spec.timeoutSec', equals: 600}\n"
    ),
    outcomes=(
        (Outcome.PASS, "It is there (or gone), or the value holds."),
        (Outcome.FAIL, "No such file (or still there), no such value, or another one."),
        (Outcome.MISSING, "The repository has no commit at all."),
        (Outcome.ERROR, "Not looked at: behind a submodule or link, an LFS pointer, not readable as data."),
    ),
)


@dataclass(frozen=True, slots=True)
class FileProbe:
    """One file: there, gone, or a value in it."""

    kind: str = "file"
    params: type[Params] = FileParams
    limit: timedelta = timedelta(seconds=30)
    slow: bool = False
    heavy: bool = False
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one file."""
        return await _ask(question, context)


PROBE = FileProbe()
