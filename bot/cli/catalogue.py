"""`probes`: the catalogue of questions, made from the probes themselves."""

from bot.probes.registry import CatalogueEntry, catalogue, describe

_HEAD = """\
# Probes

Every criterion of a policy asks one of these. A probe gathers evidence and never judges. This page is made by
`python -m bot probes`."""


def markdown() -> str:
    """The whole catalogue."""
    parts = [_HEAD, *(_entry(describe(probe)) for probe in catalogue())]
    return "\n\n".join(parts)


def _entry(entry: CatalogueEntry) -> str:
    lines = [f"## `{entry.kind}`", "", entry.question, "", "```yaml", entry.example.rstrip(), "```", ""]
    lines += ["| parameter | | default | |", "|-|-|-|-|"]
    lines += [
        f"| `{param.name}` | {_cell(param.type)} | {_default(param.default)} | {_cell(param.description)} |"
        for param in entry.params
    ]
    lines += ["", "| outcome | |", "|-|-|"]
    lines += [f"| {outcome} | {_cell(meaning)} |" for outcome, meaning in entry.outcomes]
    return "\n".join(lines)


def _default(text: str | None) -> str:
    return "required" if text is None else _cell(text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
