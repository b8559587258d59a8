"""`verify`: a signed statement from somebody, checked with the keys that the reader trusts, and told in plain lines.

A file that is called `.jsonl` is a bundle, a statement a line: each is judged for itself, and all have to be genuine.

Source: https://github.com/in-toto/attestation/blob/main/spec/v1/bundle.md
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.assessment.document import Assessment
from bot.assessment.evidence import Finding
from bot.assessment.markdown import clean
from bot.assessment.statement import NotAStatement, Wanted, differences
from bot.assessment.wording import count
from bot.cli.telling import visible
from bot.signing.attesting import Attested, opened
from bot.signing.envelope import LARGEST, NotVerified, Unreadable
from bot.signing.keys import PublicKey, load_public_keys

GENUINE, NOT_GENUINE, UNREAD = 0, 1, 2
BUNDLE = ".jsonl"
LARGEST_BUNDLE = 64 * 1024 * 1024  # bytes
MOST_LINES = 1_000  # statements of a bundle
_SHA = re.compile(r"[0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?")
_LONGEST_KEYS = 64 * 1024
_MANY_LINES = f"If it is a bundle, a statement a line, its name has to end with {BUNDLE}."
_ROOM = 120  # characters of what was seen, in a criterion's line


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What an envelope is: the exit code, the statement where it is genuine, else what is wrong, a sentence each."""

    code: int
    attested: Attested | None = None
    wrong: tuple[str, ...] = ()


def run_verify(
    file: Path, keys: tuple[Path, ...], wanted: Wanted, echo: Callable[[str], None], complain: Callable[[str], None]
) -> int:
    """0 for a genuine statement about what is wanted, 1 for any other, 2 where it or a key cannot be read.

    Of a bundle: the worst of its lines.
    """
    if wanted.commit is not None and not _SHA.fullmatch(wanted.commit):
        complain("--commit needs the whole SHA: the beginning of one can be made to fit")
        return UNREAD
    is_bundle = file.suffix.lower() == BUNDLE
    try:
        trusted = tuple(key for path in keys for key in _keys(path))
        data = _read(file, (LARGEST_BUNDLE if is_bundle else LARGEST) + 1)
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}")
        return UNREAD
    except _BadKeys as error:
        complain(str(error))
        return UNREAD
    if is_bundle:
        return _bundle(file, data, echo, complain, judge=lambda line: judged(line, trusted, wanted))
    found = judged(data, trusted, wanted)
    hint = f" {_MANY_LINES}" if found.code == UNREAD and _looks_like_a_bundle(data) else ""
    for sentence in found.wrong:
        complain(f"{file} {sentence}{hint}")
    if found.attested is not None:
        for line in told(found.attested):
            echo(line)
    return found.code


def judged(data: bytes, trusted: Sequence[PublicKey], wanted: Wanted) -> Judged:
    """Is it a genuine statement about what is wanted? Pure."""
    try:
        attested = opened(data, trusted)
    except Unreadable as error:
        return Judged(code=UNREAD, wrong=(f"cannot be read. {visible(str(error))}",))
    except (NotVerified, NotAStatement) as error:
        return Judged(code=NOT_GENUINE, wrong=(f"does not verify. {visible(str(error))}",))
    other = differences(attested.statement, wanted)
    if other:
        wrong = tuple(f"is genuine, but not what is asked for. {visible(sentence)}" for sentence in other)
        return Judged(code=NOT_GENUINE, wrong=wrong)
    return Judged(code=GENUINE, attested=attested)


def _bundle(
    file: Path,
    data: bytes,
    echo: Callable[[str], None],
    complain: Callable[[str], None],
    *,
    judge: Callable[[bytes], Judged],
) -> int:
    """Every line for itself; what is wrong with one names its number."""
    if len(data) > LARGEST_BUNDLE:
        complain(f"{file} cannot be read. It is larger than {LARGEST_BUNDLE // (1024 * 1024)} MiB.")
        return UNREAD
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    if not lines or len(lines) > MOST_LINES:
        has = "no statement" if not lines else f"{len(lines):,} lines; {MOST_LINES:,} at most are looked at"
        complain(f"{file} cannot be read. It has {has}.")
        return UNREAD
    codes: list[int] = []
    for number, line in lines:
        found = judge(line)
        codes.append(found.code)
        for sentence in found.wrong:
            complain(f"{file}:{number} {sentence}")
        if found.attested is not None:
            echo(f"{file}:{number} {in_short(found.attested)}")
    echo(f"{codes.count(GENUINE)} of {count(len(codes), 'statement')} genuine")
    return max(codes)


