"""A fix that is contained in what is deployed or released, and undone there, over real git."""

import pytest

from bot.assessment.evidence import Outcome

from .test_histories import answer, git, merged, world, write


@pytest.fixture
def project(tmp_path):
    """A start on main."""
    git(tmp_path, "init", "-q", "-b", "main")
    write(tmp_path, "Start")
    return tmp_path


def reverted_on_a_branch(project):
    """The fix stands on main; the branch of the release took it back, and went on."""
    fix = write(project, "Right (#2)", l10="ten")
    git(project, "checkout", "-q", "-b", "release")
    write(project, "Prepare", l30="thirty")
    git(project, "revert", "--no-edit", fix)
    write(project, "Go on", l35="thirty-five")
    git(project, "checkout", "-q", "main")
    write(project, "Later", l0="zero")
    return fix, "release"


def between_revert_and_return(project):
    """Main took it back and brought it again; what runs is from between."""
    fix = write(project, "Right (#2)", l10="ten")
    git(project, "revert", "--no-edit", fix)
    git(project, "tag", "between")
    git(project, "revert", "--no-edit", "HEAD")
    return fix, "between"


def before_a_revert(project):
    """Main takes it back only after what runs."""
    fix = write(project, "Right (#2)", l10="ten")
    git(project, "tag", "good")
    git(project, "revert", "--no-edit", fix)
    git(project, "revert", "--no-edit", "HEAD")
    return fix, "good"


HISTORIES = {
    "reverted on a branch": (reverted_on_a_branch, Outcome.FAIL, "its effect is gone there"),
    "between revert and return": (between_revert_and_return, Outcome.FAIL, "reverted it there"),
    "before a revert": (before_a_revert, Outcome.PASS, "v1.0"),
}
ASKED = {
    "deployed": ("deployment", {"environment": "production"}),
    "released": ("commit", {"in_release": True}),
    "tagged": ("commit", {"in_tag": "v1.0"}),
}


@pytest.mark.parametrize("ask", ASKED)
@pytest.mark.parametrize("name", HISTORIES)
async def test_what_contains_a_fix_and_its_revert_does_not_have_it(project, name, ask):
    """Ancestry alone would say that it has."""
    (make, outcome, words), (kind, params) = HISTORIES[name], ASKED[ask]
    fix, rev = make(project)
    git(project, "tag", "v1.0", rev)
    at = git(project, "rev-parse", rev)
    deployments = [{"environment": "production", "sha": at}]
    over = world(project, merged(fix, []), deployments=deployments, releases=[{"tag": "v1.0"}])
    evidence = await answer(over, kind, **params)
    words = "contains the fix" if ask == "deployed" and outcome is Outcome.PASS else words
    assert (evidence.outcome, words in evidence.observed) == (outcome, True), evidence.observed
