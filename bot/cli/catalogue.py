"""`probes` and `schema`: the catalogue of questions and the policy's JSON Schema, made from the types themselves."""

import json

from bot.assessment.watching import Subject
from bot.config.json_schema import policy_schema
from bot.probes.registry import CatalogueEntry, by_kind, catalogue, describe

_HEAD = """\
# Probes

Every criterion of a policy asks one of these. A probe gathers evidence and never judges. This page is made by
`python -m bot probes --markdown`; [policy.schema.json](policy.schema.json) says the same to editors."""


def markdown() -> str:
    """The whole catalogue."""
    entries = [describe(probe) for probe in catalogue()]
    index = " · ".join(f"[`{entry.kind}`](#{entry.kind})" for entry in entries)
    return "\n\n".join([_HEAD, index, *(_entry(entry) for entry in entries)])


def one(kind: str) -> str | None:
    """One probe's entry; None where there is no such probe."""
    probe = by_kind().get(kind)
    return None if probe is None else _entry(describe(probe))


def overview() -> str:
    """Every kind with its question, a line each."""
    width = max(len(probe.kind) for probe in catalogue())
    return "\n".join(f"{probe.kind:<{width}}  {probe.manual.question}" for probe in catalogue())


def schema() -> str:
    """The JSON Schema of a policy file."""
    return json.dumps(policy_schema(by_kind()), indent=2, ensure_ascii=False)


def _entry(entry: CatalogueEntry) -> str:
    lines = [f"## `{entry.kind}`", "", entry.question, "", "```yaml", entry.example.rstrip(), "```", ""]
    lines += ["| parameter | | default | |", "|-|-|-|-|"]
    lines += [
        f"| `{param.name}` | {_cell(param.type)} | {_default(param.default)} | {_cell(param.description)} |"
        for param in entry.params
    ]
    lines += ["", "| outcome | |", "|-|-|"]
    lines += [f"| {outcome} | {_cell(meaning)} |" for outcome, meaning in entry.outcomes]
    lines += ["", _AGAIN[entry.subject]]
    lines += ["", f"No answer is waited for longer than {entry.limit.total_seconds():g} s."]
    return "\n".join(lines)


_AGAIN = {
    Subject.SETTLED: "After a closing it is not asked again: what it tells of is settled.",
    Subject.BRANCH: "After a closing a `watch` asks it again, while the default branch contains the fix.",
    Subject.SERVICE: "After a closing a `watch` asks it again, while what is deployed contains the fix.",
    Subject.ITSELF: "After a closing a `watch` asks it again: that the fix is gone from there is what it finds.",
}


def _default(text: str | None) -> str:
    return "required" if text is None else _cell(text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