def in_short(attested: Attested) -> str:
    """What was signed and by whom, in one line; nothing foreign in it breaks the line."""
    about = attested.statement.assessment
    parts = (
        f"genuine, {_line(attested.statement.issue_url)}",
        _verdict(about),
        f"commit {_commit(about)}",
        f"measured {about.finished_at:%Y-%m-%d %H:%M:%S %Z}",
        f"asked {_asked(about)}",
        f"signed by key {', '.join(attested.vouched.signers)}",
    )
    return "; ".join(parts)


def told(attested: Attested) -> Iterator[str]:
    """What was signed and by whom, a line each; nothing foreign in it breaks a line or hides."""
    statement, vouched = attested.statement, attested.vouched
    about = statement.assessment
    yield "Genuine: signed with a key that you trust, and not changed since."
    for signer in vouched.signers:
        yield f"signed by  key {signer}"
    if vouched.others:
        yield f"           and {count(vouched.others, 'signature')} by keys that were not given"
    yield f"issue      {_line(statement.issue_url)}"
    yield f"commit     {_commit(about)}"
    yield f"verdict    {_verdict(about)}"
    yield f"measured   {about.started_at:%Y-%m-%d %H:%M:%S %Z} to {about.finished_at:%Y-%m-%d %H:%M:%S %Z}"
    yield f"asked      {_asked(about)}"
    yield f"policy     {_line(about.policy.digest)} from {_line(about.policy.source)}"
    yield f"criteria   {len(about.findings)}"
    for finding in about.findings:
        yield f"  {_criterion(finding)}"


def _looks_like_a_bundle(data: bytes) -> bool:
    """Is it several lines, each of them an object?"""
    lines = [line for each in data.split(b"\n") if (line := each.strip())]
    return len(lines) > 1 and all(line.startswith(b"{") and line.endswith(b"}") for line in lines)


class _BadKeys(ValueError):
    """A file that was given as keys holds none; the message is a sentence."""


def _keys(path: Path) -> tuple[PublicKey, ...]:
    try:
        return load_public_keys(_read(path, _LONGEST_KEYS).decode("utf-8", "replace"))
    except ValueError as error:
        raise _BadKeys(f"{path} {error}") from None


def _read(path: Path, most: int) -> bytes:
    """The file's beginning: one byte more than is taken tells that it is too large, be it endless."""
    with path.open("rb") as file:
        return file.read(most)


def _commit(about: Assessment) -> str:
    branch = f" on {_line(about.branch)}" if about.branch else ""
    return f"{_line(about.commit)}{branch}" if about.commit else "none"


def _verdict(about: Assessment) -> str:
    sure = about.confidence
    return f"{about.verdict.kind}, confidence {sure.level} ({sure.percent} %)"


def _asked(about: Assessment) -> str:
    """Why it ran, and what narrows it: who reads `resolved` has to know of `--only`."""
    flags = about.trigger.flags
    parts = (
        f"{about.trigger.kind}{f' by {_line(about.trigger.by)}' if about.trigger.by else ''}",
        "dry run" if flags.dry_run else "",
        f"only {_line(', '.join(flags.only))}" if flags.only else "",
        f"profile {_line(about.profile.name)}" if about.profile else "",
    )
    return ", ".join(part for part in parts if part)


def _criterion(finding: Finding) -> str:
    criterion, evidence = finding.criterion, finding.evidence
    kind = f"{criterion.scope}{'' if criterion.required else ', optional'}"
    return f"{evidence.outcome:<13} {_line(criterion.title)} ({kind}): {_line(evidence.observed)}"


def _line(text: str) -> str:
    """Foreign text in one line, cut where it is long."""
    words = visible(" ".join(clean(text).split()))
    return words if len(words) <= _ROOM else f"{words[: _ROOM - 1]}…"
