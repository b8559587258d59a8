"""The world and its repositories out of ``world.json``."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.simulator.accounts import Account, AccountKind
from bot.simulator.clock import wall_clock
from bot.simulator.entities import ROLES, Repository
from bot.simulator.git.store import GitError, Source, create_store, point, read_source, resolve_now
from bot.simulator.ids import Ids
from bot.simulator.loading.evidence import load_evidence
from bot.simulator.loading.issues import link_issues, load_issues
from bot.simulator.loading.revisions import AGE, Revisions, mentioned_revisions
from bot.simulator.reading import Place, ReadingError, place
from bot.simulator.world import EVENTS, App, World


class WorldError(Exception):
    """``world.json`` does not hold: one line, with the JSON path and what is wrong."""


def load_world(source: Path | Mapping[str, object]) -> World:
    """The world in a file or in decoded JSON; raises WorldError with one line on any fault.

    Paths are relative to the file. The world owns a temporary folder: end it with `unload_world`.
    """
    try:
        if isinstance(source, Path):
            return _load(place(_read_file(source), ""), source.parent)
        return _load(place(source, ""), Path())
    except ReadingError as error:
        raise WorldError(str(error)) from error


def _load(root: Place, home: Path) -> World:
    world = _load_app(root.place("app"), home)
    try:
        for each in root.places("repositories"):
            _load_repository(world, each, home)
        for each in root.places("repositories"):
            link_issues(world, _repository_at(world, each), each)
        for token, login in root.pairs("tokens").items():
            world.people[token] = world.account(login).login
    except BaseException:
        shutil.rmtree(world.folder, ignore_errors=True)
        raise
    return world


async def unload_world(world: World) -> None:
    """End the git processes of a world and remove its temporary folder."""
    for repository in world.repositories.values():
        await repository.git.close()
    shutil.rmtree(world.folder, ignore_errors=True)


@cache
def generated_key() -> tuple[str, bytes]:
    """A private key and its public half, made once a process where no path is given (PEM)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    return private.decode(), _public_half(key)


def _read_file(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise ReadingError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise ReadingError(f"{path}: not JSON: {error}") from error


def _load_app(root: Place, home: Path) -> World:
    slug = root.text("slug", "resolution")
    ids = Ids()
    account = Account(id=ids.take(), login=f"{slug}[bot]", kind=AccountKind.BOT)
    private, public = _load_key(root, home) if root.has("private_key_path") else generated_key()
    app = App(
        id=root.number("id", 1),
        slug=slug,
        account=account,
        public_key=public,
        private_key=private,
        webhook_url=root.maybe_text("webhook_url"),
        webhook_secret=root.text("webhook_secret", "simulated-secret"),
        events=tuple(root.texts("events")) or EVENTS,
    )
    if root.has("permissions"):
        app.permissions = root.pairs("permissions")
    world = World(app=app, ids=ids, folder=Path(tempfile.mkdtemp(prefix="simulated-github-")))
    world.accounts[account.login.lower()] = account
    return world


def _load_key(root: Place, home: Path) -> tuple[str, bytes]:
    path = home / root.text("private_key_path")
    try:
        text = path.read_bytes()
        key = serialization.load_pem_private_key(text, password=None)
    except OSError as error:
        raise root.fault("private_key_path", f"cannot read {path}: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise root.fault("private_key_path", f"{path} holds no private key in PEM form") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise root.fault("private_key_path", f"{path} holds no RSA key")
    return text.decode(), _public_half(key)


def _public_half(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _repository_at(world: World, root: Place) -> Repository:
    found = world.repository(root.text("full_name"))
    if found is None:
        raise root.fault("full_name", "was not loaded")
    return found


def _load_repository(world: World, root: Place, home: Path) -> None:
    owner, _, name = root.text("full_name").partition("/")
    if not owner or not name or "/" in name:
        raise root.fault("full_name", "must be OWNER/NAME")
    if world.repository(f"{owner}/{name}") is not None:
        raise root.fault("full_name", "is there twice")
    number = world.ids.take()
    source, tip = _source(root, home)
    branch = root.text("default_branch", source.head_branch)
    store = create_store(world.folder / f"{number}.git", source)
    refs = dict(source.refs)
    tip = tip or refs.get(f"refs/heads/{branch}")
    if tip:
        refs[f"refs/heads/{branch}"] = tip
    for extra, revision in root.pairs("branches").items():
        refs[f"refs/heads/{extra}"] = _one_revision(store.directory, root, f"branches.{extra}", revision)
    point(store, refs, branch)
    repository = Repository(
        id=number,
        owner=world.account(owner),
        name=name,
        git=store,
        default_branch=branch,
        created_at=root.moment("created_at", wall_clock() - AGE),
        private=root.flag("private"),
        archived=root.flag("archived"),
        has_issues=root.flag("has_issues", default=True),
        installed=root.flag("installed", default=True),
        permissions=root.pairs("permissions") if root.has("permissions") else None,
        protected=set(root.texts("protected")),
    )
    people = root.place("collaborators")
    for login in people.value:
        repository.collaborators[login.lower()] = people.word(login, ROLES, "read")
        world.account(login)
    world.repositories[repository.full_name.lower()] = repository
    revisions = Revisions(directory=store.directory, known=mentioned_revisions(store.directory, root, tip))
    load_issues(world, repository, root, revisions)
    load_evidence(world, repository, root, revisions)
    refs |= {f"refs/pull/{i.number}/head": i.pull.head_sha for i in repository.pulls() if i.pull and i.pull.head_sha}
    point(store, {name: oid for name, oid in refs.items() if oid}, branch)


def _source(root: Place, home: Path) -> tuple[Source, str | None]:
    """What the given repository offers, and the commit that is to be the tip."""
    if not root.has("git"):
        return Source(objects=None, refs=(), head_branch="main"), None
    path = (home / root.text("git")).expanduser()
    try:
        source = read_source(path)
    except (GitError, OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else "cannot be read"
        raise root.fault("git", f"{path} is no git repository ({reason})") from error
    if root.has("head"):
        return source, _one_revision(path, root, "head", root.text("head"))
    branch = root.text("default_branch", source.head_branch)
    if f"refs/heads/{branch}" in dict(source.refs):
        return source, None
    return source, resolve_now(path, ["HEAD"])[0]


def _one_revision(directory: Path, root: Place, key: str, revision: str) -> str:
    found = resolve_now(directory, [revision])[0]
    if found is None:
        raise root.fault(key, f"{revision!r} names no commit of that repository")
    return found
