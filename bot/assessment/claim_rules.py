"""The table of claim rules: commits, pull requests, issues and files. The code that walks it is in `claims`.

Every rule is tested on its own example and counter-example. What no rule takes is no claim.
"""

from bot.assessment.claim_rules_bodies import BODY_RULES
from bot.assessment.claim_rules_code import CODE_RULES
from bot.assessment.claim_rules_state import STATE_RULES
from bot.assessment.claim_wording import ClaimKind, Rule

COMMIT_RULES: tuple[Rule, ...] = (
    Rule(
        id="commit-done-in",
        kind=ClaimKind.COMMIT,
        wording=(
            r"\b(?P<v><done>)[\s:]+<gap>(?:in|by|with|via|through|as|at|under"
            r"|using)\s+(?:[a-z-]+\s+){0,2}?(?:commits?|sha|rev|revision|changeset)?:?\s*<shas>"
        ),
        example="Fixed the race in `85375b936` and `0a1b2c3`.",
        yields=("85375b936", "0a1b2c3"),
        counter_example="Fixed the regression introduced in `85375b936`.",
        why="a completing verb governs the commit; between them no other verb ties the commit to something else",
    ),
    Rule(
        id="commit-does",
        kind=ClaimKind.COMMIT,
        wording=(
            r"(?P<a><sha>)\s*(?:\([^()]{0,80}\)\s*)?(?:[-:\u2013\u2014]\s*)?(?:(?:now|has|already|which|also|that"
            r"|finally)\s+){0,2}(?P<v>fix(?:es|ed)?|resolve[sd]|closes|address(?:es|ed)|implement(?:s|ed)|solve[sd]"
            r"|correct(?:s|ed)|(?:contains|has|carries|is) the fix|takes care of|repair(?:s|ed)|<is>(?:merged|landed"
            r"|(?:on|in) (?:main|master|the default branch)))\b"
        ),
        example="`85375b936` - Fixed monitoring module packaging",
        yields=("85375b936",),
        counter_example="The regression came from `85375b936`, fixed now.",
        why="the commit is the subject of a completing verb",
    ),
    Rule(
        id="commit-label",
        kind=ClaimKind.COMMIT,
        wording=(
            r"<start>(?P<v>(?:the )?(?:fix(?:ed)?|resolved|done|implemented|landed|resolution|solution"
            r"|(?:fix(?:ing)? |merge |squash )?commits?(?: sha| hash| id)?|patch|merged))\s?(?:(?:is|was|are"
            r"|landed) )?\s?(?:(?:in|at|by|as|on) )?(?:commits?\s)?[:=|(\u2192\u2013\u2014-]{0,2}\s*<shas>(?=\s*"
            r"(?:[.,;:!)(|\u2013\u2014-]|\Z))"
        ),
        example="Commit: `85375b936`",
        yields=("85375b936",),
        counter_example="First bad commit: `85375b936`",
        why="a line that names the fix and nothing else; 'bad', 'base' or 'Fixes:' (a trailer for the culprit) do not",
    ),
    Rule(
        id="commit-done-paren",
        kind=ClaimKind.COMMIT,
        wording=(
            r"\b(?P<v><done>)[\s:]+<gap>[^\s;|]{0,60}(?<!regression)(?<!bug)(?<!change)(?<!commit)(?<!culprit)"
            r"\s\(<shas>\)(?=\s*(?:[.,;]|\Z))"
        ),
        example="Fixed rounding (`85375b936`)",
        yields=("85375b936",),
        counter_example="Fixed the regression (`85375b936`)",
        why="a done thing with its commit in brackets, as changelogs write it",
    ),
    Rule(
        id="commit-of-pull",
        kind=ClaimKind.COMMIT,
        wording=(
            r"\b(?P<v><done>)[\s:]+<gap>(?:in|by|with|via|through)\s+(?:the )?(?:PRs? |pull requests? )?<number>"
            r"\s*\((?:(?:merge |squash )?commits?:? )?<shas>\)"
        ),
        example="Resolved by PR #12 (commit `85375b936`).",
        yields=("85375b936",),
        counter_example="Tracked by #12 (commit `85375b936`).",
        why="the pull request that completes it, with its commit in brackets",
    ),
    Rule(
        id="commit-merged",
        kind=ClaimKind.COMMIT,
        wording=(
            r"\b(?P<v>merged|landed|pushed|committed|cherry-picked|shipped|backported|applied|deployed)\s+(?:(?:it"
            r"|this|the fix|fix|commits?|also|as|in|with)\s+){0,3}<shas>"
        ),
        example="Merged `85375b936` into main.",
        yields=("85375b936",),
        counter_example="Merged main into `85375b936`.",
        why="the commit is the object of a landing verb",
    ),
    Rule(
        id="commit-list",
        kind=ClaimKind.COMMIT,
        under=(
            r"^(?:(?:the )?(?:fix(?:ing)?|merged|relevant|delivered|implementing|key) )?commits?(?: (?:delivered"
            r"|merged|included|made|added|with the fix))?$"
        ),
        wording=r"<start>(?P<v>)(?P<a><sha>)",
        example="### Commits\n\n- `85375b936` packaging of the monitoring module",
        yields=("85375b936",),
        counter_example="### Bad commits\n\n- `85375b936` packaging of the monitoring module",
        why="the heading says that what follows are the commits of the fix",
    ),
)

