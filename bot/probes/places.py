"""Where things are seen, and how that is said: sources with links to the exact thing, short shas, counted nouns.

All links go to the web host of the repository under assessment, and to a commit rather than to a branch, so that
they show the same thing tomorrow.
"""

from urllib.parse import quote

from bot.assessment import wording
from bot.assessment.evidence import Detail, Evidence, Outcome, Reason, Sha, Source
from bot.github.models import CommitInfo, Pull, Unknown
from bot.probes.contract import Context

# Shas and counts are said as the answers say them.
short = wording.short
counted = wording.count


def listed(words: tuple[str, ...], limit: int = 5) -> str:
    """`a, b and c`; past the limit, `a, b and 7 more`."""
    if len(words) <= limit:
        return " and ".join(filter(None, (", ".join(words[:-1]), words[-1] if words else "")))
    return f"{', '.join(words[:limit])} and {len(words) - limit:,} more"


def title_of(commit: CommitInfo, limit: int = 72) -> str:
    """The first line of a commit's message, cut at `limit` characters."""
    lines = commit.message.strip().splitlines()
    line = lines[0].strip() if lines else ""
    return line if len(line) <= limit else line[: limit - 1] + "…"


def branch_of(context: Context) -> str:
    """The default branch's name in backticks, or words where there is none."""
    name = context.snapshot.default_branch
    return f"`{name}`" if name else "the default branch"


def is_here(repository: str, context: Context) -> bool:
    """Is `owner/name` the repository under assessment? GitHub's names do not care for case."""
    return repository.casefold() == context.snapshot.repository.full_name.casefold()


def commit_url(context: Context, sha: str) -> str:
    """The page of a commit."""
    return f"{context.snapshot.url}/commit/{quote(sha)}"


def file_url(context: Context, sha: str, path: str) -> str:
    """The page of a file at a commit."""
    return f"{context.snapshot.url}/blob/{quote(sha)}/{quote(path)}"


def at_head(context: Context, what: str | None = None) -> Source:
    """The default branch at its head: "`main` @ `555d7b3`", with `what` behind it ("whole history")."""
    head = context.snapshot.head
    if head is None:
        place, url = "the repository, which is empty", context.snapshot.url
    else:
        place, url = f"{branch_of(context)} @ `{short(head)}`", f"{context.snapshot.url}/tree/{head}"
    if what:
        place = f"{place}, {what}"
    return Source(url=url, place=place, sha=head, fetched_at=context.snapshot.fetched_at)


def at_commit(context: Context, sha: Sha, what: str | None = None) -> Source:
    """A commit's page; the place is still the default branch, since that is what was asked."""
    place = at_head(context, what).place
    return Source(url=commit_url(context, sha), place=place, sha=sha, fetched_at=context.snapshot.fetched_at)


def at_file(context: Context, path: str) -> Source:
    """A file at the default branch's head."""
    head = context.snapshot.head
    if head is None:
        return at_head(context)
    seen = at_head(context)
    return Source(url=file_url(context, head, path), place=seen.place, sha=head, fetched_at=seen.fetched_at)


def at_checks(context: Context, sha: Sha) -> Source:
    """The checks of a commit."""
    return Source(
        url=f"{commit_url(context, sha)}/checks",
        place=f"checks of `{short(sha)}`",
        sha=sha,
        fetched_at=context.snapshot.fetched_at,
    )


def at_pull(context: Context, pull: Pull) -> Source:
    """A pull request's page."""
    return Source(
        url=pull.url,
        place=f"#{pull.number}, {branch_of(context)}",
        sha=pull.merge_commit,
        fetched_at=context.snapshot.fetched_at,
    )


def at_issue(context: Context, what: str) -> Source:
    """The issue under assessment; `what` says which part of it ("its sub-issues")."""
    snapshot = context.snapshot
    return Source(url=snapshot.issue.url, place=what, sha=snapshot.head, fetched_at=snapshot.fetched_at)


def not_told(unknown: Unknown, *, expected: str, source: Source) -> Evidence:
    """The evidence where GitHub would not tell: never "no", never "passed"."""
    return Evidence(
        outcome=Outcome.ERROR,
        reason=Reason.FORBIDDEN,
        expected=expected,
        observed=f"GitHub does not tell: {unknown.reason}",
        source=source,
        remedy="Give the app the permission to read this, or look again when GitHub answers.",
    )


def empty_repository(context: Context, *, expected: str) -> Evidence:
    """The evidence where there is no commit at all."""
    return Evidence(
        outcome=Outcome.MISSING,
        reason=Reason.NOTHING_TO_MEASURE,
        expected=expected,
        observed="the repository has no commit yet",
        source=at_head(context),
    )


def commit_detail(context: Context, commit: CommitInfo) -> Detail:
    """One line for a commit, with its link."""
    return Detail(text=f"`{short(commit.oid)}` {title_of(commit)}", url=commit_url(context, commit.oid))
