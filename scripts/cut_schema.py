#!/usr/bin/env python3
"""Cut GitHub's public GraphQL schema down to what the simulator serves.

    cut_schema.py FULL.graphql[.gz] [ADDITIONS.graphql] > bot/simulator/graphql/schema.graphql

Nullability, arguments and their defaults stay exactly as GitHub has them; whole types and fields
are left out, so a query for anything else fails validation. Enums and inputs come whole.
"""

import gzip
import sys
from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    extend_schema,
    get_named_type,
    parse,
    print_type,
    specified_scalar_types,
)

KEEP = """
Query: node nodes rateLimit repository user viewer
Node: id
Actor: avatarUrl login resourcePath url
User: avatarUrl databaseId email id login name repository resourcePath url
Bot: avatarUrl databaseId id login resourcePath url
Organization: avatarUrl databaseId id login name repository resourcePath url
RepositoryOwner: avatarUrl id login repository resourcePath url
RateLimit: cost limit nodeCount remaining resetAt used
PageInfo: endCursor hasNextPage hasPreviousPage startCursor
Repository: collaborators createdAt databaseId defaultBranchRef deployments description hasIssuesEnabled homepageUrl id
Repository: isArchived isDisabled isEmpty isFork isPrivate issue issueOrPullRequest issues label labels latestRelease
Repository: name nameWithOwner object owner pullRequest pullRequests ref refs release releases resourcePath updatedAt
Repository: url viewerPermission visibility
RepositoryCollaboratorConnection: edges nodes pageInfo totalCount
RepositoryCollaboratorEdge: cursor node permission
Release: createdAt databaseId id isDraft isLatest isPrerelease name publishedAt tag tagCommit tagName url
Ref: associatedPullRequests compare id name prefix target
Comparison: aheadBy behindBy baseTarget commits headTarget id status
ComparisonCommitConnection: edges nodes pageInfo totalCount
GitObject: abbreviatedOid commitResourcePath commitUrl id oid repository
Commit: abbreviatedOid additions associatedPullRequests author authoredDate authors
Commit: changedFilesIfAvailable checkSuites
Commit: commitResourcePath commitUrl committedDate committer deletions deployments file history id message messageBody
Commit: messageHeadline oid parents repository resourcePath status statusCheckRollup tree url
CommitHistoryConnection: edges nodes pageInfo totalCount
GitActor: date email name user
GitActorConnection: edges nodes pageInfo totalCount
Tree: abbreviatedOid commitResourcePath commitUrl entries id oid repository
TreeEntry: isGenerated lineCount mode name object oid path size type
Blob: abbreviatedOid byteSize commitResourcePath commitUrl id isBinary isTruncated oid repository text
Tag: abbreviatedOid commitResourcePath commitUrl id message name oid repository tagger target
Status: context contexts id state
StatusContext: commit context createdAt creator description id state targetUrl
StatusCheckRollup: commit contexts id state
StatusCheckRollupContext:
StatusCheckRollupContextConnection: checkRunCount edges nodes pageInfo statusContextCount totalCount
CheckRun: checkSuite completedAt conclusion databaseId detailsUrl externalId id name repository startedAt status
CheckRun: summary text title url
CheckSuite: app branch checkRuns commit conclusion createdAt databaseId id status updatedAt url workflowRun
App: databaseId id name slug url
WorkflowRun: checkSuite createdAt databaseId displayTitle event id runAttempt runNumber updatedAt url workflow
Workflow: databaseId id name resourcePath state url
Deployment: commit commitOid createdAt creator databaseId description environment id latestEnvironment latestStatus
Deployment: originalEnvironment ref repository state statuses task updatedAt
DeploymentStatus: createdAt creator description environmentUrl id logUrl state updatedAt
Label: color createdAt description id name url
Labelable: labels
Closable: closed closedAt
Comment: author authorAssociation body createdAt editor id lastEditedAt updatedAt viewerDidAuthor
Reactable: databaseId id reactionGroups reactions viewerCanReact
Lockable: activeLockReason locked
Minimizable: isMinimized minimizedReason
Issue: activeLockReason assignees author authorAssociation blockedBy blocking body bodyText closed closedAt
Issue: closedByPullRequestsReferences comments createdAt databaseId duplicateOf editor id issueDependenciesSummary
Issue: issueType labels lastEditedAt locked milestone number parent reactionGroups reactions repository resourcePath
Issue: state stateReason subIssues subIssuesSummary timelineItems title updatedAt url viewerCanReact viewerDidAuthor
IssueType: color description id isEnabled name
Milestone: id number title
IssueDependenciesSummary: blockedBy blocking totalBlockedBy totalBlocking
SubIssuesSummary: completed percentCompleted total
IssueComment: author authorAssociation body bodyText createdAt databaseId editor id isMinimized issue lastEditedAt
IssueComment: minimizedReason pullRequest reactionGroups reactions repository resourcePath updatedAt url viewerCanReact
IssueComment: viewerDidAuthor
Reaction: content createdAt databaseId id user
ReactionGroup: content createdAt reactors subject viewerHasReacted
ReactorConnection: totalCount
ReactionConnection: edges nodes pageInfo totalCount viewerHasReacted
IssueOrPullRequest:
ReferencedSubject:
Closer:
Assignee:
PullRequest: activeLockReason additions assignees author authorAssociation baseRef baseRefName baseRefOid body bodyText
PullRequest: changedFiles closed closedAt closingIssuesReferences comments commits createdAt databaseId deletions editor
PullRequest: files headRef headRefName headRefOid headRepository id isCrossRepository isDraft labels lastEditedAt locked
PullRequest: mergeCommit mergeable merged mergedAt mergedBy number potentialMergeCommit reactionGroups reactions
PullRequest: repository resourcePath state title updatedAt url viewerCanReact viewerDidAuthor
PullRequestCommit: commit id pullRequest url
PullRequestChangedFile: additions changeType deletions path
IssueTimelineItems:
IssueTimelineItemsConnection: edges nodes pageInfo totalCount
ClosedEvent: actor closable closer createdAt id stateReason url
ReopenedEvent: actor closable createdAt id stateReason
CrossReferencedEvent: actor createdAt id isCrossRepository referencedAt source target url willCloseTarget
ConnectedEvent: actor createdAt id isCrossRepository source subject
DisconnectedEvent: actor createdAt id isCrossRepository source subject
ReferencedEvent: actor commit commitRepository createdAt id isCrossRepository isDirectReference subject
MarkedAsDuplicateEvent: actor canonical createdAt duplicate id isCrossRepository
LabeledEvent: actor createdAt id label labelable
UnlabeledEvent: actor createdAt id label labelable
RenamedTitleEvent: actor createdAt currentTitle id previousTitle
LockedEvent: actor createdAt id lockReason
UnlockedEvent: actor createdAt id
Mutation: addComment addLabelsToLabelable addReaction addSubIssue closeIssue createCommitOnBranch createIssue
Mutation: createPullRequest createRef deleteIssueComment minimizeComment removeLabelsFromLabelable removeReaction
Mutation: removeSubIssue reopenIssue unminimizeComment updateIssue updateIssueComment
AddCommentPayload: clientMutationId commentEdge subject
AddLabelsToLabelablePayload: clientMutationId labelable
AddReactionPayload: clientMutationId reaction subject
AddSubIssuePayload: clientMutationId issue subIssue
CloseIssuePayload: clientMutationId issue
CreateCommitOnBranchPayload: clientMutationId commit ref
CreateIssuePayload: clientMutationId issue
CreatePullRequestPayload: clientMutationId pullRequest
CreateRefPayload: clientMutationId ref
DeleteIssueCommentPayload: clientMutationId
MinimizeCommentPayload: clientMutationId minimizedComment
RemoveLabelsFromLabelablePayload: clientMutationId labelable
RemoveReactionPayload: clientMutationId reaction subject
RemoveSubIssuePayload: clientMutationId issue subIssue
ReopenIssuePayload: clientMutationId issue
UnminimizeCommentPayload: clientMutationId unminimizedComment
UpdateIssuePayload: clientMutationId issue
UpdateIssueCommentPayload: clientMutationId issueComment
"""
PLAIN_CONNECTION = ("edges", "nodes", "pageInfo", "totalCount")
PLAIN_EDGE = ("cursor", "node")


