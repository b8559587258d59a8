"""Leaves what went over the wire where the contract check looks for it: exchanges and webhook payloads."""

import json
import os
from pathlib import Path

from bot.simulator.testing import SimulatorHandle


async def record(github: SimulatorHandle, name: str) -> None:
    """Write the exchanges so far under a name that is this test's alone; nothing where nobody asks for them."""
    folder = os.environ.get("EXCHANGES_DIR")
    if not folder:
        return
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(exchange) for exchange in await github.exchanges()]
    (target / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines))
    for number, delivery in enumerate(github.deliveries()):
        place = target.parent / "webhooks" / delivery.emission.event
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{name}-{number}.json").write_text(json.dumps(delivery.emission.payload))
