"""Who asks, and what he may: app JWTs, installation tokens, tokens of people.

Source: https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import jwt

from bot.simulator.accounts import Account
from bot.simulator.entities import ROLES, Repository
from bot.simulator.limits import Budget
from bot.simulator.refusals import Refusal, forbidden, not_found
from bot.simulator.world import Installation, Token, World

TOKEN_LIFE = timedelta(hours=1)
_LONGEST_JWT_SECONDS = 600
_CLOCK_DRIFT_SECONDS = 60
_HOURLY = 5000
_ANONYMOUS_HOURLY = 60
_LEVELS = {"read": 1, "write": 2, "admin": 3}


class Kind(StrEnum):
    """How a request proves who sends it."""

    APP = "app"
    INSTALLATION = "installation"
    PERSON = "person"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who sent a request."""

    kind: Kind
    account: Account | None = None
    token: Token | None = None

    @property
    def who(self) -> Account:
        """The account that acts; raises a 401 Refusal for nobody."""
        if self.account is None:
            raise Refusal(401, "Requires authentication")
        return self.account

    @property
    def budget(self) -> Budget:
        """Who pays for what this actor asks."""
        if self.token is not None:
            return Budget(key=f"installation {self.token.installation}", hourly=_HOURLY)
        if self.account is None:
            return Budget(key="", hourly=_ANONYMOUS_HOURLY)
        return Budget(key=self.account.login, hourly=_HOURLY)


NOBODY = Actor(kind=Kind.NOBODY)


def authenticate(world: World, header: str) -> Actor:
    """Who an ``Authorization`` header stands for; raises a 401 Refusal for a bad one."""
    if not header:
        return NOBODY
    scheme, _, value = header.partition(" ")
    value = value.strip()
    if scheme.lower() not in ("bearer", "token") or not value:
        raise Refusal(401, "Bad credentials")
    if value.count(".") == 2 and value.startswith("ey"):
        _check_jwt(world, value)
        return Actor(kind=Kind.APP, account=world.app.account)
    if value in world.people:
        return Actor(kind=Kind.PERSON, account=world.account(world.people[value]))
    token = world.tokens.get(value)
    if token is None or token.expires_at <= world.clock():
        raise Refusal(401, "Bad credentials")
    where = world.installation_by_id(token.installation)
    if where is not None and where.suspended_at is not None:
        raise Refusal(403, "This installation has been suspended", "FORBIDDEN")
    return Actor(kind=Kind.INSTALLATION, account=world.app.account, token=token)


def mint(
    world: World, where: Installation, repositories: list[Repository] | None, permissions: dict[str, str]
) -> Token:
    """A new installation token for some repositories (None: all) and some permissions."""
    covered = world.installed(where)
    chosen = covered if repositories is None else repositories
    token = Token(
        value=f"ghs_{secrets.token_urlsafe(27).replace('-', 'x').replace('_', 'y')}",
        installation=where.id,
        repositories=frozenset(r.id for r in chosen),
        selected=repositories is not None,
        permissions={"metadata": "read"} | permissions,
        expires_at=world.clock() + TOKEN_LIFE,
    )
    world.tokens[token.value] = token
    return token


def visible(actor: Actor, repository: Repository) -> bool:
    """Whether an actor may know of a repository."""
    if not repository.private:
        return True
    if actor.token is not None:
        return repository.id in actor.token.repositories
    return actor.account is not None and repository.role_of(actor.account.login) != "none"


def allowed(world: World, actor: Actor, repository: Repository, needs: str, role: str = "") -> bool:
    """Whether an actor has what an operation needs in a repository.

    ``needs`` is ``permission:level``, several joined by ``|`` where one suffices; ``role`` is what
    a person must hold instead, by default read to read and write to write.
    """
    if not visible(actor, repository):
        return False
    reading = all(one.endswith(":read") for one in needs.split("|"))
    if actor.token is None:
        held = "none" if actor.account is None else repository.role_of(actor.account.login)
        wanted = role or ("read" if reading else "write")
        public_read = reading and not repository.private
        return public_read or (held != "none" and ROLES.index(held) >= ROLES.index(wanted))
    if repository.id not in actor.token.repositories:
        return reading
    given = world.granted(repository)
    return any(_holds(actor.token.permissions, one) and _holds(given, one) for one in needs.split("|"))


def require(world: World, actor: Actor, repository: Repository, needs: str, role: str = "") -> None:
    """Raise the Refusal that GitHub gives when an actor lacks what an operation needs."""
    if not needs or allowed(world, actor, repository, needs, role):
        return
    if not visible(actor, repository):
        raise not_found()
    if actor.kind is Kind.NOBODY:
        raise Refusal(401, "Requires authentication")
    if actor.token is None:
        raise forbidden("Must have admin rights to Repository.")
    raise forbidden(accepted=_accepted(needs))


def _holds(permissions: dict[str, str], need: str) -> bool:
    name, _, level = need.partition(":")
    return _LEVELS.get(permissions.get(name, ""), 0) >= _LEVELS[level]


def _accepted(needs: str) -> str:
    return "; ".join(one.replace(":", "=") for one in needs.split("|"))


def _check_jwt(world: World, value: str) -> None:
    try:
        claims = jwt.decode(
            value,
            world.app.public_key,
            algorithms=["RS256"],
            options={"require": ["iat", "exp", "iss"], "verify_iat": False, "verify_exp": False, "verify_iss": False},
        )
    except jwt.PyJWTError as error:
        raise Refusal(401, "A JSON web token could not be decoded") from error
    now = world.clock().timestamp()
    if str(claims["iss"]) not in (str(world.app.id), world.app.client_id):
        raise Refusal(401, "A JSON web token could not be decoded")
    if float(claims["iat"]) > now + _CLOCK_DRIFT_SECONDS:
        text = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        raise Refusal(401, text)
    if float(claims["exp"]) <= now:
        raise Refusal(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time")
    if float(claims["exp"]) > now + _LONGEST_JWT_SECONDS + _CLOCK_DRIFT_SECONDS:
        raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
