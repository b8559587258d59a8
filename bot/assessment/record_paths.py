"""Where records stand in a repository: templates with `{number}` and `{slug}`, and what they may come to.

Rules:
1. A path is relative, of plain letters, digits, `.`, `_`, `-` and `/`; no part is empty, begins with a dot or a dash,
   ends with a dot, or is a name that Windows keeps for a device. So it leads neither out of the repository nor into
   `.git` or `.github`, and every clone can check it out.
2. It ends with its format's ending, and the issue's number is in the file's name: so every issue has a file of its own,
   and none has a name by which a tool knows a file of its own (`pom.xml`, `README.md`).
3. A title only ever adds the letters and digits that a slug has.
"""

import re
import unicodedata
from typing import Final

from bot.assessment.markdown import line
from bot.assessment.policy import LEARNING, RecordFormat, RecordPolicy

ENDINGS: Final = {RecordFormat.XML: ".xml", RecordFormat.MARKDOWN: ".md"}
_NUMBER, _SLUG = "{number}", "{slug}"
_SLUG_LIMIT = 48
_UNTITLED = "untitled"
_PART = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_PART_LIMIT, _PATH_LIMIT = 120, 240
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_LONGEST_NUMBER = 9_999_999_999


class UnsafePath(ValueError):
    """A template that no record may be written by; the message says why, as a sentence."""


def slug(title: str) -> str:
    """A title's words as a part of a file's name: `a_z_0_9`, never empty, always the same for the same title."""
    plain = unicodedata.normalize("NFKD", line(title, 1000)).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    made = "_".join(words)
    if len(made) > _SLUG_LIMIT:
        made = made[: _SLUG_LIMIT + 1].rpartition("_")[0] or made[:_SLUG_LIMIT]
    if not made:
        return _UNTITLED
    return f"{made}_{_UNTITLED}" if _DEVICE.fullmatch(made) else made


def learning_template(policy: RecordPolicy) -> str:
    """The learning document's template: the usual one has the ending of the format."""
    return usual(policy.format) if policy.learning == LEARNING else policy.learning


def usual(form: RecordFormat) -> str:
    """Where learning documents of a format stand if nobody says otherwise."""
    return LEARNING.removesuffix(ENDINGS[RecordFormat.XML]) + ENDINGS[form]


def template_trouble(template: str, form: RecordFormat) -> str | None:
    """What a template must be and is not, as the end of a sentence (`must …`); None where it is sound for any issue."""
    bare = template.replace(_NUMBER, "").replace(_SLUG, "")
    if "{" in bare or "}" in bare:
        return "must have no braces but those of `{number}` and `{slug}`"
    trouble = _path_trouble(_fill(template, _LONGEST_NUMBER, "a" * _SLUG_LIMIT), form)
    if trouble is None and _NUMBER not in template.rpartition("/")[2]:
        return "must have `{number}` in the file's name: every issue needs a file of its own"
    return trouble


def record_path(template: str, form: RecordFormat, *, number: int, title: str) -> str:
    """The path of one issue's record. Raises `UnsafePath`."""
    path = _fill(template, number, slug(title))
    trouble = template_trouble(template, form) or _path_trouble(path, form)
    if trouble is not None:
        raise UnsafePath(f"The path {template[:200]!r} {trouble}.")
    return path


def _fill(template: str, number: int, words: str) -> str:
    return template.replace(_NUMBER, str(number)).replace(_SLUG, words)


def _path_trouble(path: str, form: RecordFormat) -> str | None:
    parts = path.split("/")
    if not all(_PART.fullmatch(part) for part in parts):
        return (
            "must be a path in the repository: folders and a file of letters, digits, `.`, `_` and `-`, none of them"
            " hidden"
        )
    if not path.endswith(ENDINGS[form]):
        return f"must end with `{ENDINGS[form]}`, as {_FORMS[form]} does"
    if any(_DEVICE.fullmatch(part) for part in parts):
        return "must have no name in it that Windows keeps for a device, such as `con` or `nul`"
    if len(path) > _PATH_LIMIT or any(len(part) > _PART_LIMIT for part in parts):
        return f"must be shorter: with number and title in it {_PATH_LIMIT} characters at most, {_PART_LIMIT} a name"
    return None


_FORMS: Final = {RecordFormat.XML: "XML", RecordFormat.MARKDOWN: "Markdown"}