PULL_RULES: tuple[Rule, ...] = (
    Rule(
        id="pull-merged",
        kind=ClaimKind.PULL_MERGED,
        wording=(
            r"\b(?P<v>(?:squash-)?merged|landed)(?:\s+(?:it|this|that|everything|all|both|the (?:fix|change|changes"
            r"|work|patch)))?(?:\s+(?:in|via|with|as|through|by|(?:in)?to [\w/-]{1,30} (?:in|via|with|as"
            r"|by)))?:?\s+<pulls>"
        ),
        example="Merged via PR #12 and #14.",
        yields=("12", "14"),
        counter_example="Will be merged via PR #12.",
        why="'merged' said of the pull request itself",
    ),
    Rule(
        id="pull-is-merged",
        kind=ClaimKind.PULL_MERGED,
        wording=r"<pulls>\s*(?:\([^()]{0,80}\)\s*)?(?:[:\u2013\u2014|(\u2705-]\s*)?<is>(?P<v>(?:squash-)?merged|landed)\b",
        example="PR #12 has been merged.",
        yields=("12",),
        counter_example="PR #12 is not merged yet.",
        why="the pull request is the subject of 'merged'",
    ),
    Rule(
        id="pull-done-in",
        kind=ClaimKind.PULL_MERGED,
        wording=r"\b(?P<v><done>)[\s:]+<gap>(?:in|by|with|via|through|as part of|under|using)\s+<pulls>",
        example="The crash is fixed by #12.",
        yields=("12",),
        counter_example="The crash reported in #12 is fixed.",
        why="a completing verb governs the pull request; a bare number may turn out to be an issue",
    ),
    Rule(
        id="pull-does",
        kind=ClaimKind.PULL_MERGED,
        wording=(
            r"<pulls>\s*(?:\([^()]{0,80}\)\s*)?(?:(?:now|also|already|that|which)\s+){0,2}(?P<v>fixes|resolves"
            r"|closes|addresses|implements|solves|takes care of|(?:fixed|resolved|closed|addressed|implemented"
            r"|solved) (?=this|it\b|that|the|these))"
        ),
        example="#12 fixes this.",
        yields=("12",),
        counter_example="#12 describes this, and `foo` fixes it.",
        why="the pull request is the subject of a completing verb with an object",
    ),
    Rule(
        id="pull-label",
        kind=ClaimKind.PULL_MERGED,
        wording=(
            r"<start>(?P<v>(?:the )?(?:fix(?:ed)?|resolved|done|implemented|merged|(?:fix(?:ing)?|merged|closing"
            r"|implementing) (?:PRs?|pull requests?)|PRs?|pull requests?))\s?(?:is|was|are)?\s?(?:in"
            r"|by)?\s?[:=(\u2192-]{1,2}\s*<pulls>"
        ),
        example="Pull requests: #12, #14",
        yields=("12", "14"),
        counter_example="Related pull requests: #12, #14",
        why="a line that names the pull requests of the fix and nothing else",
    ),
    Rule(
        id="pull-list",
        kind=ClaimKind.PULL_MERGED,
        under=r"^(?:merged |closing |fixing |our )?(?:PRs|pull requests)(?: merged| delivered)?$",
        wording=r"<start>(?P<v>)(?:PR )?(?P<a><number>)",
        example="Merged PRs:\n- #12 new domain module",
        yields=("12",),
        counter_example="Open PRs:\n- #12 new domain module",
        why="the heading says that what follows are the pull requests of the fix",
    ),
)

