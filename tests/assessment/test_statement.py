"""The in-toto statement: there and back, and nothing in it that disagrees with itself."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assessment.codec import NotAnAssessment, encode
from bot.assessment.evidence import Sha
from bot.assessment.redact import redact
from bot.assessment.statement import NotAStatement, Wanted, differences, read_statement, statement
from tests.assessment.samples import HEAD, Setting, assess, facts, finding

GITHUB = "https://github.com"
ASSESSMENT = assess((finding("ci"),))
DOCUMENT = encode(ASSESSMENT)


def changed(**changes: Any) -> bytes:
    """The statement with other fields."""
    return json.dumps(json.loads(statement(DOCUMENT, GITHUB)) | changes).encode()


def subjects(at: int, **changes: Any) -> list[dict[str, Any]]:
    """The subjects with one of them changed."""
    found = json.loads(statement(DOCUMENT, GITHUB))["subject"]
    found[at] |= changes
    return found


def test_what_a_statement_is() -> None:
    """The fields of in-toto's statement v1; the issue's digest is that of its URL, which anybody can work out."""
    made = json.loads(statement(DOCUMENT, GITHUB))
    url = "https://github.com/octo/shop/issues/12"
    assert list(made) == ["_type", "subject", "predicateType", "predicate"]
    assert (made["_type"], made["predicateType"]) == (
        "https://in-toto.io/Statement/v1",
        "urn:resolution-bot:assessment:v1",
    )
    assert made["subject"] == [
        {"name": "git+https://github.com/octo/shop", "digest": {"gitCommit": HEAD}},
        {"name": url, "digest": {"sha256": hashlib.sha256(url.encode()).hexdigest()}},
    ]


def test_the_predicate_is_the_document_byte_for_byte() -> None:
    """Blanks and keys that were appended later are kept as they are."""
    document = b'{ "later": 1,' + DOCUMENT.removeprefix(b"{")
    assert document in statement(document, GITHUB)
    assert read_statement(statement(document, GITHUB)).assessment == ASSESSMENT


@pytest.mark.parametrize("site", [GITHUB, "https://ghe.corp:8443", "http://127.0.0.1:4101"])
def test_there_and_back(site: str) -> None:
    """The site is told by the subjects."""
    read = read_statement(statement(DOCUMENT, site))
    assert (read.site, read.issue_url) == (site, f"{site}/octo/shop/issues/12")


def test_names_have_no_case() -> None:
    """One issue has one digest, however its repository is spelt."""
    made = [json.loads(statement(encode(replace(ASSESSMENT, repository=name)), GITHUB)) for name in ("o/r", "O/R")]
    assert made[0]["subject"][1]["digest"] == made[1]["subject"][1]["digest"]


def test_without_a_commit_there_is_the_issue_alone() -> None:
    """A commit that nobody looked at is no subject."""
    made = statement(encode(assess((), Setting(facts=facts(commit=None)))), GITHUB)
    assert [list(one["digest"]) for one in json.loads(made)["subject"]] == [["sha256"]]
    assert read_statement(made).assessment.commit is None


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_evidence_travels(observed: str, title: str) -> None:
    """Whatever was seen comes back."""
    clean = [redact(text.encode("utf-8", "replace").decode()) for text in (observed, title)]
    assessment = assess((finding("a", observed=clean[0], remedy=clean[1]),))
    assert assessment == read_statement(statement(encode(assessment), GITHUB)).assessment


def test_what_is_no_assessment_is_not_stated() -> None:
    """Nothing is made of a document that cannot be read."""
    with pytest.raises(NotAnAssessment):
        statement(b'{"schema": 0}', GITHUB)


OTHER = "0" * 40
COMMIT = {"gitCommit": OTHER}
REFUSED = {
    "no JSON": (b"<html>", "The statement is not JSON"),
    "twins": (b'{"_type": "a", "_type": "b"}', "The statement has the key '_type' twice"),
    "no object": (b"[]", "It is no in-toto statement"),
    "a field missing": (b'{"_type": "a"}', "It is no in-toto statement"),
    "type": (changed(_type="https://in-toto.io/Statement/v0.1"), "Its type is 'https://in-toto.io/Statement/v0.1'"),
    "predicate type": (changed(predicateType="https://slsa.dev/provenance/v1"), "It states 'https://slsa.dev"),
    "document": (changed(predicate={"schema": 1}), "Its predicate is no assessment document"),
    "schema": (changed(predicate=json.loads(DOCUMENT) | {"schema": 2}), "Its predicate is no assessment document"),
    "no subject": (changed(subject=[]), "about octo/shop#12, its subjects are not"),
    "issue": (changed(predicate=json.loads(DOCUMENT) | {"issue": 13}), "about octo/shop#13, its subjects are not"),
    "repository": (changed(predicate=json.loads(DOCUMENT) | {"repository": "octo/x"}), "about octo/x#12, its subjects"),
    "commit": (changed(predicate=json.loads(DOCUMENT) | {"commit": OTHER}), f"with gitCommit {OTHER}"),
    "subject's commit": (changed(subject=subjects(0, digest=COMMIT)), f"with gitCommit {HEAD}"),
    "subject's digest": (changed(subject=subjects(1, digest={"sha256": OTHER})), "No subject of it is https://github"),
    "another site": (
        changed(subject=subjects(1, name="https://x/octo/shop/issues/12")),
        "No subject of it is git+https",
    ),
    "no site": (changed(subject=subjects(1, name="/octo/shop/issues/12")), "its subjects are not"),
    "a site of another kind": (changed(subject=subjects(1, name="ssh://a@b/octo/shop/issues/12")), "subjects are not"),
    "one too many": (changed(subject=[*subjects(0), {"name": "x", "digest": COMMIT}]), "Its subject x is nothing"),
}


@pytest.mark.parametrize(("payload", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_disagrees_with_itself_is_refused(payload: bytes, words: str) -> None:
    """Subjects and predicate are about the same commit and the same issue, or it is no statement."""
    with pytest.raises(NotAStatement) as error:
        read_statement(payload)
    assert words in str(error.value)


WANTED = {
    "nothing": (Wanted(), ()),
    "this": (Wanted(repository="Octo/Shop", issue=12, commit=HEAD.upper()), ()),
    "repository": (Wanted(repository="octo/other"), ("It is about octo/shop, not octo/other.",)),
    "issue": (Wanted(issue=1), ("It is about issue 12, not 1.",)),
    "commit": (Wanted(commit=OTHER), (f"It is about commit {HEAD}, not {OTHER}.",)),
}


@pytest.mark.parametrize(("wanted", "told"), WANTED.values(), ids=WANTED.keys())
def test_what_it_is_about_can_be_asked(wanted: Wanted, told: tuple[str, ...]) -> None:
    """A genuine statement about something else is not an answer."""
    assert told == differences(read_statement(statement(DOCUMENT, GITHUB)), wanted)


def test_no_commit_is_no_answer_to_a_commit() -> None:
    """What was assessed without one says so."""
    made = statement(encode(assess((), Setting(facts=facts(commit=None)))), GITHUB)
    wanted = Wanted(commit=Sha(OTHER))
    assert differences(read_statement(made), wanted) == (f"It is about no commit, not {OTHER}.",)
