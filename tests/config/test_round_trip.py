"""Two thousand policies, sound and damaged: what reads them and their JSON Schema say the same."""

import io
import json
import re
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from rich.console import Console

from bot.cli.policies import Asked, Form, run_check
from bot.config.load import Broken, Loaded, load
from bot.probes.strict_yaml import parse, plain
from tests.config.writing import SCHEMA, damaged, policies, written

ONLY_WHEN_READ = {
    "what a text means: a schema knows its form, not whether it can be asked": (
        r"the (URL|host|header|value of) |the URL's|square brackets|this address is never asked|an address has no"
        r"|is no header name|is no IPv|a host name or an address is needed|a path (cannot leave|begins at)"
        r"|no path in a repo|is git's own|by its name: say which|RE2 pattern|a pattern |matches within a line"
        r"|the pattern is too complex|exactly one group|counted repeats|cannot read |`at` may hold one|the query is"
        r"|a query begins with|which lines of these streams|captured (already|by no earlier)|holds captured values"
        r"|that Windows keeps|with number and title in it"
        r"|is sent to the origin|behind `~`|write `true` for any|content type of a body"
    ),
    "what several keys say together: one of them, not both, not one without another": (
        r"^(ask|name|say|write) |choose one|say one of them|go(es)? with |go together|exclude each other|needs? `"
        r"|needs events|are about the value|asks nothing without|say where `number`|starts a run at the head"
        r"|has no body|only POST|cannot be absent then|wanted and absent|says nothing: give"
        r"|must end with `\.(xml|md)`|must be another path than that"
    ),
    "how two values of the file stand to each other": (
        r"is greater than|is longer than what|s is the most|overlap"
        r"|must name each moment once|must be in the order of time"
        r"|is given to two criteria"
        r"|more than [0-9]+ KiB|a body may have"
    ),
    "whose file it is: one schema serves repositories and organisations": r"is for the organisation's policy",
    "10.0 is a whole number to JSON Schema, and none to a reader of the text": r"must be a whole number$",
}
"""Why a policy that the schema takes may be refused -> the words of the faults. Nothing else may be."""


def _as_in_javascript(validator, pattern, instance, schema):
    """`$` is the end in ECMA 262, which JSON Schema goes by; Python's also stands before a last line break."""
    del validator, schema
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


VALIDATOR = extend(Draft202012Validator, {"pattern": _as_in_javascript})(SCHEMA)


@settings(max_examples=2_000, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(policies(), st.integers(0, 1 << 32))
def test_both_say_the_same(policy, seed):
    """What is taken is valid, what is invalid is refused, and what only a reader can refuse is listed here."""
    random = Random(seed)
    policy = damaged(policy, random) if random.random() < 0.4 else policy
    first, second = (written(policy, random).lstrip("\n") for _ in range(2))
    assert plain(parse(first)) == policy
    found, again = (load(text, path="p", source="s") for text in (first, second))
    valid = VALIDATOR.is_valid(policy)
    assert valid or found.faults
    if valid:
        assert [
            fault.text for fault in found.faults if not re.search("|".join(ONLY_WHEN_READ.values()), fault.text)
        ] == []
    _check_the_same(found, again)
    _check_the_command(first, found)


def _check_the_same(found: Loaded | Broken, again: Loaded | Broken) -> None:
    """However it is written, it is the same policy, or has as many faults."""
    assert type(found) is type(again)
    if isinstance(found, Loaded) and not found.faults:
        assert found.policy.digest == again.policy.digest
    assert {fault.text for fault in found.faults} == {fault.text for fault in again.faults}


def _check_the_command(text: str, found: Loaded | Broken) -> None:
    """`check-policy --json` tells of every fault, whatever it is."""
    out = io.StringIO()
    code = run_check(Asked(files=("-",), form=Form.JSON), io.BytesIO(text.encode()), Console(file=out))
    [file] = json.loads(out.getvalue())["files"]
    assert (code, len(file["faults"])) == (1 if found.faults else 0, len(found.faults))
