"""How an issue ends, by the order in which things happen to it: a small model that knows nothing of the bot's code.

An order is a row of names: what people, machines and time do. Each leaves looks behind that the bot owes. Told of at
once, it does them before anything else happens: `end` follows that one way. Told late, twice or in another order it may
do each at any later moment, in any order: `ends` follows all of these ways, and what they come to is all that the
product leaves open. Where they come to one end, the order in which things are told must not matter at all.

What a look may do is what the manual promises people, in the fewest words: see `_closes` and `_guarded`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

NEVER = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What of a policy matters here. `acts`: a merge may close; `robots`: what bots close is opened again.

    `watched`: what is closed and holds is looked at once more when time has gone by.
    """

    acts: bool = True
    robots: bool = False
    grace: bool = False
    watched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the bot owes: why, since which moment; `ready` once time has gone by, where it waits for that."""

    why: str
    since: int
    by: str = ""
    ready: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """An issue. Moments are places in the order; `NEVER` is before all of them.

    `shut` is whose hand closed it, at `shut_at`. `against` is when it was last opened again, and no person has closed
    it since; `by_us`: nobody had asked for that. `over`: a person closed it again after that, for good. `held` is when
    a person put the label on. `said` is when somebody with a say last spoke, `asked` the newest asking that was heard.
    """

    shut: str = ""
    shut_at: int = NEVER
    fixed: bool = False
    against: int = NEVER
    by_us: bool = False
    over: bool = False
    held: int = NEVER
    opened: int = NEVER
    said: int = NEVER
    down: int = NEVER
    asked: int = NEVER
    owed: frozenset[Look] = frozenset()

    def owing(self, *looks: Look) -> "World":
        """The same with more to look at."""
        return replace(self, owed=self.owed | frozenset(looks))

    def without(self, *whys: str) -> "World":
        """The same without the looks of a kind."""
        return replace(self, owed=frozenset(one for one in self.owed if one.why not in whys))

    @property
    def contradicted(self) -> bool:
        """Has a person, or an opening of ours, said otherwise, and nobody asked since?"""
        return self.over or max(self.against, self.held) > self.asked


def end(order: Sequence[str], rules: Rules) -> str:
    """How it ends where everything is told at once: `open` or `closed`."""
    world = World()
    for moment, name in enumerate(order):
        world = _happens(world, name, moment)
        while ready := [one for one in world.owed if _can(world, one)]:
            first = min(ready, key=lambda one: (one.since, one.why))
            world = _looked(world, first, moment, rules)
    return "closed" if world.shut else "open"


def ends(order: Sequence[str], rules: Rules) -> frozenset[str]:
    """How it may end, whenever the bot is told of what."""
    worlds = {World()}
    for moment, name in enumerate(order):
        worlds = _reached({_happens(one, name, moment) for one in worlds}, moment, rules)
    return frozenset("closed" if one.shut else "open" for one in worlds if not any(_can(one, it) for it in one.owed))


def _reached(worlds: set[World], moment: int, rules: Rules) -> set[World]:
    """These worlds, and all that looks make of them."""
    reached, left = set(worlds), list(worlds)
    while left:
        world = left.pop()
        new = {_looked(world, one, moment, rules) for one in world.owed if _can(world, one)} - reached
        reached |= new
        left += new
    return reached


def _happens(world: World, name: str, moment: int) -> World:  # noqa: C901, PLR0911, PLR0912 one row an event
    """One thing at GitHub, and what the bot owes for it."""
    match name:
        case "merge":
            return replace(world, fixed=True).owing(Look(why="merge", since=moment))
        case "ask":
            return world.owing(Look(why="ask", since=moment))
        case "speak" | "object":
            return replace(world, said=moment)
        case "cancel":
            return replace(world, said=moment).owing(Look(why="cancel", since=moment))
        case "/reopen":
            return replace(world, said=moment).owing(Look(why="/reopen", since=moment))
        case "thumb":
            return replace(world, down=moment) if _announced(world) else world
        case "hold":
            return replace(world, held=moment) if world.held == NEVER else world
        case "release":
            return replace(world, held=NEVER)
        case "break":
            return replace(world, fixed=False)
        case "later":
            return replace(world, owed=frozenset(replace(one, ready=True) for one in world.owed))
        case "close" | "robot" | "keyword":
            return _shut(world, name, moment)
        case "reopen" if world.shut:
            return _opened(world, moment, by_us=False)
        case _:
            return world


def _shut(world: World, hand: str, moment: int) -> World:
    """Closed, unless it is; only a person's own hand takes back that it was opened."""
    if world.shut:
        return world
    world = replace(world, shut=hand, shut_at=moment)
    if hand == "close":
        again = world.against != NEVER and world.by_us
        world = replace(world, against=NEVER, by_us=False, over=world.over or again)
    return world.owing(Look(why="guard", since=moment, by=hand)) if hand in {"close", "robot"} else world


