"""`verify`: a signed statement from somebody, checked with the keys that the reader trusts, and told in plain lines."""

import re
from collections.abc import Callable, Iterator
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
_SHA = re.compile(r"[0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?")
_LONGEST_KEYS = 64 * 1024
_ROOM = 120  # characters of what was seen, in a criterion's line


def run_verify(
    file: Path, keys: tuple[Path, ...], wanted: Wanted, echo: Callable[[str], None], complain: Callable[[str], None]
) -> int:
    """0 for a genuine statement about what is wanted, 1 for any other, 2 where it or a key cannot be read."""
    if wanted.commit is not None and not _SHA.fullmatch(wanted.commit):
        complain("--commit needs the whole SHA: the beginning of one can be made to fit")
        return UNREAD
    try:
        trusted = tuple(key for path in keys for key in _keys(path))
        attested = opened(_read(file, LARGEST + 1), trusted)
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}")
        return UNREAD
    except _BadKeys as error:
        complain(str(error))
        return UNREAD
    except Unreadable as error:
        complain(f"{file} cannot be read. {visible(str(error))}")
        return UNREAD
    except (NotVerified, NotAStatement) as error:
        complain(f"{file} does not verify. {visible(str(error))}")
        return NOT_GENUINE
    other = differences(attested.statement, wanted)
    for sentence in other:
        complain(f"{file} is genuine, but not what is asked for. {visible(sentence)}")
    if other:
        return NOT_GENUINE
    for line in told(attested):
        echo(line)
    return GENUINE


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
