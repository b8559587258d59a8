"""Search over issues: qualifiers ``repo:``, ``is:``, ``state:``, ``label:``, ``author:`` and words.

Source: https://docs.github.com/rest/search/search#search-issues-and-pull-requests
"""

from bot.simulator.auth import allowed
from bot.simulator.entities import Issue
from bot.simulator.refusals import invalid
from bot.simulator.rest.call import Answer, Call, Operation, cut
from bot.simulator.shapes.issues import issue as shape


async def search_issues(call: Call) -> Answer:
    """The issues and pull requests that fit, newest first."""
    asked = call.query.get("q", "")
    if not asked.strip():
        raise invalid("Search", "q", "missing")
    terms = asked.split()
    found = [
        one
        for one in sorted(call.world.issues(), key=lambda each: each.id, reverse=True)
        if not one.deleted
        and allowed(call.world, call.actor, one.repository, "issues:read")
        and all(_fits(one, term) for term in terms)
    ]
    page, headers = cut(call, found)
    items = [shape(call.world, one) | {"score": 1.0} for one in page]
    body = {"total_count": len(found), "incomplete_results": False, "search_type": "lexical", "items": items}
    return Answer(body=body, headers=headers)


def _fits(one: Issue, term: str) -> bool:
    key, colon, value = term.lower().partition(":")
    value = value.strip('"')
    match key if colon else "":
        case "repo":
            return one.repository.full_name.lower() == value
        case "is" | "type" | "state":
            return value in (one.state, "pr" if one.pull else "issue", "merged" if _merged(one) else "")
        case "label":
            return value in [name.lower() for name in one.label_names()]
        case "author":
            return one.author.login.lower() == value
        case _:
            return term.lower() in f"{one.title}\n{one.body}".lower()


def _merged(one: Issue) -> bool:
    return one.pull is not None and one.pull.merged


OPERATIONS = (Operation(method="GET", path="/search/issues", handler=search_issues),)