def _opened(world: World, moment: int, *, by_us: bool) -> World:
    opened = world.opened if by_us else moment
    return replace(world, shut="", against=moment, by_us=by_us, opened=opened)


def _announced(world: World) -> bool:
    return any(one.why == "due" for one in world.owed)


def _can(world: World, look: Look) -> bool:
    """What waits for its time is looked at then; an objection is heard before, and so is who closes it himself."""
    return look.ready or (look.why == "due" and (bool(world.shut) or _objected(world, look)))


def _objected(world: World, look: Look) -> bool:
    return max(world.said, world.down) > look.since


def _looked(world: World, look: Look, moment: int, rules: Rules) -> World:
    """One look, and what comes of it."""
    world = replace(world, owed=world.owed - {look})
    match look.why:
        case "ask":
            heard = replace(world.without("due"), asked=max(world.asked, look.since))
            return _resolved(heard, look, moment, rules)
        case "merge":
            return _resolved(world, look, moment, rules) if not _announced(world) else world
        case "due":
            return _at_last(world, look, moment, rules)
        case "cancel":
            return world.without("due")
        case "/reopen" if world.shut == "ours":
            return _opened(world, moment, by_us=False)
        case "guard":
            return _guarded(world, look, moment, rules)
        case "rung":
            return _fallen(world, look, moment)
        case _:
            return world


def _resolved(world: World, look: Look, moment: int, rules: Rules) -> World:
    """An assessment: closed, announced, or verified as closed, where it holds."""
    if not world.fixed:
        return world
    if world.shut:
        return _watched(world, rules)
    if not _closes(world, look, rules):
        return world
    if rules.grace:
        return world.owing(Look(why="due", since=look.since, by=look.why, ready=False))
    return _watched(replace(world, shut="ours", shut_at=moment), rules)


def _watched(world: World, rules: Rules) -> World:
    """What is closed and holds is looked at again; a newer closing's watch takes the place of an older one's."""
    if not rules.watched or world.held != NEVER or world.contradicted:
        return world
    return world.without("rung").owing(Look(why="rung", since=world.shut_at, ready=False))


def _fallen(world: World, look: Look, moment: int) -> World:
    """It came back: opened again, where it is the closing that was watched, and nobody has contradicted since."""
    stands = world.shut and world.shut_at == look.since and not world.contradicted
    return _opened(world, moment, by_us=True) if stands and not world.fixed else world


def _closes(world: World, look: Look, rules: Rules) -> bool:
    """Never while the label is on it, nor against what people did; for who asks, against what they did since.

    A merge closes nothing over what was said since it was done.
    """
    if world.held != NEVER:
        return False
    if look.why == "ask" or look.by == "ask":
        since = max(world.said, world.opened, world.against)
        return since < look.since
    return rules.acts and not world.contradicted and world.said < look.since


def _at_last(world: World, look: Look, moment: int, rules: Rules) -> World:
    """The time to object is over, or somebody did."""
    decided = world.shut == "close" and max(world.said, world.down) < world.shut_at  # knowing of the objection
    if _objected(world, look) and not decided:
        return replace(world, against=moment, by_us=False)
    if world.shut or not world.fixed or not _closes(world, look, rules):
        return world
    return replace(world, shut="ours", shut_at=moment)


def _guarded(world: World, look: Look, moment: int, rules: Rules) -> World:
    """What a bot closed is opened again where it does not hold, once, and not against a person."""
    theirs = rules.robots and look.by == "robot" and world.shut == "robot" and world.shut_at == look.since
    return _opened(world, moment, by_us=True) if theirs and not world.fixed and not world.contradicted else world