ISSUE_RULES: tuple[Rule, ...] = (
    Rule(
        id="issue-is-closed",
        kind=ClaimKind.ISSUE_CLOSED,
        wording=(
            r"(?<!PR )(?<!PRs )(?<!request )(?<!requests )<numbers>\s*<is>(?P<v>closed|resolved|fixed|done"
            r"|completed?|solved)\b(?!\s+(?:this|it|the|that|these)\b)(?! (?:as (?:a )?(?:duplicate|dup|not planned"
            r"|wontfix|invalid|stale)|in favou?r))"
        ),
        example="Issues #12 and #14 are resolved.",
        yields=("12", "14"),
        counter_example="#12 was closed as a duplicate.",
        why="the issue is the subject of a completing verb",
    ),
    Rule(
        id="issue-done-in",
        kind=ClaimKind.ISSUE_CLOSED,
        wording=(
            r"\b(?P<v>completed?|resolved|done|fixed|handled|addressed|closed|implemented|delivered"
            r"|finished)[\s(]+<gap>(?:(?:in|by|with|via|under|as part of|through)\s+)?<issues>"
        ),
        example="Infrastructure work completed in Issue #1278.",
        yields=("1278",),
        counter_example="The crash described in issue #1278 is fixed in `src/a.py`.",
        why="work said to be complete in another issue: that issue must be closed as completed",
    ),
    Rule(
        id="issue-closed",
        kind=ClaimKind.ISSUE_CLOSED,
        wording=(
            r"\b(?P<v>closed|resolved|completed|finished)\s+(?:(?:all|both|the|also"
            r"|remaining)\s+)*(?:(?:sub-?)?(?:issues?|tickets?|tasks?"
            r"|subtasks?)\s)?<numbers>(?! (?:as (?:a )?(?:duplicate|dup|not planned|wontfix|invalid|stale)"
            r"|in favou?r))"
        ),
        example="Closed #12 and #14.",
        yields=("12", "14"),
        counter_example="Closes #12.",
        why="past tense, the issue as object; the present tense is a closing keyword and a plan",
    ),
)

_FILE_NOUNS = (
    r"(?:files?|modules?|scripts?|tests?(?: files?| suites?)?|documents?|documentation|docs|artifacts?|configs?"
    r"|migrations?|components?|workflows?)"
)

# A file is gone only where it is itself the object: not "removed `x.py` imports", not "removed `x` from `y.py`".
_WHOLE = (
    r"(?:from|in) (?:(?:the |our )?(?:entire |whole )?(?:repo(?:sitory)?|code ?base|source(?: tree| code)?|tree"
    r"|project|git|version control"
    r"|main|master|default branch)\b|(?:the )?(?:commits? |PRs? |pull requests? )?[<sha><number>])"
)
_ENDS = (
    rf"(?=\s*(?:[.,;:!)|(\u2013\u2014-]|\Z|\b(?:files?|modules?|scripts?|director(?:y|ies)|folders?|and|as|since"
    rf"|because|which|with|now|too"
    rf"|completely|entirely|altogether|everywhere|again|{_WHOLE})))"
)

