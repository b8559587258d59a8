"""A real Prometheus that scrapes the running bot, and the bot that asks it about itself."""

import asyncio
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.assessment.evidence import Outcome
from bot.egress.exchange import Network, ServerKind
from bot.egress.grants import Grants, Repositories, Server
from bot.probes.contract import Fix
from bot.probes.metric import PROBE
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, served_app, world, write_policy
from tests.probes.loopback import LOOPBACK, loopback, over
from tests.probes.world import Step, ask, context, repo

SCRAPE = """
global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}
scrape_configs: [{{job_name: bot, static_configs: [{{targets: ["{target}"]}}]}}]
"""
OPERATOR = """
version: 1
servers:
  - name: main
    kind: prometheus
    url: http://127.0.0.1:{port}
    repositories: [{repository}]
    networks: [127.0.0.1/32]
"""
ONE_OF_FOUR = """
version: 1
claims: off
criteria:
  - file: service/monitoring.py
  - file: service/config.py
  - file: README.md
  - file: service/gone.py
"""
FEW_FAIL = """
version: 1
claims: off
criteria:
  - id: failing
    title: Few probes fail
    metric:
      query: sum(resolution_bot_probes_total{{outcome!="pass"}}) / sum(resolution_bot_probes_total)
      pass_when: "{condition}"
      samples: sum(resolution_bot_probes_total)
      min_samples: 4
"""


@pytest.fixture
def port() -> int:
    """A port that was free just now: the operator's file names it before Prometheus has it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        found: int = free.getsockname()[1]
    return found


@contextmanager
def prometheus(folder: Path, target: str, port: int) -> Iterator[None]:
    """A real Prometheus that scrapes the target."""
    program = shutil.which("prometheus")
    if program is None and os.environ.get("CI"):
        pytest.fail("Debian's package prometheus is needed")
    if program is None:
        pytest.skip("Debian's package prometheus is not installed")
    (folder / "prometheus.yml").write_text(SCRAPE.format(target=target))
    arguments = [
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/tsdb",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen([program, *arguments], stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)


@asynccontextmanager
async def watched(on_stage: Staging, shas: Shas, folder: Path, port: int) -> AsyncIterator[Stage]:
    """A bot that may ask a Prometheus that scrapes it, after an assessment in which one of four probes failed."""
    operator = folder / "operator.yml"
    operator.write_text(OPERATOR.format(port=port, repository=REPO))
    async with (
        on_stage(world(shas), OPERATOR_FILE=str(operator)) as stage,
        served_app(stage.parts.metrics) as url,
    ):
        with prometheus(folder, url.removeprefix("http://"), port):
            await write_policy(stage, ONE_OF_FOUR)
            await stage.command("/assess-resolution --dry-run")
            await scraped(port, "resolution_bot_assessments_total")
            yield stage


async def scraped(port: int, query: str) -> None:
    """Wait until Prometheus has data."""
    async with asyncio.timeout(20), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                told = await client.get(f"http://127.0.0.1:{port}/api/v1/query", params={"query": query})
                if told.status_code == 200 and told.json()["data"]["result"]:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


async def test_the_answer_cites_the_number(on_stage: Staging, shas: Shas, tmp_path: Path, port: int) -> None:
    """A policy asks a server that only the operator's file names; the number and its samples decide, and are told."""
    async with watched(on_stage, shas, tmp_path, port) as stage:
        await write_policy(stage, FEW_FAIL.format(condition="< 0.1"))
        before = await stage.command("/assess-resolution")
        await scraped(port, "sum(resolution_bot_probes_total) == 5")  # its own question was the fifth
        await write_policy(stage, FEW_FAIL.format(condition="< 0.5"))
        after = await stage.command("/assess-resolution")
    said = [answers(issue)[-1] for issue in (before, after)]
    assert [issue["state"] for issue in (before, after)] == ["open", "closed"], said
    assert said[0].startswith("### ❌ Not resolved")
    assert "Few probes fail" in said[0]
    assert "0.25 over 4 samples" in said[0]
    assert said[1].startswith("### ✅ Resolved")
    assert "0.4 over 5 samples" in said[1]
    assert not [text for text in said if str(port) in text]


def reached(port: int) -> Network:
    """The way out of a repository whose operator has named the server on this port."""
    mine = Repositories(names=frozenset({"acme/shop"}))
    url = f"http://127.0.0.1:{port}"
    server = Server(name="main", kind=ServerKind.PROMETHEUS, url=url, repositories=mine, networks=(LOOPBACK,))
    return loopback(grants=Grants(servers=(server,)))


ACCEPTED = 'resolution_bot_deliveries_total{event="issue_comment",outcome="accepted"}'
DRY = 'resolution_bot_assessments_total{verdict="not-resolved",trigger="command"}'
ASKED = {
    ACCEPTED: ("== 1", Outcome.PASS, "1"),
    DRY: ("== 1", Outcome.PASS, "1"),
    'up{job="bot"}': ("== 1", Outcome.PASS, "1"),
    'resolution_bot_probes_total{kind="file"}': ("< 3", Outcome.FAIL, "3 in 1 of 2 series"),
    "resolution_bot_probe_seconds_count": ("== 4", Outcome.PASS, "4"),
    "resolution_bot_store_writable": ("== 1", Outcome.PASS, "1"),
    "histogram_quantile(0.5, resolution_bot_assessment_seconds_bucket)": ("< 30", Outcome.PASS, ""),
    'count({__name__=~"resolution_bot_.+"})': ("<= 200", Outcome.PASS, ""),
    "resolution_bot_gone": ("== 0", Outcome.MISSING, "no data"),
    "resolution_bot_closed_total / 0": ("== 0", Outcome.MISSING, "no number (nan)"),
    "resolution_bot_probe_seconds_count / 0": ("> 1", Outcome.MISSING, "no number (inf)"),
    "scalar(resolution_bot_probe_seconds_count) * 2": ("< 6", Outcome.FAIL, "8"),
    "resolution_bot_closed_total[5m]": ("< 1", Outcome.MISCONFIGURED, "the query gives ranges"),
    "'text'": ("< 1", Outcome.MISCONFIGURED, "the query gives a text"),
    "sum(": ("< 1", Outcome.MISCONFIGURED, "invalid parameter"),
    "up * on() {__name__=~'resolution_bot_.+'}": ("< 1", Outcome.MISCONFIGURED, "found duplicate series"),
}


async def test_a_real_prometheus(on_stage: Staging, shas: Shas, tmp_path: Path, port: int) -> None:
    """Through the real guard: numbers, no data, no number, faulty queries, and the time before there was any data."""
    async with watched(on_stage, shas, tmp_path, port):
        where = over(reached(port))
        for query, (condition, outcome, words) in ASKED.items():
            evidence = await ask(PROBE, where, query=query, pass_when=condition)
            assert (evidence.outcome, words in evidence.observed) == (outcome, True), (query, evidence.observed)
        history = repo(Step("Start"), Step("The fix"))
        fix = Fix(commits=(history.branch[1],), before=history.branch[0], paths=())
        past = replace(context(history, fix=fix), network=where.network)
        evidence = await ask(PROBE, past, query="resolution_bot_store_writable", pass_when="== 1")
    assert (evidence.outcome, evidence.before) == (Outcome.PASS, None)
