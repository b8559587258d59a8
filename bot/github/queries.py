"""The GraphQL documents that we send, and the fragments that they share.

Every document costs one point: GitHub counts a request for each connection of each node and divides by 100
(https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api). The history's 100
parent lists weigh most; ten closing pull requests with three lists each just fit beside them.
A commit's co-authors would be a point for each pull request here: they are asked for apart, of the few commits where
that tells anything (`bot.github.questions.authors`).
Deployments can be left out: GitHub declares them as never null, so that withholding them takes the whole repository
away with them. `state` is asked of issues and pull requests apart, since the two types conflict under one name.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A GraphQL document; `writes` says whether sending it twice may do a thing twice."""

    name: str
    text: str
    writes: bool = False


ACTOR = "{ __typename login }"

COMMIT = """fragment CommitPart on Commit {
  oid message committedDate author { user { login } } parents(first: 4) { nodes { oid } }
}"""

PULL = f"""
fragment PullPart on PullRequest {{
  number url title body state isDraft mergedAt baseRefName headRefName additions deletions changedFiles
  repository {{ nameWithOwner }} author {ACTOR}
  mergeCommit {{ oid parents(first: 2) {{ nodes {{ oid }} }} }}
  commits(first: 100) {{ totalCount nodes {{ commit {{ oid message authoredDate author {{ user {{ login }} }} }} }} }}
  files(first: 100) {{ totalCount nodes {{ path additions deletions changeType }} }}
}}"""

ISSUE_REF = f"""
fragment IssueRefPart on Issue {{
  databaseId number title state stateReason(enableDuplicate: true) repository {{ nameWithOwner }}
  viewerDidAuthor author {ACTOR}
}}"""

CONTEXTS = f"""
fragment ContextsPart on StatusCheckRollupContextConnection {{
  totalCount pageInfo {{ hasNextPage endCursor }}
  nodes {{
    __typename
    ... on CheckRun {{ databaseId name status conclusion startedAt completedAt detailsUrl
      checkSuite {{ app {{ slug }} workflowRun {{ workflow {{ name }} }} }} }}
    ... on StatusContext {{ context state targetUrl createdAt creator {ACTOR} }}
  }}
}}"""

COMMENT = f"""
fragment CommentPart on IssueComment {{
  id databaseId url body createdAt viewerDidAuthor isMinimized author {ACTOR} editor {ACTOR}
}}"""

OBJECT = """
fragment ObjectPart on GitObject {
  __typename oid
  ... on Blob { text byteSize isBinary isTruncated }
  ... on Tree { entries { name } }
}"""

_EVENTS = """CROSS_REFERENCED_EVENT, CONNECTED_EVENT, DISCONNECTED_EVENT, REFERENCED_EVENT, CLOSED_EVENT,
    REOPENED_EVENT, MARKED_AS_DUPLICATE_EVENT"""

_SUBJECT = """
fragment SubjectPart on ReferencedSubject {
  __typename
  ... on Issue { number repository { nameWithOwner } }
  ... on PullRequest { number repository { nameWithOwner } }
}"""

_CLOSED = f"""
      ... on ClosedEvent {{ createdAt stateReason actor {ACTOR}
        closer {{ __typename ... on Commit {{ oid }} ... on PullRequest {{ number repository {{ nameWithOwner }} }} }}
      }}
      ... on ReopenedEvent {{ createdAt stateReason actor {ACTOR} }}"""

_LABELLING = f"""
      ... on LabeledEvent {{ createdAt actor {ACTOR} label {{ name }} }}
      ... on UnlabeledEvent {{ createdAt actor {ACTOR} label {{ name }} }}"""

_ISSUE = f"""
fragment IssuePart on Issue {{
  id databaseId number url title body state stateReason(enableDuplicate: true) createdAt closedAt locked
  author {ACTOR} editor {ACTOR} lastEditedAt issueType {{ name }}
  labels(first: 100) {{ nodes {{ name }} }}
  assignees(first: 20) {{ nodes {{ login }} }}
  subIssuesSummary {{ total }}
  subIssues(first: 100) {{ totalCount nodes {{ ...IssueRefPart }} }}
  blockedBy(first: 50) {{ totalCount nodes {{ ...IssueRefPart }} }}
  closedByPullRequestsReferences(first: 10, includeClosedPrs: true) {{
    totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ ...PullPart }} }}
  timelineItems(last: 100, itemTypes: [{_EVENTS}]) {{
    totalCount
    nodes {{
      __typename
      ... on CrossReferencedEvent {{ createdAt willCloseTarget actor {ACTOR} source {{ ...SubjectPart }} }}
      ... on ConnectedEvent {{ createdAt actor {ACTOR} subject {{ ...SubjectPart }} }}
      ... on DisconnectedEvent {{ createdAt actor {ACTOR} subject {{ ...SubjectPart }} }}
      ... on ReferencedEvent {{ createdAt actor {ACTOR} commit {{ oid }} commitRepository {{ nameWithOwner }} }}
      ... on MarkedAsDuplicateEvent {{ createdAt actor {ACTOR}
        canonical {{ __typename ... on Issue {{ number repository {{ nameWithOwner }} }} }} }}{_CLOSED}
    }}
  }}
  history: timelineItems(last: 100, itemTypes: [CLOSED_EVENT, REOPENED_EVENT]) {{
    pageInfo {{ hasPreviousPage startCursor }}
    nodes {{ __typename{_CLOSED} }}
  }}
  labelling: timelineItems(last: 100, itemTypes: [LABELED_EVENT, UNLABELED_EVENT]) {{
    pageInfo {{ hasPreviousPage startCursor }}
    nodes {{ __typename{_LABELLING} }}
  }}
  comments(last: 100) {{ totalCount nodes {{ ...CommentPart }} }}
}}"""

