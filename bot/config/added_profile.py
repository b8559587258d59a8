"""A new profile in a policy's text: what people wrote stays as it is, letter by letter; lines are only added. Pure.

Rules:
1. It is the last of the file's profiles, so that none before it is chosen less often.
2. Lines are added where the layout is plain: below the profiles that stand in lines of their own, or at the end. Else
   there is no place.
3. Whether it went well is asked of the reader of policies: everything else must be as it was, and the profile as meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.config.known_criteria import Known
from bot.config.load import Broken, Loaded, digested
from bot.config.profiles import When
from bot.config.schema import VERSION
from bot.config.spelling import block, flow, indented, listed, scalar
from bot.probes.strict_yaml import MapNode, Plain, YamlRefused, parse

_PROFILES = "profiles"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProfile:
    """A profile to be added. Without `when` it is there for those who ask for it."""

    name: str
    criteria: tuple[Known, ...]
    when: When | None = None


def spelled(profile: NewProfile) -> list[str]:
    """The profile in lines, as it stands below `profiles:`."""
    lines = [f"{scalar(profile.name)}:"]
    if profile.when is not None:
        lines += indented([f"when: {flow(_said(profile.when))}"])
    lines += indented(["criteria:", *indented(listed([dict(one.said) for one in profile.criteria]))])
    return lines


def with_profile(text: str | None, profile: NewProfile) -> str | None:
    """The policy's text with it; a whole new one where there is none (None). None: there is no place for it."""
    lines = spelled(profile)
    below = [f"{_PROFILES}:", *indented(lines)]
    if text is None:
        return "".join(f"{one}\n" for one in (*block({"version": VERSION}), *below))
    try:
        root = parse(text)
    except YamlRefused:
        return None
    if not isinstance(root, MapNode) or not _in_lines(root):
        return None
    there, node = text.splitlines(keepends=True), root.get(_PROFILES)
    if node is None:
        blank = [""] if there[-1].strip() else []
        return _inserted(there, len(there), [*blank, *indented(below, root.place.column - 1)])
    if not isinstance(node, MapNode) or not _in_lines(node):
        return None
    pad = node.place.column - 1
    return _inserted(there, _end(there, _limit(root, len(there)), pad), indented(lines, pad))


def is_only_added(before: Loaded, after: Loaded | Broken, profile: NewProfile) -> bool:
    """Is the policy as it was but for the profile, and the profile as it is meant?"""
    if isinstance(after, Broken):
        return False
    added = after.profile(profile.name)
    others = tuple(one for one in after.profiles if one.name != profile.name)
    if added is None or digested(replace(after, profiles=others)).policy.digest != before.policy.digest:
        return False
    if (after.left_out, after.hands_on_acting) != (before.left_out, before.hands_on_acting):
        return False
    meant = tuple(one.question for one in profile.criteria)
    return (added.when, added.questions, added.faulty) == (profile.when, meant, ())


def _said(when: When) -> Plain:
    parts = {"labels": when.labels, "type": when.types, "title": when.titles}
    return {key: list(names) for key, names in parts.items() if names}


def _in_lines(node: MapNode) -> bool:
    """Does it stand in lines of its own? A mapping in braces begins before its first key."""
    return bool(node.entries) and node.entries[0].place == node.place


def _limit(root: MapNode, lines: int) -> int:
    """Before which line the profiles end: the next key's, or the end of the text."""
    keys = [entry.key for entry in root.entries]
    following = root.entries[keys.index(_PROFILES) + 1 :]
    return following[0].place.line - 1 if following else lines


def _end(lines: Sequence[str], limit: int, pad: int) -> int:
    """Behind the last line that belongs to the profiles: what is said further out, of what follows, does not."""
    at = limit
    while at > 0 and _is_between(lines[at - 1], pad):
        at -= 1
    return at


def _is_between(line: str, pad: int) -> bool:
    bare = line.lstrip(" ")
    return not bare.strip() or (bare.startswith("#") and len(line) - len(bare) < pad)


def _inserted(lines: list[str], at: int, new: Sequence[str]) -> str:
    """The text with new lines before this one, in its own kind of line ends."""
    end = "\r\n" if any(one.endswith("\r\n") for one in lines) else "\n"
    before = "".join(lines[:at])
    gap = "" if not before or before.endswith(("\n", "\r")) else end
    return "".join((before, gap, *(f"{one}{end}" if one.strip() else end for one in new), *lines[at:]))