FILE_RULES: tuple[Rule, ...] = (
    Rule(
        id="file-created",
        kind=ClaimKind.FILE_PRESENT,
        wording=(
            r"\b(?P<v>created|added|introduced|implemented|wrote|written|extracted|committed|documented|placed"
            r"|put)[\s:]+<gap><paths>(?!\s+(?:file )?(?:to|into|in)\s+(?:the |our )?(?:<path>"
            r"|(?:[\w-]{1,20}\s){0,2}(?:ignore|allow|deny|block|exclu|list|index|manifest|package|image|bundle"
            r"|archive|git\s?ignore)))"
        ),
        example="Created `/shared/domain_config.py` and `docs/domains.md`.",
        yields=("shared/domain_config.py", "docs/domains.md"),
        counter_example="Will be created in `shared/domain_config.py`.",
        why="the file is what was created, or where something was added: it must be there",
    ),
    Rule(
        id="file-new",
        kind=ClaimKind.FILE_PRESENT,
        wording=r"<start>(?P<v>new (?:file|module|script|test|class|component|document|workflow)s?):?\s+<paths>",
        example="New module: `shared/domain_config.py`",
        yields=("shared/domain_config.py",),
        counter_example="The new module `shared/domain_config.py` crashed.",
        why="a line that names a new file and nothing else",
    ),
    Rule(
        id="file-is-created",
        kind=ClaimKind.FILE_PRESENT,
        wording=(
            r"<paths>\s*(?:\([^()]{0,80}\)\s*)?(?:[|:]\s*)?<is>(?P<v>created|added|(?:now )?exists|in place"
            r"|introduced|written|(?<=\| )new|committed)\b(?! by (?:mistake|accident))"
        ),
        example="`shared/domain_config.py` has been added.",
        yields=("shared/domain_config.py",),
        counter_example="`shared/domain_config.py` was not created.",
        why="the file is the subject of a creating verb",
    ),
    Rule(
        id="file-created-list",
        kind=ClaimKind.FILE_PRESENT,
        under=rf"^(?:new )?{_FILE_NOUNS} (?:created|added|introduced)|^(?:created|added|new)(?: {_FILE_NOUNS})?$",
        wording=r"<start>(?P<v>)(?:new (?:file|module) )?<paths>",
        example="## Files Created\n\n1. **`shared/domain_config.py`**: domain management",
        yields=("shared/domain_config.py",),
        counter_example="## Files to read\n\n1. **`shared/domain_config.py`**: domain management",
        why="the heading carries the verb, the item begins with the file",
    ),
    Rule(
        id="file-updated",
        kind=ClaimKind.FILE_PRESENT,
        wording=(
            r"\b(?P<v>updated|modified|edited|refactored|rewrote|rewritten|fixed)\s+(?:(?:the|our|both|also|file"
            r"|files|module|script|config|docs in|tests in|docs|documentation|readme)\s+){0,3}<paths>"
        ),
        example="Updated `deploy/ingress.yaml`.",
        yields=("deploy/ingress.yaml",),
        counter_example="Updated the caller to match `deploy/ingress.yaml`.",
        why="what was updated exists; the claim proves little, but one that names a file nobody ever had is false",
    ),
    Rule(
        id="file-updated-list",
        kind=ClaimKind.FILE_PRESENT,
        under=rf"^(?:{_FILE_NOUNS} )?(?:changed|modified|updated|touched)(?: {_FILE_NOUNS})?$",
        wording=r"<start>(?P<v>)<paths>(?!\s*(?:[-:|(\u2013\u2014]\s*)?(?:removed|deleted|renamed|moved))",
        example="Changed files:\n- `deploy/ingress.yaml`",
        yields=("deploy/ingress.yaml",),
        counter_example="Changed files:\n- `deploy/ingress.yaml` (deleted)",
        why="the heading carries the verb, the item begins with the file",
    ),
    Rule(
        id="file-removed",
        kind=ClaimKind.FILE_ABSENT,
        wording=(
            rf"\b(?P<v>removed|deleted|dropped|got rid of|eliminated|purged|retired|ripped out)\s+(?:(?:the|old"
            rf"|unused|obsolete|dead|deprecated|legacy|file|files|module|modules|script|scripts|whole|entire"
            rf"|redundant|duplicate|stale|now-unused|config|directory|folder|package|both|all|of|stray"
            rf"|temporary)\s+){{0,5}}<paths>{_ENDS}"
        ),
        example="Deleted the legacy `deploy/old_ingress.yaml`.",
        yields=("deploy/old_ingress.yaml",),
        counter_example="Removed the retry loop from `src/client.py`.",
        why="the file itself is the object, with nothing but adjectives between",
    ),
    Rule(
        id="file-is-removed",
        kind=ClaimKind.FILE_ABSENT,
        wording=(
            r"<paths>\s*(?:\([^()]{0,80}\)\s*)?(?:[|:(]\s*)?<is>(?P<v>removed|deleted|gone|no longer exists?|purged"
            r"|dropped)\b(?!\s+from\s+(?!(?:the )?(?:repo|code ?base|tree|project|git|source)))(?! in <path>)"
        ),
        example="`deploy/old_ingress.yaml` was removed.",
        yields=("deploy/old_ingress.yaml",),
        counter_example="`deploy/old_ingress.yaml` was removed from the list of exemptions.",
        why="the file is the subject of a removing verb",
    ),
    Rule(
        id="file-removed-list",
        kind=ClaimKind.FILE_ABSENT,
        under=rf"^{_FILE_NOUNS} (?:removed|deleted)|^(?:removed|deleted)(?: {_FILE_NOUNS})?$",
        wording=rf"<start>(?P<v>)(?:the )?<paths>{_ENDS}",
        example="### Removed\n\n- `deploy/old_ingress.yaml`",
        yields=("deploy/old_ingress.yaml",),
        counter_example="### Removed\n\n- retries from `deploy/old_ingress.yaml`",
        why="the heading carries the verb, the item begins with the file",
    ),
    Rule(
        id="file-renamed-from",
        kind=ClaimKind.FILE_ABSENT,
        wording=(
            r"\b(?P<v>renamed|moved|replaced)\s+(?:(?:the|old|legacy|file|module|script"
            r"|from)\s+){0,3}(?P<a><path>)\s*(?:to|into|with|by|under|\u2192|->|=>)\s*(?:the )?(?:new )?<path>"
        ),
        example="Renamed `src/conf.py` to `src/settings.py`.",
        yields=("src/conf.py",),
        counter_example="Moved the parser from `src/conf.py` to `src/settings.py`.",
        why="a renamed file is not where it was",
    ),
    Rule(
        id="file-renamed-to",
        kind=ClaimKind.FILE_PRESENT,
        wording=(
            r"\b(?P<v>renamed|moved|replaced|extracted|split|migrated)\s+<gap>(?:to|into|with|by|under|\u2192|->"
            r"|=>)\s*(?:the )?(?:new )?<paths>"
        ),
        example="Renamed `src/conf.py` to `src/settings.py`.",
        yields=("src/settings.py",),
        counter_example="Moved `src/conf.py` out of the way.",
        why="where something was moved to, something must be",
    ),
)

RULES: tuple[Rule, ...] = (
    *COMMIT_RULES,
    *PULL_RULES,
    *ISSUE_RULES,
    *FILE_RULES,
    *CODE_RULES,
    *STATE_RULES,
    *BODY_RULES,
)