# By this very name: what was renamed away is no organisation's policy any more.
_ABOVE = """
fragment AbovePart on Repository {
  nameWithOwner defaultBranchRef { target { oid } }
  policy: object(expression: "HEAD:.github/resolution.yml") { ...ObjectPart }
}"""

_REPOSITORY = """
fragment RepositoryPart on Repository {
  databaseId nameWithOwner url isArchived isPrivate
  policy: object(expression: $policy) { ...ObjectPart }
  owner { repository(name: ".github", followRenames: false) { ...AbovePart } }
  labels(first: 100) { totalCount nodes { name } }
  defaultBranchRef { name target { oid ... on Commit {
    history(first: 100) { nodes { ...CommitPart } }
    statusCheckRollup { contexts(first: 100) { ...ContextsPart } } } } }
  deployments(first: 20, orderBy: {field: CREATED_AT, direction: DESC}) @include(if: $deployments) {
    nodes { environment state commitOid createdAt latestStatus { environmentUrl } } }
}"""

ISSUE_PARTS = f"{_ISSUE}\n{PULL}\n{ISSUE_REF}{COMMENT}{_SUBJECT}"
"""All that `IssuePart` needs; an issue by it costs two fifths of a point."""

_SNAPSHOT_PARTS = f"{_ISSUE}{_REPOSITORY}{_ABOVE}\n{COMMIT}{PULL}\n{ISSUE_REF}{CONTEXTS}{COMMENT}{OBJECT}{_SUBJECT}"

_NOW = f"""
fragment NowPart on Issue {{
  id number state stateReason(enableDuplicate: true) closedAt locked
  labels(first: 100) {{ nodes {{ name }} }}
  comments(last: 20) {{ totalCount nodes {{ ...CommentPart }} }}
  timelineItems(last: 20, itemTypes: [CLOSED_EVENT, REOPENED_EVENT]) {{
    nodes {{
      __typename{_CLOSED}
    }}
  }}
}}
{COMMENT}"""

SNAPSHOT = Document(
    name="snapshot",
    text=f"""query Snapshot($owner: String!, $name: String!, $number: Int!, $policy: String!, $deployments: Boolean!) {{
  repository(owner: $owner, name: $name) {{ ...RepositoryPart issue(number: $number) {{ ...IssuePart }} }}
}}
{_SNAPSHOT_PARTS}""",
)

ACKNOWLEDGE = Document(
    name="acknowledge",
    text=f"""mutation Acknowledge($comment: ID!, $policy: String!, $deployments: Boolean!) {{
  addReaction(input: {{subjectId: $comment, content: EYES}}) {{
    subject {{ ... on IssueComment {{ issue {{ ...IssuePart repository {{ ...RepositoryPart }} }} }} }}
  }}
}}
{_SNAPSHOT_PARTS}""",
)

ORGANISATION = Document(
    name="organisation's policy",
    text=f"""query OrganisationPolicy($owner: String!) {{
  repository(owner: $owner, name: ".github", followRenames: false) {{ ...AbovePart }}
}}
{_ABOVE}{OBJECT}""",
)

POLICIES = Document(
    name="policies",
    text=f"""query Policies($owner: String!, $name: String!, $policy: String!) {{
  repository(owner: $owner, name: $name) {{
    nameWithOwner defaultBranchRef {{ target {{ oid }} }}
    policy: object(expression: $policy) {{ ...ObjectPart }}
    owner {{ repository(name: ".github", followRenames: false) {{ ...AbovePart }} }}
  }}
}}
{_ABOVE}{OBJECT}""",
)

# The newest change first, since GitHub knows no order by closing. A closing is a change.
CLOSED_PAGE = Document(
    name="closed issues",
    text="""query ClosedIssues($owner: String!, $name: String!, $since: DateTime, $after: String) {
  repository(owner: $owner, name: $name) {
    nameWithOwner databaseId
    issues(first: 100, after: $after, states: [CLOSED], filterBy: {since: $since},
      orderBy: {field: UPDATED_AT, direction: DESC}) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { number title url closedAt updatedAt stateReason(enableDuplicate: true) } }
  }
}""",
)

CHECKS_PAGE = Document(
    name="checks page",
    text=f"""query ChecksPage($owner: String!, $name: String!, $commit: GitObjectID!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    object(oid: $commit) {{ ... on Commit {{
      statusCheckRollup {{ contexts(first: 100, after: $after) {{ ...ContextsPart }} }} }} }}
  }}
}}
{CONTEXTS}""",
)

