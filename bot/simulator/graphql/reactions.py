"""Resolvers of reactions: GraphQL names them by words, REST by signs."""

from bot.simulator.entities import Comment, Issue, Reaction
from bot.simulator.graphql.context import Arguments, Info, listed

REACTIONS = {
    "THUMBS_UP": "+1",
    "THUMBS_DOWN": "-1",
    "LAUGH": "laugh",
    "HOORAY": "hooray",
    "CONFUSED": "confused",
    "HEART": "heart",
    "ROCKET": "rocket",
    "EYES": "eyes",
}
_WORDS = {content: word for word, content in REACTIONS.items()}


def subject_reactions(
    subject: Issue | Comment, info: Info, content: str | None = None, **arguments: object
) -> Arguments:
    """The reactions."""
    found = [each for each in subject.reactions if content in (None, _WORDS[each.content])]
    shaped = listed(info, found, arguments)
    mine = any(each.author is info.context.actor.account for each in found)
    return shaped | {"viewerHasReacted": mine}


def subject_reaction_groups(subject: Issue | Comment, info: Info) -> list[Arguments]:
    """The reactions by content."""
    groups: list[Arguments] = []
    for word, content in REACTIONS.items():
        found = [each for each in subject.reactions if each.content == content]
        groups.append(
            {
                "content": word,
                "createdAt": found[0].created_at if found else None,
                "subject": subject,
                "reactors": {"totalCount": len(found)},
                "viewerHasReacted": any(each.author is info.context.actor.account for each in found),
            }
        )
    return groups


def group_reactors(group: Arguments, _: Info, **_more: object) -> object:
    """How many reacted so."""
    return group["reactors"]


def _reaction_word(reaction: Reaction, _: Info) -> str:
    return _WORDS[reaction.content]


RESOLVERS: dict[str, dict[str, object]] = {
    "Reaction": {
        "content": _reaction_word,
        "user": lambda reaction, _info: None if reaction.author.login.endswith("[bot]") else reaction.author,
    },
    "ReactionGroup": {"reactors": group_reactors},
}
