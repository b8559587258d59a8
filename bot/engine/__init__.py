"""Durable work: deliveries taken once, jobs run one at a time per key, steps and writes that survive a crash.

The only part of the program that knows the engine library and databases.
"""

from bot.engine.archive import Archive
from bot.engine.breaker import Booking, Change, Counts, Turned
from bot.engine.contract import (
    AlreadyRunning,
    Delivery,
    EngineSettings,
    Handler,
    Health,
    Job,
    Json,
    Later,
    Refused,
    Signal,
    StoreUnavailable,
    Turn,
    UnknownOutcome,
    Waiting,
    Write,
)
from bot.engine.inbox import Inbox
from bot.engine.notes import Note, Notes
from bot.engine.precedents import Found, Kept, Precedent, Precedents, Sought
from bot.engine.running import Engine, kept_document, running_engine

__all__ = [
    "AlreadyRunning",
    "Archive",
    "Booking",
    "Change",
    "Counts",
    "Delivery",
    "Engine",
    "EngineSettings",
    "Found",
    "Handler",
    "Health",
    "Inbox",
    "Job",
    "Json",
    "Kept",
    "Later",
    "Note",
    "Notes",
    "Precedent",
    "Precedents",
    "Refused",
    "Signal",
    "Sought",
    "StoreUnavailable",
    "Turn",
    "Turned",
    "UnknownOutcome",
    "Waiting",
    "Write",
    "kept_document",
    "running_engine",
]