def kept_fields() -> dict[str, set[str]]:
    """The types that stay, each with its fields."""
    found: dict[str, set[str]] = {}
    for line in KEEP.strip().splitlines():
        name, _, fields = line.partition(":")
        found.setdefault(name, set()).update(fields.split())
    return found


def add_connections(schema: GraphQLSchema, keep: dict[str, set[str]]) -> None:
    """Let every connection that is reached stay, with its edge."""
    queue = list(keep)
    while queue:
        kind = schema.type_map[queue.pop()]
        for name, field in getattr(kind, "fields", {}).items():
            target = get_named_type(field.type).name
            plain = {"Connection": PLAIN_CONNECTION, "Edge": PLAIN_EDGE}
            ending = next((e for e in plain if target.endswith(e)), None)
            if name in keep[kind.name] and ending and target not in keep:
                keep[target] = set(plain[ending]) & set(getattr(schema.type_map[target], "fields", {}))
                queue.append(target)


def cut(kind: GraphQLNamedType, keep: dict[str, set[str]], needed: set[str]) -> GraphQLNamedType | None:
    """A type with only what is kept; names of enums, scalars and inputs go into ``needed``."""
    if isinstance(kind, GraphQLUnionType):
        return GraphQLUnionType(kind.name, [t for t in kind.types if t.name in keep])
    if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        return None
    missing = keep[kind.name] - set(kind.fields)
    if missing:
        sys.exit(f"{kind.name} has no {', '.join(sorted(missing))}")
    fields = {name: trim(field) for name, field in kind.fields.items() if name in keep[kind.name]}
    for name, field in fields.items():
        target = get_named_type(field.type)
        if not isinstance(target, GraphQLScalarType | GraphQLEnumType) and target.name not in keep:
            sys.exit(f"{kind.name}.{name} is a {target.name}, which is not kept")
        needed.add(target.name)
        needed.update(get_named_type(each.type).name for each in field.args.values())
    interfaces = [each for each in kind.interfaces if keep.get(each.name, {""}) <= keep[kind.name]]
    return type(kind)(kind.name, fields, interfaces)


