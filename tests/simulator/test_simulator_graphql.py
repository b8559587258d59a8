"""GraphQL: GitHub's schema executed, mutations in effect, pages, errors in GitHub's words."""

from base64 import b64encode
from pathlib import Path

import httpx
import pytest

from bot.simulator.testing import SimulatorHandle, running
from tests.simulator.projects import REPO, SLUG

HOME = 'repository(owner:"acme",name:"shop")'


async def ask(api: httpx.AsyncClient, query: str, **variables: object) -> dict[str, object]:
    """The decoded answer."""
    answer = await api.post("/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200
    return answer.json()


async def data(api: httpx.AsyncClient, query: str, **variables: object):
    """The data of an answer without errors."""
    answer = await ask(api, query, **variables)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


async def test_pages(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """Cursors lead through more than a hundred comments, forwards and backwards."""
    for number in range(1, 106):
        await sim.comment(REPO, 1, "ann", str(number))
    query = f"query($after:String){{{HOME}{{issue(number:1){{comments(first:100,after:$after){{totalCount"
    query += " pageInfo{hasNextPage endCursor} nodes{body}}}}}"
    first = (await data(api, query))["repository"]["issue"]["comments"]
    rest = (await data(api, query, after=first["pageInfo"]["endCursor"]))["repository"]["issue"]["comments"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], len(first["nodes"])) == (105, True, 100)
    assert [str(n) for n in range(101, 106)] == [each["body"] for each in rest["nodes"]]
    back = f"{{{HOME}{{issue(number:1){{comments(last:2){{pageInfo{{hasPreviousPage}} nodes{{body}}}}}}}}}}"
    last = (await data(api, back))["repository"]["issue"]["comments"]
    assert (last["pageInfo"]["hasPreviousPage"], [each["body"] for each in last["nodes"]]) == (True, ["104", "105"])


@pytest.mark.parametrize(
    ("selection", "kind"),
    [
        ("issue(number:1){comments{totalCount}}", "MISSING_PAGINATION_BOUNDARIES"),
        ("issue(number:1){comments(first:101){totalCount}}", "EXCESSIVE_PAGINATION"),
        ('issue(number:1){comments(first:1,after:"?"){totalCount}}', "INVALID_CURSOR_ARGUMENTS"),
        ("issue(number:99){title}", "NOT_FOUND"),
        ("issue(number:4){title}", "NOT_FOUND"),
        ("pullRequest(number:1){title}", "NOT_FOUND"),
    ],
)
async def test_errors_have_types(api: httpx.AsyncClient, selection: str, kind: str) -> None:
    """An error says its type and its path; HTTP stays 200."""
    answer = await ask(api, f"{{{HOME}{{{selection}}}}}")
    assert [kind] == [each["type"] for each in answer["errors"]]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("{", id="syntax"),
        pytest.param("{nothing}", id="unknown field"),
        pytest.param(f"{{{HOME}{{issue(number:1){{closed_at}}}}}}", id="unknown nested field"),
        pytest.param(f"query($n:Int!){{{HOME}{{issue(number:$n){{id}}}}}}", id="missing variable"),
    ],
)
async def test_bad_documents(api: httpx.AsyncClient, query: str) -> None:
    """What the schema does not allow gives errors and no data."""
    answer = await ask(api, query)
    assert answer["errors"]
    assert "data" not in answer


async def test_git_objects(api: httpx.AsyncClient) -> None:
    """Commits, trees, blobs and tags as the schema shows them."""
    query = f"""{{{HOME}{{
      head: object(expression:"HEAD"){{... on Commit{{oid messageHeadline parents(first:2){{totalCount}}
        history(first:1,path:"src/cart.py"){{totalCount nodes{{message additions deletions changedFilesIfAvailable}}}}
        associatedPullRequests(first:5){{nodes{{number}}}}
        file(path:"src/cart.py"){{type object{{... on Blob{{text}}}}}}}}}}
      tag: object(expression:"v1"){{__typename ... on Tag{{name message target{{__typename}}}}}}
      tree: object(expression:"HEAD:src"){{... on Tree{{entries{{name path type mode}}}}}}
      binary: object(expression:"HEAD:logo.bin"){{... on Blob{{isBinary text byteSize}}}}
      ref(qualifiedName:"main"){{compare(headRef:"side"){{status aheadBy behindBy}}}}}}}}"""
    found = (await data(api, query))["repository"]
    assert found["head"]["history"] == {
        "totalCount": 1,
        "nodes": [{"message": "Fix the cart, fixes #2", "additions": 1, "deletions": 0, "changedFilesIfAvailable": 1}],
    }
    assert found["head"]["associatedPullRequests"] == {"nodes": [{"number": 4}]}
    assert found["head"]["file"] == {"type": "blob", "object": {"text": "cart = []\n"}}
    assert found["tag"] == {"__typename": "Tag", "name": "v1", "message": "one", "target": {"__typename": "Commit"}}
    entry = {"name": "app.py", "path": "src/app.py", "type": "blob", "mode": 33188}
    assert found["tree"]["entries"][0] == entry
    assert found["binary"] == {"isBinary": True, "text": None, "byteSize": 3}
    assert found["ref"]["compare"] == {"status": "DIVERGED", "aheadBy": 1, "behindBy": 2}


