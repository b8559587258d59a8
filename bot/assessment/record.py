"""The record of a closure: a learning document, and a resolution summary, as files of the repository.

All that they say comes from the assessment document; the same document makes the same files. Texts of others cannot
break out of XML or Markdown, and a title cannot lead a path out of where the policy wants it. `documents` raises
`UnsafePath` where the policy's templates are not sound: reading the policy finds that first, with its line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bot.assessment.document import Assessment
from bot.assessment.policy import RecordFormat, RecordPolicy
from bot.assessment.record_lesson import VERDICTS
from bot.assessment.record_markdown import learning_markdown, summary_markdown
from bot.assessment.record_paths import UnsafePath, learning_template, record_path
from bot.assessment.record_room import LADDER, LIMIT, Room
from bot.assessment.record_xml import learning_xml
from bot.assessment.report_page import Page

_LEARNING: dict[RecordFormat, Callable[[Page, Room], str]] = {
    RecordFormat.XML: learning_xml,
    RecordFormat.MARKDOWN: learning_markdown,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFile:
    """One file. `path` is the repository's, with `/` between its parts; `content` ends with a newline."""

    path: str
    content: str


def documents(assessment: Assessment, policy: RecordPolicy) -> tuple[RecordFile, ...]:
    """The learning document and the summary, at most 200 kB each. Raises `UnsafePath`.

    They stand in a repository for ever and for all: so they have no link to the evidence, which is signed and ends.
    """
    page = Page(assessment=assessment)
    number, title = assessment.issue, assessment.state.title
    learning = record_path(learning_template(policy), policy.format, number=number, title=title)
    summary = record_path(policy.summary, RecordFormat.MARKDOWN, number=number, title=title)
    if learning.lower() == summary.lower():
        raise UnsafePath(f"The learning document and the summary cannot both stand at {learning!r}.")
    return (
        RecordFile(path=learning, content=_fitted(_LEARNING[policy.format], page)),
        RecordFile(path=summary, content=_fitted(partial(summary_markdown, learning=learning), page)),
    )


def headline(assessment: Assessment) -> str:
    """The subject of the commit that writes them: nobody's words but ours, and no reference that would act."""
    return f"Record of issue {assessment.issue} ({VERDICTS[assessment.verdict.kind]})"


def _fitted(render: Callable[[Page, Room], str], page: Page) -> str:
    """The document with as much detail as there is room for."""
    *larger, least = LADDER
    for room in larger:
        text = render(page, room)
        if len(text.encode()) <= LIMIT:
            return text
    return render(page, least)
