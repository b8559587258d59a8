"""Claim rules about the code as a whole: names that are gone, migrations, the number of files changed."""

from bot.assessment.claim_wording import ClaimKind, Rule

_RUNTIME = (
    r"(?!\s+(?:\S+\s+)?(?:warnings?|errors?|exceptions?|failures?|crash(?:es)?|log(?: messages?|s)?|messages?"
    r"|alerts?|issues?|problems?|timeouts?|flak\w+))"
)

_ARROW = r"(?:\u2192|-+>|=+>|\u21d2|\u27f6)"
# What "migrated ... from X to Y" must move for X to be gone: not one parser, but all of them.
_EVERYTHING = (
    r"(?:everything|all(?: [a-z-]{1,30}){0,3}|every [a-z-]{1,30}"
    r"|the (?:whole |entire )?(?:code ?base|project|repo\w*|app))"
)

CODE_RULES: tuple[Rule, ...] = (
    Rule(
        id="pattern-all-removed",
        kind=ClaimKind.PATTERN_GONE,
        wording=(
            rf"\b(?P<v><removed>\s+(?:all|every|any|each|the last|the remaining|remaining)(?:\s+(?:remaining"
            rf"|existing|legacy|old|direct|hard-?coded|of the|of|the|other|our))*(?:\s+<uses>(?:\s+(?:of|to|for"
            rf"|from))?)?)\s+(?:(?:the|old|deprecated|legacy)\s+)*<things>{_RUNTIME}"
        ),
        example="Eliminated all uses of `legacy_client`.",
        yields=("legacy_client",),
        counter_example="Removed `legacy_client` from the retry test.",
        why="a removing verb with 'all' before the name",
    ),
    Rule(
        id="pattern-removed-everywhere",
        kind=ClaimKind.PATTERN_GONE,
        wording=(
            r"\b(?P<v><removed>)\s+(?:(?:the|old|deprecated|legacy|use of|usage of|references to"
            r"|calls to)\s+)*<things>\s+(?:\w+\s+)?<everywhere>"
        ),
        example="Removed `legacy_client` everywhere.",
        yields=("legacy_client",),
        counter_example="Removed `legacy_client` here.",
        why="a removing verb and 'everywhere'",
    ),
    Rule(
        id="pattern-is-gone",
        kind=ClaimKind.PATTERN_GONE,
        wording=(
            r"(?<!in )(?<!of )<things>\s+<is>(?P<v>(?:removed|eliminated|purged|deleted|dropped|replaced"
            r"|migrated)\s+<everywhere>|gone(?=\s*(?:[.,;!)]|\Z|<everywhere>|from the code))|no longer used\b"
            r"|not used any ?(?:more|where)|unused now)"
        ),
        example="`legacy_client` is gone from the codebase.",
        yields=("legacy_client",),
        counter_example="`legacy_client` is gone from the agenda.",
        why="the name is the subject, and it is gone everywhere",
    ),
    Rule(
        id="pattern-no-more",
        kind=ClaimKind.PATTERN_GONE,
        wording=(
            rf"\b(?P<v>(?:no (?:more|remaining|longer any|other)|zero|0|no)\s+(?:(?:direct|remaining|hard-?coded"
            rf"|more|legacy)\s+)*<uses>\s+(?:of|to|for|from))\s+(?:(?:the|any|old)\s+)*<things>{_RUNTIME}"
        ),
        example="There are no more references to `legacy_client`.",
        yields=("legacy_client",),
        counter_example="There are more references to `legacy_client`.",
        why="no occurrence of a name is left",
    ),
    Rule(
        id="pattern-no-more-name",
        kind=ClaimKind.PATTERN_GONE,
        wording=(
            r"\b(?P<v>no more)\s+(?P<a><thing>)(?=\s*(?:[.,;!)]|\Z|<everywhere>|calls?\b|imports?\b|references?\b"
            r"|usages?\b|left\b))"
        ),
        example="No more `legacy_client`.",
        yields=("legacy_client",),
        counter_example="No more `legacy_client` errors.",
        why="a name that is no more; errors that are no more are not in the code",
    ),
    Rule(
        id="pattern-no-longer",
        kind=ClaimKind.PATTERN_GONE,
        wording=(
            r"\b(?:we|the (?:code|code ?base|repo(?:sitory)?|project"
            r"|app(?:lication)?))\s+(?P<v>(?:now )?no longer (?:uses?|references?|contains?|imports?|mentions?"
            r"|depends? on|rel(?:y|ies) on|calls?))\s+(?:(?:the|any|old)\s+)*<things>(?!\s+(?:in|for|when|to|as"
            r"|during)\b)"
        ),
        example="The codebase no longer uses `legacy_client`.",
        yields=("legacy_client",),
        counter_example="The parser no longer uses `legacy_client`.",
        why="said of the whole code, not of a part",
    ),
    Rule(
        id="pattern-nothing-uses",
        kind=ClaimKind.PATTERN_GONE,
        wording=(
            r"\b(?P<v>(?:nothing|no (?:code|module|file|service|one)|nobody)\s+(?:uses|references|imports|calls"
            r"|mentions|depends on))\s+(?:the |old )*<things>(?=.{0,20}\b(?:any ?more|any longer|now)\b|\s*[.;!]"
            r"|\s*\Z)"
        ),
        example="Nothing imports `legacy_client` any more.",
        yields=("legacy_client",),
        counter_example="Nothing wrong with how it imports `legacy_client`.",
        why="no user of a name is left",
    ),
    Rule(
        id="pattern-migrated",
        kind=ClaimKind.PATTERN_GONE,
        wording=(
            r"\b(?P<v>(?:migration|renaming|replacement|conversion|renamed|replaced|migrated|switched|moved)"
            rf"(?:\s+(?:{_EVERYTHING}\s+)?(?:(?:of|from)\s+)?|:\s*(?:from\s+)?)(?=<thing>\s*{_ARROW})"
            r"|(?:renamed|replaced)\s+(?:(?:the|old|our|legacy|deprecated|all|uses of|calls to|imports of)\s+){0,3}"
            rf"|(?:migrated|moved|switched|converted|ported)(?:\s+{_EVERYTHING})?\s+(?:away\s+|over\s+)?from\s+(?:the\s+)?"
            r"|migration\s+(?:of\s+(?:all\s+)?\S{1,30}\s+)?from\s+(?:the\s+)?)"
            rf"(?P<a><thing>)\s*(?:{_ARROW}|\bto\b|\bwith\b|\bby\b|\bin favou?r of\b)\s*"
            r"(?:(?:the|new|our|canonical)\s+){0,2}(?P<b><thing>)"
        ),
        example="Domain migration: `*.staging.example.com` \u2192 `*.example.com`",
        yields=(".staging.example.com",),
        counter_example="Replaced `legacy_client` with `new_client` in the retry test.",
        why="a migration names the old and the new; the old must be gone, unless only a part was meant",
    ),
    Rule(
        id="all-now-use",
        kind=ClaimKind.UNCHECKED,
        wording=(
            r"\b(?P<v>(?:all|every|everything|each)\b[^;|.]{0,60}?\b(?:now (?:uses?|using|points? (?:to|at)"
            r"|goes? through|runs? on|imports?(?: from)?)|(?:have been |has been |were |was |are "
            r"|is )(?:now )?(?:migrated|moved|switched|converted|ported) to))\s+(?:(?:the|our|new)\s+)*(?P<b><thing>)"
        ),
        example="All services now use `*.example.com` domains.",
        yields=("All services now use `*.example.com`",),
        counter_example="Not all services now use `*.example.com` domains.",
        why="only a stated migration tells which old name must be gone",
    ),
    Rule(
        id="count-files",
        needs=("file",),
        kind=ClaimKind.COUNT,
        wording=(
            r"(?<![\d.,~])(?<!about )(?<!around )(?<!roughly )(?<!approximately )(?<!of )\b(?P<n>\d[\d,]{0,8})\s+"
            r"(?:[a-z-]+\s+){0,2}?files?\s+(?:(?:were|have been|are|got|now)\s+)*(?P<v>updated|changed|modified"
            r"|touched|migrated|converted|renamed|edited)\b"
        ),
        example="Scope: 816 files updated across the entire codebase",
        yields=("816 files",),
        counter_example="12 of 816 files updated",
        why="a number of files, changed",
    ),
    Rule(
        id="count-files-object",
        needs=("file",),
        kind=ClaimKind.COUNT,
        wording=(
            r"\b(?P<v>updated|changed|modified|touched|migrated|converted|edited)\s+(?:(?:all|a total of|over"
            r"|more than|the)\s+)*(?P<n>\d[\d,]{0,8})\s+(?:[a-z-]+\s+){0,2}?files?\b"
        ),
        example="Migrated all 816 configuration files.",
        yields=("816 files",),
        counter_example="Changed 3 lines in 816-file projects.",
        why="a number of files as the object of a changing verb",
    ),
    Rule(
        id="count-files-label",
        needs=("file",),
        kind=ClaimKind.COUNT,
        wording=(
            r"<start>(?P<v>files? (?:modified|changed|updated|touched"
            r"|migrated))\s?[:|=]\s?(?P<n>\d[\d,]{0,8})\b(?!\s?(?:of|/|%|out of))"
        ),
        example="**Files Modified**: 816 staging configuration references",
        yields=("816 files",),
        counter_example="Files modified: 12 of 816",
        why="a number of files with its label",
    ),
)
