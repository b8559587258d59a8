"""What starts a workflow by hand: the `workflow_dispatch` trigger of its file, with the inputs that it declares.

Source: https://docs.github.com/actions/using-workflows/workflow-syntax-for-github-actions#onworkflow_dispatch
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from bot.simulator.refusals import unprocessable

INPUT_LIMIT = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Which inputs a dispatch may give, and which it must."""

    inputs: frozenset[str]
    required: frozenset[str]


def trigger_of(text: str) -> Trigger | None:
    """The trigger by hand in a workflow file; None where there is none or the file is broken."""
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    # YAML 1.1 reads the key `on` as true.
    events = (document.get("on", document.get(True)) if isinstance(document, Mapping) else None) or {}
    if "workflow_dispatch" not in ([events] if isinstance(events, str) else events):
        return None
    found = events.get("workflow_dispatch") if isinstance(events, Mapping) else None
    inputs = (found.get("inputs") if isinstance(found, Mapping) else None) or {}
    required = (
        name
        for name, each in inputs.items()
        if isinstance(each, Mapping) and each.get("required") is True and "default" not in each
    )
    return Trigger(inputs=frozenset(map(str, inputs)), required=frozenset(map(str, required)))


def check_inputs(trigger: Trigger, given: Mapping[str, object]) -> None:
    """Raise the refusal that GitHub gives for inputs that do not fit."""
    if len(given) > INPUT_LIMIT:
        raise unprocessable(f"you may only define up to {INPUT_LIMIT} `inputs` for a `workflow_dispatch` event")
    if unknown := [name for name in given if name not in trigger.inputs]:
        raise unprocessable(f"Unexpected inputs provided: {json.dumps(unknown)}")
    if missing := sorted(trigger.required - given.keys()):
        raise unprocessable(f"Required input '{missing[0]}' not provided")
