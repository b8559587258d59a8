"""How every file and block of ours begins: text that is YAML as we read it, and a version that we know."""

from bot.assessment.refusals import Fault
from bot.config.faults import fault_at
from bot.config.schema import VERSION
from bot.probes.strict_yaml import Node, ScalarNode, YamlRefused, parse


def read_yaml(text: str | bytes, *, path: str) -> Node | Fault:
    """What stands there, or why it is not read and what would do."""
    try:
        return parse(text)
    except YamlRefused as refused:
        hint = f": {refused.suggestion}" if refused.suggestion else ""
        return fault_at(path, refused.place, f"{refused}{hint}")


def version_fault(given: Node, path: str, what: str) -> Fault | None:
    """What is wrong with the value of `version`: it is one plain number. `what` is the kind of file in words."""
    if isinstance(given, ScalarNode) and given.text == str(VERSION) and given.value == VERSION:
        return None
    return fault_at(path, given.place, f"this version of the {what} is not known: only {VERSION} is")