def trim(field: GraphQLField) -> GraphQLField:
    """A field without its description."""
    return GraphQLField(field.type, field.args, deprecation_reason=field.deprecation_reason)


def close_inputs(schema: GraphQLSchema, needed: set[str]) -> None:
    """Add what inputs need in turn."""
    queue = list(needed)
    while queue:
        kind = schema.type_map[queue.pop()]
        if isinstance(kind, GraphQLInputObjectType):
            more = {get_named_type(each.type).name for each in kind.fields.values()} - needed
            needed |= more
            queue += more


def main(arguments: list[str]) -> None:
    """Print the cut schema."""
    path = Path(arguments[0])
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    schema = build_schema(text, assume_valid=True)
    for extra in arguments[1:]:
        schema = extend_schema(schema, parse(Path(extra).read_text()), assume_valid=True)
    keep = kept_fields()
    add_connections(schema, keep)
    needed: set[str] = set()
    whole = [cut(schema.type_map[name], keep, needed) for name in sorted(keep)]
    close_inputs(schema, needed)
    rest = [schema.type_map[name] for name in sorted(needed - set(keep) - set(specified_scalar_types))]
    print("# GitHub's public GraphQL schema, cut to what the simulator serves. (c) GitHub, MIT.")
    print("# Made by scripts/cut_schema.py: do not edit.")
    print("\n\n".join(print_type(each) for each in [*whole, *rest] if each is not None))


if __name__ == "__main__":
    main(sys.argv[1:])
