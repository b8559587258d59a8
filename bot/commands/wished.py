"""What a policy wants done once an issue is closed. Pure."""

from bot.assessment.policy import Mode
from bot.commands.measure import Prepared
from bot.commands.request import Watchable, Wishes
from bot.commands.watchable import watchable_of


def wishes_of(prepared: Prepared) -> Wishes:
    """The wishes of the policy that was prepared for, with what can be watched here."""
    policy = prepared.policy
    return Wishes(
        acts=policy.mode is Mode.ACT,
        follow_ups=policy.follow_ups,
        record=policy.record,
        cross_reference=policy.cross_reference,
        watch=watchable_of(prepared) if policy.watch else Watchable(),
    )
