"""Somebody says that it is fixed: whether his word counts here, by what the policy asks.

Rules:
1. The confirmation is its comment. Whoever waits for it was told when it came, and looks for himself whose word it is.
2. The table's right was asked before; a stronger role that the policy asks for is asked here. Where the policy cannot
   be read, or is broken, the receipt is given: whoever counts confirmations asks again.
"""

from bot.actions.trouble import answer_or_refusal
from bot.commands.case import Case
from bot.commands.denials import denial
from bot.commands.grammar import Confirm
from bot.commands.measure import rules_in
from bot.commands.replies import Reply
from bot.commands.telling import denied
from bot.config.load import Loaded
from bot.engine import Json
from bot.github.answers import Reaction
from bot.github.errors import GitHubError


async def confirm(case: Case, one: Confirm) -> Reply:
    """The receipt, which has no words, or why the word does not count."""
    refusal = await case.turn.step(case.step("counts"), lambda: _refusal(case, one))
    return Reply(text="", reaction=Reaction.THUMBS_UP) if refusal is None else await denied(case, str(refusal))


async def _refusal(case: Case, one: Confirm) -> Json:
    files = await answer_or_refusal(case.session.policies())
    if isinstance(files, GitHubError):
        return None
    rules = rules_in(files, name=case.request.place.name)
    if not isinstance(rules, Loaded):
        return None
    return denial(case.request, one, case.role, permissions=rules.policy.permissions)
