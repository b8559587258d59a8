"""The operator's file: grants and commands, or every fault with its place, and never a secret in a fault."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.config.load import Broken
from bot.config.operator import Operator, OperatorFileError, load_operator, operator_of
from bot.egress.exchange import ServerKind
from bot.egress.grants import Allowance, Grants, Repositories, Secret, Server
from bot.probes.sandboxed import NamedCommand
from bot.sandbox.command import MEBIBYTE, Bounds, Command

CANARY = "canary-s3cr3t-value"
ENVIRON = {"API_TOKEN": f" {CANARY}\n", "SHORT": "abc", "EMPTY": " ", "TWO_LINES": f"{CANARY}\n{CANARY}"}

EVERYTHING = """\
version: 1
allow:
  - repositories: [7, Acme/Shop, "acme/*"]
    hosts: [Prometheus.svc]
    networks: [10.1.0.0/16]
    ports: [9090]
secrets:
  - {name: api, repositories: every, origins: ["https://API.example.com/", "http://10.1.2.3:8080"],
     prefix: "Bearer ", value_env: API_TOKEN}
  - {name: key, repositories: 7, origins: ["https://example.com"], header: X-Api-Key, value_file: key.txt}
servers:
  - {name: main, kind: prometheus, url: "http://prometheus.svc:9090/", repositories: [7], networks: [10.1.0.0/16]}
  - {name: errors, kind: sentry, url: "https://sentry.example.com/api", repositories: acme/shop,
     header: Authorization, prefix: "Bearer ", value_env: API_TOKEN}
commands:
  - {name: compliance, repositories: [7], run: [python3, scripts/check.py, --strict]}
  - {name: lint, repositories: every, run: [make, lint], seconds: 5, memory_mb: 64, processes: 8, disk_mb: 9,
     tools: [/usr]}
"""


def read(text: str, folder: Path) -> Operator | Broken:
    key = folder / "key.txt"
    key.write_text(f"{CANARY}\n")
    key.chmod(0o600)
    (folder / "open.txt").write_text(CANARY)
    (folder / "open.txt").chmod(0o644)
    return load_operator(text, path=folder / "operator.yml", lookup=ENVIRON.get)


def test_everything_is_read(tmp_path):
    """Each section becomes what the guard and the sandbox work with."""
    operator = read(EVERYTHING, tmp_path)
    seven, every = Repositories(ids=frozenset({7})), Repositories(every=True)
    inner = (ip_network("10.1.0.0/16"),)
    assert isinstance(operator, Operator), operator
    assert operator.grants == Grants(
        allow=(
            Allowance(
                repositories=Repositories(ids=frozenset({7}), names=frozenset({"acme/shop", "acme/*"})),
                hosts=("prometheus.svc",),
                networks=inner,
                ports=(9090,),
            ),
        ),
        secrets=(
            Secret(
                name="api",
                repositories=every,
                origins=(("https", "api.example.com", 443), ("http", "10.1.2.3", 8080)),
                header="Authorization",
                value=f"Bearer {CANARY}",
            ),
            Secret(
                name="key",
                repositories=seven,
                origins=(("https", "example.com", 443),),
                header="X-Api-Key",
                value=CANARY,
            ),
        ),
        servers=(
            Server(
                name="main",
                kind=ServerKind.PROMETHEUS,
                url="http://prometheus.svc:9090",
                repositories=seven,
                networks=inner,
            ),
            Server(
                name="errors",
                kind=ServerKind.SENTRY,
                url="https://sentry.example.com/api",
                repositories=Repositories(names=frozenset({"acme/shop"})),
                header="Authorization",
                value=f"Bearer {CANARY}",
            ),
        ),
    )


def test_commands_are_read(tmp_path):
    """With the bounds that the operator gives, or modest ones."""
    operator = read(EVERYTHING, tmp_path)
    assert isinstance(operator, Operator), operator
    bounds = Bounds(time=timedelta(seconds=5), memory_bytes=64 * MEBIBYTE, processes=8, disk_bytes=9 * MEBIBYTE)
    assert operator.commands == (
        NamedCommand(
            command=Command(name="compliance", run=("python3", "scripts/check.py", "--strict")),
            repositories=Repositories(ids=frozenset({7})),
        ),
        NamedCommand(
            command=Command(name="lint", run=("make", "lint"), bounds=bounds, tools=(Path("/usr"),)),
            repositories=Repositories(every=True),
        ),
    )


SECRET = "secrets: [{{name: api, repositories: 7, origins: ['https://example.com'], {}}}]"
SERVER = "servers: [{{name: a, repositories: 7, {}}}]"
SECRETS, SERVERS = SECRET.replace("{{", "§{{", 1), SERVER.replace("{{", "§{{", 1)
COMMAND = "commands: [{{name: a, repositories: 7, {}}}]"
ALLOW = "allow: [{{repositories: 7, {}}}]"

FAULTS = {
    "unknown section": ("§secret: []", "unknown key 'secret'", "secrets"),
    "unknown key": (COMMAND.format("run: [a], §second: 3"), "unknown key 'second'", "seconds"),
    "no repositories": ("commands: [§{name: a, run: [b]}]", "'repositories' is missing", None),
    "bad repository": ("commands: [{name: a, repositories: [7, §acme], run: [b]}]", "must be a repo", None),
    "no repository": ("commands: [{name: a, repositories: §[], run: [b]}]", "a list of at least 1", None),
    "true is no id": ("commands: [{name: a, repositories: [§true], run: [b]}]", "must be a repo", None),
    "id as text": ("commands: [{name: a, repositories: [§'7'], run: [b]}]", "must be a repo", None),
    "bad name": ("commands: [{name: §A b, repositories: 7, run: [b]}]", "lower-case letters", None),
    "run as a line": (COMMAND.format("run: §make lint"), "must be a list", None),
    "empty run": (COMMAND.format("run: §[]"), "a list of at least 1", None),
    "too long": (COMMAND.format("run: [a], seconds: §601"), "at most 600", None),
    "a tool that clashes": (COMMAND.format("run: [a], tools: [§/proc/1]"), "cannot be shown", None),
    "a tool that is not there": (COMMAND.format("run: [a], tools: [§/no/such]"), "is no folder here", None),
    "a tool by a short path": (COMMAND.format("run: [a], tools: [§opt]"), "whole path", None),
    "nothing allowed": ("allow: [§{repositories: 7, hosts: []}]", "allows nothing", None),
    "metadata": (ALLOW.format("networks: [§169.254.0.0/16]"), "never connected to", None),
    "a translation prefix": (ALLOW.format("networks: [§'64:ff9b::/96']"), "never connected to", None),
    "a bad network": (ALLOW.format("networks: [§10.1.0.1/16]"), "must be a network", None),
    "a host with a port": (ALLOW.format("hosts: [§'a:1']"), "", None),
    "a bad port": (ALLOW.format("ports: [§0]"), "at least 1", None),
    "a secret in the file": (SECRET.format(f"§value: {CANARY}, value_env: API_TOKEN"), "key 'value'", "value_env"),
    "no value": (SECRETS.format("header: X-Key"), "either value_env or value_file", None),
    "two values": (SECRETS.format("value_env: API_TOKEN, value_file: key.txt"), "either value_env", None),
    "an unset variable": (SECRET.format("value_env: §NOT_SET"), "variable NOT_SET is not set", None),
    "an empty variable": (SECRET.format("value_env: §EMPTY"), "variable EMPTY is not set", None),
    "a value for a variable": (SECRET.format("value_env: §'a b'"), "the name of an environment", None),
    "a short secret": (SECRETS.format("value_env: SHORT"), "shorter than", None),
    "a secret of two lines": (SECRETS.format("value_env: TWO_LINES"), "in one line", None),
    "no such file": (SECRET.format("value_file: §none.txt"), "none.txt: No such file", None),
    "a file for everybody": (SECRET.format("value_file: §open.txt"), "run chmod o= ", None),
    "our header": (SECRETS.format("header: Host, value_env: API_TOKEN"), "no header that can carry it", None),
    "an origin with a path": (
        "secrets: [{name: a, repositories: 7, origins: [§'https://a.example/b'], value_env: API_TOKEN}]",
        "without a path",
        None,
    ),
    "another kind": (SERVER.format("kind: §promethius, url: 'http://a.example'"), "one of", "prometheus"),
    "no URL": (SERVER.format("kind: loki, url: §a.example"), "must be a URL", None),
    "a header alone": (SERVERS.format("kind: loki, url: 'http://a.example', header: X"), "credentials", None),
    "a value alone": (SERVERS.format("kind: loki, url: 'http://a.example', value_env: A"), "credentials", None),
    "too many": ("allow: [" + "{repositories: 7, ports: [1]}, " * 200 + "§{}]", "more than 200 items", None),
    "twins": (
        "commands: [{name: a, repositories: 7, run: [a]}, {name: §a, repositories: 7, run: [b]}]",
        "given twice",
        None,
    ),
}
"""§ stands before the place of the fault."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_has_its_place(name, tmp_path):
    """What is wrong, where, what was probably meant; and no secret's value."""
    text, words, suggestion = FAULTS[name]
    broken = read(f"version: 1\n{text.replace('§', '')}\n", tmp_path)
    assert isinstance(broken, Broken), broken
    (fault,) = broken.faults
    assert (fault.line, fault.column, fault.suggestion) == (2, text.index("§") + 1, suggestion), fault
    assert words in fault.text
    assert CANARY not in str(broken)


