"""Criteria for one issue: a block of YAML in, questions out, or every fault with its place in the block.

It is written as in the policy file: a bare list of criteria, or a mapping whose one key is `criteria`. Whatever else a
policy decides is decided in its file.
"""

from dataclasses import replace

from bot.assessment.refusals import Fault
from bot.config.criteria import Read, read_criteria
from bot.config.faults import fault_at, in_order, unknown_key
from bot.config.opening import read_yaml, version_fault
from bot.config.schema import PolicySection
from bot.probes.registry import by_kind
from bot.probes.strict_yaml import Entry, ListNode, MapNode, Node, ScalarNode

MOST = 20
"""So many criteria one issue may have of its own."""
_ALONE = "only `criteria` may stand here; the rest belongs into .github/resolution.yml"
_KEYS = frozenset({"version", "criteria"})
_OF_A_POLICY = frozenset({*PolicySection.model_fields, "profiles"})


def read_block(text: str, *, path: str, taken: frozenset[str] = frozenset(), room: int = MOST) -> Read:
    """What a block asks. `path` names it in faults, `taken` are ids that others have, `room` is how many it may ask."""
    root = read_yaml(text, path=path)
    match root:
        case Fault():
            return Read(faults=(root,))
        case MapNode():
            return _read_mapping(root, path, taken, room)
        case ListNode():
            return _read_list(root, path, taken, room)
        case ScalarNode():
            what = "is empty" if root.value is None else "is neither"
            text = f"the block {what}: write a list of criteria, or a mapping with `criteria:`"
            return Read(faults=(fault_at(path, root.place, text),))


def _read_mapping(root: MapNode, path: str, taken: frozenset[str], room: int) -> Read:
    faults = [_stray(entry, path) for entry in root.entries if entry.key not in _KEYS]
    version = root.get("version")
    unknown = None if version is None else version_fault(version, path, "policy")
    faults += (unknown,) if unknown is not None else ()
    criteria = root.get("criteria")
    if criteria is None:
        missing = () if faults else (fault_at(path, root.place, "'criteria' is missing"),)
        return Read(faults=(*in_order(faults), *missing))
    read = _read_list(criteria, path, taken, room)
    return replace(read, faults=in_order((*faults, *read.faults)))


def _stray(entry: Entry, path: str) -> Fault:
    if entry.key in _OF_A_POLICY:
        return fault_at(path, entry.place, _ALONE)
    if entry.key in by_kind():
        return fault_at(path, entry.place, f"a criterion stands in a list: begin the line with `- {entry.key}:`")
    return unknown_key(path, entry.place, entry.key, ("criteria",))


def _read_list(node: Node, path: str, taken: frozenset[str], room: int) -> Read:
    if isinstance(node, ListNode) and not node.items:
        return Read(faults=(fault_at(path, node.place, "the list is empty: it asks nothing"),))
    if isinstance(node, ListNode) and len(node.items) > room:
        text = f"more than {MOST} criteria for one issue: what asks more belongs into .github/resolution.yml"
        return Read(faults=(fault_at(path, node.items[room].place, text),))
    return read_criteria(node, path, by_kind(), taken=taken)


def faults_of_block(read: Read) -> tuple[Fault, ...]:
    """Everything that is wrong with a block, in the order of its text."""
    return in_order((*read.faults, *(fault for one in read.faulty for fault in one.faults)))
