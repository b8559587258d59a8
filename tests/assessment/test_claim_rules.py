"""Each rule of the claim table, on its own example and counter-example."""

from datetime import UTC, datetime

import pytest

from bot.assessment.claim_rules import RULES
from bot.assessment.claim_wording import Rule
from bot.assessment.claims import Extraction, extract
from bot.assessment.prose import read
from bot.assessment.statements import Statement, StatementSource
from bot.assessment.takebacks import TAKE_BACK_RULES, TakeBackRule, take_back


def said(text: str, source: StatementSource = StatementSource.COMMENT) -> Extraction:
    at = datetime(2025, 9, 1, tzinfo=UTC)
    statement = Statement(text=text, author="ann", url="https://x.test/1", where="ann", at=at, source=source)
    return extract([statement], repository="acme/shop")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_example_yields_its_claims(rule: Rule) -> None:
    """A rule finds in its example exactly what it says, and of its kind."""
    source = StatementSource.PULL if rule.only_in_pulls else StatementSource.COMMENT
    found = said(rule.example, source).claims
    assert list(rule.yields) == [claim.subject for claim in found if claim.kind is rule.kind]
    assert rule.id in {claim.rule for claim in found} or rule.yields == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_counter_example_yields_nothing(rule: Rule) -> None:
    """A rule's counter-example holds no claim of its kind."""
    assert [
        c
        for c in said(
            rule.counter_example, StatementSource.PULL if rule.only_in_pulls else StatementSource.COMMENT
        ).claims
        if c.kind is rule.kind
    ] == []


def test_rule_ids_are_unique() -> None:
    """Every rule can be told by its id."""
    ids = [rule.id for rule in RULES] + [rule.id for rule in TAKE_BACK_RULES]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rules_say_why(rule: Rule) -> None:
    """Every rule gives its reason."""
    assert len(rule.why) > 20


@pytest.mark.parametrize("rule", TAKE_BACK_RULES, ids=lambda rule: rule.id)
def test_take_back_example(rule: TakeBackRule) -> None:
    """A take-back rule finds its example, and nothing finds its counter-example."""
    (example,) = read(rule.example, repository="acme/shop").units
    assert rule.expression.search(example.shadow.text)
    assert take_back(example.shadow.text) is not None
    for unit in read(rule.counter_example, repository="acme/shop").units:
        assert take_back(unit.shadow.text) is None


def test_orders_claim_only_in_pull_requests() -> None:
    """ "Add `x.py`" in a comment is something to do."""
    assert said("- Add `src/tax.py`").claims == ()
    assert len(said("- Add `src/tax.py`", StatementSource.PULL).claims) == 1