def test_all_faults_are_told_at_once(tmp_path):
    """In the order of the text, also those of the world around it."""
    secret = "{name: a, repositories: 7, origins: ['https://a.example'], value_env: NOT_SET}"
    text = f"version: 1\nsecret: []\nsecrets: [{secret}]\ncommands:\n  - {{name: a}}\n  - 7\nservers: 7\n"
    broken = read(text, tmp_path)
    assert isinstance(broken, Broken)
    assert [(fault.line, fault.text[:12]) for fault in broken.faults] == [
        (2, "unknown key "),
        (3, "the environm"),
        (5, "'repositorie"),
        (6, "must be a ma"),
        (7, "must be a li"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "the file is empty", id="empty"),
        pytest.param("version: 2\n", "this version of the operator's file is not known", id="version"),
        pytest.param("a: &x [*x]\n", "anchors", id="anchors"),
    ],
)
def test_a_file_of_another_kind(text, words, tmp_path):
    """It is as strict as a policy."""
    broken = read(text, tmp_path)
    assert isinstance(broken, Broken)
    assert words in broken.faults[0].text


def test_no_file_grants_nothing(tmp_path):
    """An empty one neither; a broken one is an error that names every fault."""
    assert operator_of(None, ENVIRON.get) == Operator()
    file = tmp_path / "operator.yml"
    file.write_text("version: 1\n")
    assert operator_of(file, ENVIRON.get) == Operator()
    file.write_text("version: 1\nallow: 1\ncommands: 1\n")
    with pytest.raises(OperatorFileError, match="2 faults") as caught:
        operator_of(file, ENVIRON.get)
    assert len(caught.value.broken.faults) == 2
    with pytest.raises(OperatorFileError) as caught:
        operator_of(tmp_path, ENVIRON.get)
    assert caught.value.broken.faults[0].text == "the file cannot be read: Is a directory"