CLOSING_PAGE = Document(
    name="closing pulls page",
    text=f"""query ClosingPage($owner: String!, $name: String!, $number: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{ issue(number: $number) {{
    closedByPullRequestsReferences(first: 30, after: $after, includeClosedPrs: true) {{
      totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ ...PullPart }} }} }} }}
}}
{PULL}""",
)

HISTORY_PAGE = Document(
    name="history page",
    text=f"""query HistoryPage($owner: String!, $name: String!, $number: Int!, $before: String,
    $kinds: [IssueTimelineItemsItemType!]!) {{
  repository(owner: $owner, name: $name) {{ issue(number: $number) {{
    timelineItems(last: 100, before: $before, itemTypes: $kinds) {{
      pageInfo {{ hasPreviousPage startCursor }} nodes {{ __typename{_CLOSED}{_LABELLING} }} }} }} }}
}}""",
)

PULL_VIEW = Document(
    name="pull view",
    text=f"""query PullView($owner: String!, $name: String!, $number: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    defaultBranchRef {{ name }}
    pullRequest(number: $number) {{
      ...PullPart headRefOid isCrossRepository mergeable potentialMergeCommit {{ oid }}
      closingIssuesReferences(first: 50, after: $after) {{
        pageInfo {{ hasNextPage endCursor }} nodes {{ number repository {{ nameWithOwner }} }} }}
    }}
  }}
}}
{PULL}""",
)

FILE_AT = Document(
    name="file at",
    text=f"""query FileAt($owner: String!, $name: String!, $expression: String!) {{
  repository(owner: $owner, name: $name) {{ object(expression: $expression) {{ ...ObjectPart }} }}
}}
{OBJECT}""",
)

NOW = Document(
    name="issue now",
    text=f"""query IssueNow($owner: String!, $name: String!, $number: Int!) {{
  repository(owner: $owner, name: $name) {{ issue(number: $number) {{ ...NowPart }} }}
}}
{_NOW}""",
)

_DEPLOYMENT = "{ nodes { environment state commitOid createdAt latestStatus { environmentUrl } } }"
_NEWEST = "first: 100, orderBy: {field: CREATED_AT, direction: DESC}"

DEPLOYMENTS = Document(
    name="deployments",
    text=f"""query Deployments($owner: String!, $name: String!) {{
  repository(owner: $owner, name: $name) {{ deployments({_NEWEST}) {_DEPLOYMENT} }}
}}""",
)

DEPLOYMENTS_OF = Document(
    name="deployments of an environment",
    text=f"""query DeploymentsOf($owner: String!, $name: String!, $environment: String!) {{
  repository(owner: $owner, name: $name) {{ deployments(environments: [$environment], {_NEWEST}) {_DEPLOYMENT} }}
}}""",
)

VIEWER = Document(name="viewer", text="query Viewer { viewer { login } }")

REACT = Document(
    name="react",
    writes=True,
    text="""mutation React($comment: ID!, $content: ReactionContent!) {
  addReaction(input: {subjectId: $comment, content: $content}) { reaction { content } }
}""",
)

FINISH = Document(
    name="finish",
    writes=True,
    text=f"""mutation Finish($comment: ID!, $content: ReactionContent!) {{
  addReaction(input: {{subjectId: $comment, content: $content}}) {{
    subject {{ ... on IssueComment {{ issue {{ ...NowPart }} }} }}
  }}
}}
{_NOW}""",
)

COMMENT_CREATE = Document(
    name="create comment",
    writes=True,
    text=f"""mutation CreateComment($subject: ID!, $body: String!) {{
  addComment(input: {{subjectId: $subject, body: $body}}) {{
    commentEdge {{ node {{ id databaseId url }} }}
    subject {{ ... on Issue {{ ...NowPart }} }}
  }}
}}
{_NOW}""",
)

# Asked under two names, so that an unreadable issue (a pull request's comment) does not take the comment with it.
COMMENT_UPDATE = Document(
    name="update comment",
    writes=True,
    text=f"""mutation UpdateComment($comment: ID!, $body: String!) {{
  updateIssueComment(input: {{id: $comment, body: $body}}) {{
    posted: issueComment {{ id databaseId url }}
    seen: issueComment {{ issue {{ ...NowPart }} }}
  }}
}}
{_NOW}""",
)

MINIMIZE = Document(
    name="minimize comment",
    writes=True,
    text="""mutation MinimizeComment($comment: ID!) {
  minimizeComment(input: {subjectId: $comment, classifier: OUTDATED}) { minimizedComment { isMinimized } }
}""",
)

ALL = (
    SNAPSHOT,
    ACKNOWLEDGE,
    ORGANISATION,
    POLICIES,
    CLOSED_PAGE,
    CHECKS_PAGE,
    CLOSING_PAGE,
    HISTORY_PAGE,
    PULL_VIEW,
    FILE_AT,
    NOW,
    DEPLOYMENTS,
    DEPLOYMENTS_OF,
    VIEWER,
    REACT,
    FINISH,
    COMMENT_CREATE,
    COMMENT_UPDATE,
    MINIMIZE,
)
