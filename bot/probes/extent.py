"""How much pull requests change: commits, files, and the markers of breaking changes. Pure.

A marker is written into a commit's message or the title (https://www.conventionalcommits.org): the footer
`BREAKING CHANGE:`, or `!` after the type. Bodies of pull requests are not read: their templates name it in vain.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.assessment.evidence import Measure
from bot.assessment.wording import count
from bot.github.models import Pull

_BREAKING = re.compile(r"(?m)^(?:BREAKING[ -]CHANGE:.*|[a-z]+(?:\([^)\n]{1,40}\))?!:.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What pull requests amount to together. `breaking` are the markers as written.

    `complete` is False where GitHub showed only the first 100 commits of one: markers may be missing then.
    """

    commits: int
    files: int
    breaking: tuple[str, ...]
    complete: bool

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The numbers."""
        return (
            Measure(name="commits", value=self.commits, unit="commits"),
            Measure(name="files", value=self.files, unit="files"),
            Measure(name="breaking", value=len(self.breaking), unit="markers"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is asked of the extent. None asks nothing; `breaking`: must it be marked as breaking, or must it not?"""

    most_files: int | None = None
    most_commits: int | None = None
    breaking: bool | None = None

    @property
    def words(self) -> str:
        """What is asked, in words: "at most 30 files, no breaking change"; empty where nothing is."""
        said = [f"at most {count(self.most_files, 'file')}"] if self.most_files is not None else []
        said += [f"at most {count(self.most_commits, 'commit')}"] if self.most_commits is not None else []
        if self.breaking is not None:
            said.append("marked as a breaking change" if self.breaking else "no breaking change")
        return ", ".join(said)


def extent_of(pulls: Iterable[Pull]) -> Extent:
    """What pull requests amount to together; a file that two of them change counts twice."""
    every = tuple(pulls)
    return Extent(
        commits=sum(pull.commit_count for pull in every),
        files=sum(pull.changed_files for pull in every),
        breaking=breaking_in(text for pull in every for text in (pull.title, *pull.commit_messages)),
        complete=all(len(pull.commit_messages) == pull.commit_count for pull in every),
    )


def breaking_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The markers of breaking changes in titles and commits' messages, as written, each once."""
    return tuple(dict.fromkeys(match.group().strip() for text in texts for match in _BREAKING.finditer(text)))


def exceeded(extent: Extent, bounds: Bounds) -> str | None:
    """Why the extent is not as asked, in words; None where it is, as far as can be seen."""
    faults: list[str] = []
    if bounds.most_files is not None and extent.files > bounds.most_files:
        faults.append(f"it changes {count(extent.files, 'file')}")
    if bounds.most_commits is not None and extent.commits > bounds.most_commits:
        faults.append(f"it has {count(extent.commits, 'commit')}")
    if bounds.breaking is False and extent.breaking:
        faults.append(f"it is marked as breaking: “{extent.breaking[0][:100]}”")
    if bounds.breaking is True and not extent.breaking:
        faults.append("nothing marks it as a breaking change")
    return "; ".join(faults) or None