async def test_authors(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """The author comes first, then the co-authors whom the end of the message names; not everybody has an account."""
    message = "Do it\n\nCo-authored-by: Rae <7+rae@users.noreply.github.com>\nCo-Authored-By: A Machine <a@b.example>"
    await sim.control("commit", repo=REPO, branch="pair", files={"a": "1"}, message=message, login="ann")
    query = f"""{{{HOME}{{object(expression:"pair"){{... on Commit{{
      authors(first:2){{totalCount nodes{{email user{{login}}}}}}}}}}}}}}"""
    found = (await data(api, query))["repository"]["object"]["authors"]
    assert found["totalCount"] == 3
    assert [one["user"] for one in found["nodes"]] == [{"login": "ann"}, {"login": "rae"}]


async def test_pull_requests(api: httpx.AsyncClient) -> None:
    """A pull request tells its size, its files, and what it closes."""
    query = f"""{{{HOME}{{pullRequest(number:4){{state merged additions changedFiles baseRefName
      commits(first:5){{totalCount nodes{{commit{{message}}}}}} files(first:5){{nodes{{path changeType}}}}
      closingIssuesReferences(first:5){{nodes{{number}}}}}}
      issue(number:2){{closedByPullRequestsReferences(first:5,includeClosedPrs:true){{nodes{{number}}}}}}}}}}"""
    found = (await data(api, query))["repository"]
    pull = found["pullRequest"]
    assert tuple(pull[k] for k in list(pull)[:5]) == ("MERGED", True, 1, 1, "main")
    assert pull["files"] == {"nodes": [{"path": "src/cart.py", "changeType": "ADDED"}]}
    assert pull["closingIssuesReferences"] == {"nodes": [{"number": 2}]}
    assert found["issue"]["closedByPullRequestsReferences"] == {"nodes": [{"number": 4}]}


ADD = """mutation($s:ID!){addComment(input:{subjectId:$s,body:"one"}){subject{... on Issue{number}}
  commentEdge{node{id databaseId viewerDidAuthor author{__typename login}}}}}"""
CHANGE = """mutation($c:ID!){
  addReaction(input:{subjectId:$c,content:ROCKET}){reaction{content} subject{... on IssueComment{issue{number}}}}
  updateIssueComment(input:{id:$c,body:"two"}){issueComment{body lastEditedAt}}
  minimizeComment(input:{subjectId:$c,classifier:OUTDATED}){minimizedComment{isMinimized minimizedReason}}}"""


async def added(api: httpx.AsyncClient):
    """A comment by the bot, as the mutation answers it."""
    node = (await api.get(f"{SLUG}/issues/1")).json()["node_id"]
    return (await data(api, ADD, s=node))["addComment"]["commentEdge"]["node"]


async def test_a_new_comment(api: httpx.AsyncClient) -> None:
    """The bot is the author, under its slug, and knows it."""
    comment = await added(api)
    assert (comment["author"], comment["viewerDidAuthor"]) == ({"__typename": "Bot", "login": "resolution"}, True)
    gone = "mutation($c:ID!){deleteIssueComment(input:{id:$c}){clientMutationId}}"
    await data(api, gone, c=comment["id"])
    assert (await api.get(f"{SLUG}/issues/1/comments")).json() == []


async def test_comment_mutations(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """React, change, hide: each is in effect."""
    comment = await added(api)
    done = await data(api, CHANGE, c=comment["id"])
    assert done["addReaction"] == {"reaction": {"content": "ROCKET"}, "subject": {"issue": {"number": 1}}}
    assert done["minimizeComment"]["minimizedComment"] == {"isMinimized": True, "minimizedReason": "outdated"}
    state = (await sim.state())["repositories"][0]["issues"][0]["comments"][0]
    reactions = [{"author": "resolution[bot]", "content": "rocket"}]
    assert ("two", True, reactions) == (state["body"], state["minimized"], state["reactions"])


async def test_issue_mutations(api: httpx.AsyncClient) -> None:
    """Label, close, reopen; a new issue below another in one go."""
    one = (await api.get(f"{SLUG}/issues/1")).json()["node_id"]
    label = (await api.post(f"{SLUG}/labels", json={"name": "done"})).json()["node_id"]
    home = (await data(api, f"{{{HOME}{{id}}}}"))["repository"]["id"]
    made = await data(
        api,
        """mutation($i:ID!,$l:[ID!]!,$r:ID!){
          addLabelsToLabelable(input:{labelableId:$i,labelIds:$l}){labelable{labels(first:5){nodes{name}}}}
          removeLabelsFromLabelable(input:{labelableId:$i,labelIds:$l}){clientMutationId}
          closeIssue(input:{issueId:$i,stateReason:NOT_PLANNED}){issue{state stateReason}}
          reopenIssue(input:{issueId:$i}){issue{state stateReason}}
          createIssue(input:{repositoryId:$r,title:"child",parentIssueId:$i}){issue{number parent{number}}}}""",
        i=one,
        l=[label],
        r=home,
    )
    assert made["addLabelsToLabelable"]["labelable"]["labels"]["nodes"] == [{"name": "bug"}, {"name": "done"}]
    assert made["closeIssue"]["issue"] == {"state": "CLOSED", "stateReason": "NOT_PLANNED"}
    assert made["reopenIssue"]["issue"] == {"state": "OPEN", "stateReason": "REOPENED"}
    assert made["createIssue"]["issue"] == {"number": 7, "parent": {"number": 1}}


async def test_commits(api: httpx.AsyncClient) -> None:
    """Several files as one commit; a head that has moved is STALE_DATA and changes nothing."""
    query = """mutation($h:GitObjectID!,$a:[FileAddition!]!){createCommitOnBranch(input:{
      branch:{repositoryNameWithOwner:"acme/shop",branchName:"main"}, expectedHeadOid:$h,
      message:{headline:"Learn",body:"more"}, fileChanges:{additions:$a,deletions:[{path:"README.md"}]}})
      {commit{oid message author{name}} ref{name}}}"""
    head = (await api.get(f"{SLUG}/git/ref/heads/main")).json()["object"]["sha"]
    files = [{"path": "docs/l.md", "contents": b64encode(b"text").decode()}]
    made = (await data(api, query, h=head, a=files))["createCommitOnBranch"]
    assert (
        made["commit"]["message"],
        made["commit"]["author"]["name"],
        made["ref"]["name"],
    ) == ("Learn\n\nmore", "resolution[bot]", "main")
    assert (await api.get(f"{SLUG}/contents/README.md")).status_code == 404
    stale = await ask(api, query, h=head, a=files)
    assert (stale["data"]["createCommitOnBranch"], stale["errors"][0]["type"]) == (None, "STALE_DATA")


async def test_nodes(api: httpx.AsyncClient) -> None:
    """Whatever has a node id is found by it: issues, comments, commits, refs."""
    ids = await data(api, f'{{{HOME}{{id issue(number:1){{id}} ref(qualifiedName:"main"){{id target{{id}}}}}}}}')
    home = ids["repository"]
    wanted = [home["id"], home["issue"]["id"], home["ref"]["id"], home["ref"]["target"]["id"]]
    found = await data(api, "query($i:[ID!]!){nodes(ids:$i){__typename id}}", i=wanted)
    assert [each["__typename"] for each in found["nodes"]] == ["Repository", "Issue", "Ref", "Commit"]
    assert wanted == [each["id"] for each in found["nodes"]]


async def test_refusals_in_mutations(sim: SimulatorHandle) -> None:
    """A mutation without the right is null with FORBIDDEN; a locked issue refuses comments."""
    query = 'mutation($s:ID!){addComment(input:{subjectId:$s,body:"x"}){clientMutationId}}'
    async with sim.api(sim.token(REPO, issues="read")) as api:
        node = (await api.get(f"{SLUG}/issues/1")).json()["node_id"]
        answer = await ask(api, query, s=node)
        assert (answer["data"]["addComment"], answer["errors"][0]["type"]) == (None, "FORBIDDEN")
    await sim.control("lock", issue=1)
    async with sim.api(sim.token(REPO)) as api:
        answer = await ask(api, query, s=node)
        assert "locked" in answer["errors"][0]["message"]


async def test_it_needs_a_token(sim: SimulatorHandle) -> None:
    """GraphQL is for nobody who does not say who he is."""
    answer = await sim.client.post("/graphql", json={"query": "{viewer{login}}"})
    assert answer.status_code == 401


async def test_releases(project: Path) -> None:
    """A tag alone is no release; the latest is neither draft nor pre-release."""
    listed = [{"tag": "v1", "created_at": "2026-01-01T00:00:00Z"}, {"tag": "v2", "prerelease": True}]
    home = {"full_name": REPO, "git": str(project), "releases": listed}
    query = (
        f"{{{HOME}{{latestRelease{{tagName isLatest tagCommit{{messageHeadline}}}} releases(first:5){{totalCount}}}}}}"
    )
    async with running({"repositories": [home]}) as sim, sim.api(sim.token(REPO)) as api:
        found = (await data(api, query))["repository"]
    latest = {"tagName": "v1", "isLatest": True, "tagCommit": {"messageHeadline": "Second"}}
    assert found == {"latestRelease": latest, "releases": {"totalCount": 2}}


async def test_tags_by_date(api: httpx.AsyncClient, sim: SimulatorHandle) -> None:
    """The date is the commit's, also behind an annotated tag; branches have theirs, too."""
    made = "mutation($i:CreateRefInput!){createRef(input:$i){clientMutationId}}"
    head = (await api.get(f"{SLUG}/git/ref/heads/main")).json()["object"]["sha"]
    home = (await data(api, f"{{{HOME}{{id}}}}"))["repository"]["id"]
    await data(api, made, i={"repositoryId": home, "name": "refs/tags/a", "oid": head})
    asked = 'refs(refPrefix:"refs/tags/",first:5,orderBy:{{field:TAG_COMMIT_DATE,direction:{way}}}){{nodes{{name}}}}'
    for way, names in {"DESC": ["a", "v1"], "ASC": ["v1", "a"]}.items():
        found = (await data(api, f"{{{HOME}{{{asked.format(way=way)}}}}}"))["repository"]["refs"]["nodes"]
        assert [each["name"] for each in found] == names


@pytest.mark.parametrize("order", ["UPDATED_AT", "CREATED_AT"])
async def test_issues_in_order(sim: SimulatorHandle, api: httpx.AsyncClient, order: str) -> None:
    """By the last change or by their beginning; `since` leaves out what was not touched."""
    arguments = f"first:50,orderBy:{{field:{order},direction:DESC}}"
    moments = "nodes{createdAt updatedAt}"
    key = "updatedAt" if order == "UPDATED_AT" else "createdAt"
    await sim.comment(REPO, 1, "ann", "touched")
    every = (await data(api, f"{{{HOME}{{issues({arguments}){{{moments}}}}}}}"))["repository"]["issues"]["nodes"]
    found = [one[key] for one in every]
    assert (len(found) > 1, found) == (True, sorted(found, reverse=True))
    since = max(one["updatedAt"] for one in every)
    query = f'{{{HOME}{{issues({arguments},filterBy:{{since:"{since}"}}){{totalCount}}}}}}'
    assert (await data(api, query))["repository"]["issues"]["totalCount"] == 1


async def test_commits_on_a_protected_branch(sim: SimulatorHandle, api: httpx.AsyncClient) -> None:
    """Refused, and nothing is committed; other branches are open."""
    home = sim.world.repository("acme/shop")
    assert home is not None
    home.protected.add("main")
    query = """mutation($h:GitObjectID!,$b:String!){createCommitOnBranch(input:{
      branch:{repositoryNameWithOwner:"acme/shop",branchName:$b}, expectedHeadOid:$h,
      message:{headline:"Learn"}, fileChanges:{additions:[{path:"l.md",contents:""}]}}){commit{oid}}}"""
    head = (await api.get(f"{SLUG}/git/ref/heads/main")).json()["object"]["sha"]
    await api.post(f"{SLUG}/git/refs", json={"ref": "refs/heads/fresh", "sha": head})
    refused = await ask(api, query, h=head, b="main")
    assert refused["errors"][0]["type"] == "UNPROCESSABLE"
    assert (await api.get(f"{SLUG}/git/ref/heads/main")).json()["object"]["sha"] == head
    assert (await data(api, query, h=head, b="fresh"))["createCommitOnBranch"]["commit"]["oid"] != head
