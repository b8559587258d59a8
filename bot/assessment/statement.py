"""An assessment as an in-toto statement: what is signed when an assessment leaves, and what is read when it arrives.

Rules:
1. The predicate is the assessment document, byte for byte as it was kept.
2. The subjects are the commit that was looked at (where there was one) and the issue. An issue is no file: its digest
   is the SHA-256 of its URL in lower case, since GitHub does not tell names by their case. It names the issue, and says
   nothing of its text.
3. What is read must agree with itself: its subjects are those of its predicate and no others.

Who signed is not known here. Sources: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md and
https://github.com/in-toto/attestation/blob/main/spec/v1/digest_set.md
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

import msgspec

from bot.assessment import codec
from bot.assessment.document import SCHEMA, Assessment
from bot.assessment.strict_json import NotStrictJson, refuse_ambiguity

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
PREDICATE_TYPE: Final = f"urn:resolution-bot:assessment:v{SCHEMA}"
"""Names the document's schema. It resolves nowhere: the project has no host of its own to promise one under."""

_SITE = re.compile(r"https?://[^\s/?#@]+")


class NotAStatement(ValueError):
    """The bytes are no statement of ours that agrees with itself; the message says what is wrong, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What was read. `site` is the GitHub that the issue is on, such as `https://github.com`."""

    site: str
    assessment: Assessment

    @property
    def issue_url(self) -> str:
        """Where the issue is."""
        return _issue_url(self.assessment, self.site)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader wants the statement to be about; None leaves it open. `commit` is a whole SHA."""

    repository: str | None = None
    issue: int | None = None
    commit: str | None = None


def statement(document: bytes, site: str) -> bytes:
    """The statement about an assessment document. Raises `codec.NotAnAssessment`."""
    made = _Statement(
        type_=STATEMENT_TYPE,
        subject=_subjects(codec.decode(document), site),
        predicate_type=PREDICATE_TYPE,
        predicate=msgspec.Raw(document),
    )
    return msgspec.json.encode(made)


def read_statement(payload: bytes) -> Statement:
    """The statement in these bytes. Raises `NotAStatement`."""
    try:
        refuse_ambiguity(payload)
        read = msgspec.json.decode(payload, type=_Statement)
    except NotStrictJson as error:
        raise NotAStatement(f"The statement {error}.") from None
    except msgspec.DecodeError as error:
        raise NotAStatement(f"It is no in-toto statement: {error}.") from None
    if read.type_ != STATEMENT_TYPE:
        raise NotAStatement(f"Its type is {read.type_[:100]!r}, not {STATEMENT_TYPE!r}.")
    if read.predicate_type != PREDICATE_TYPE:
        raise NotAStatement(f"It states {read.predicate_type[:100]!r}, not an assessment ({PREDICATE_TYPE!r}).")
    try:
        assessment = codec.decode(bytes(read.predicate))
    except codec.NotAnAssessment as error:
        raise NotAStatement(f"Its predicate is no assessment document: {error}.") from None
    return Statement(site=_site_of(read, assessment), assessment=assessment)


def differences(read: Statement, wanted: Wanted) -> tuple[str, ...]:
    """What the statement is about instead of what is wanted, a sentence each. GitHub's names have no case."""
    about = read.assessment
    found: list[str] = []
    if wanted.repository is not None and wanted.repository.lower() != about.repository.lower():
        found.append(f"It is about {about.repository}, not {wanted.repository}.")
    if wanted.issue is not None and wanted.issue != about.issue:
        found.append(f"It is about issue {about.issue}, not {wanted.issue}.")
    if wanted.commit is not None and wanted.commit.lower() != about.commit:
        found.append(f"It is about {f'commit {about.commit}' if about.commit else 'no commit'}, not {wanted.commit}.")
    return tuple(found)


class _Subject(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    digest: dict[str, str]


class _Statement(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    type_: str = msgspec.field(name="_type")
    subject: tuple[_Subject, ...]
    predicate_type: str
    predicate: msgspec.Raw


def _subjects(assessment: Assessment, site: str) -> tuple[_Subject, ...]:
    url = _issue_url(assessment, site)
    issue = _Subject(name=url, digest={"sha256": hashlib.sha256(url.lower().encode()).hexdigest()})
    if assessment.commit is None:
        return (issue,)
    commit = _Subject(name=f"git+{site}/{assessment.repository}", digest={"gitCommit": assessment.commit})
    return (commit, issue)


def _issue_url(assessment: Assessment, site: str) -> str:
    return f"{site}{_issue_path(assessment)}"


def _issue_path(assessment: Assessment) -> str:
    return f"/{assessment.repository}/issues/{assessment.issue}"


def _site_of(read: _Statement, assessment: Assessment) -> str:
    """The site that the subjects name, if they are those of the assessment there; else raises `NotAStatement`."""
    path = _issue_path(assessment)
    sites = [subject.name.removesuffix(path) for subject in read.subject if subject.name.endswith(path)]
    if len(sites) != 1 or not _SITE.fullmatch(sites[0]):
        raise NotAStatement(f"Its predicate is about {assessment.repository}#{assessment.issue}, its subjects are not.")
    expected = _subjects(assessment, sites[0])
    for one in expected:
        if one not in read.subject:
            raise NotAStatement(f"No subject of it is {one.name} with {_digest(one)}, which its predicate is about.")
    for one in read.subject:
        if one not in expected:
            raise NotAStatement(f"Its subject {one.name[:200]} is nothing that its predicate is about.")
    return sites[0]


def _digest(subject: _Subject) -> str:
    return ", ".join(f"{algorithm} {value}" for algorithm, value in subject.digest.items())
