"""The command line: `python -m bot COMMAND`.

Exit codes: 0 it is as asked, 1 it is not (an issue that does not hold, a policy with faults, a demo that went wrong),
2 it could not be asked (settings, arguments, no answer).

Each command imports what it needs when it is called: the databases alone take half a second to load, which neither
`check-policy` nor the simulator has any use for, and the simulator's own GraphQL engine is a development package.
"""

import asyncio
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.assessment.policy import RecordFormat

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Closes GitHub issues on evidence.",
)


@app.command()
def serve(
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Instead of PORT; 0 takes a free one.")
    ] = None,
) -> None:
    """Run the webhook server; settings come from the environment (docs/reference/settings.md)."""
    from bot.cli import serving

    raise typer.Exit(serving.run_server(port))


@app.command("demo")
def show_demo(
    *, keep: Annotated[bool, typer.Option("--keep", help="Leave both servers running at the end.")] = False
) -> None:
    """Show the whole job on a simulated GitHub over a real repository."""
    from bot.cli import demo

    raise typer.Exit(demo.run_demo(Console(), keep=keep))


@app.command()
def simulate(
    world: Annotated[Path, typer.Option("--world", help="The world to simulate (docs/simulator.md).")],
    port: Annotated[int, typer.Option("--port", help="Where to listen; 0 takes a free port.")] = 0,
) -> None:
    """Run a simulated GitHub."""
    from bot.cli import simulating

    raise typer.Exit(simulating.run_simulator(world, port))


@app.command()
def assess(
    issue: Annotated[str, typer.Argument(metavar="OWNER/REPO#NUMBER")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Measure and show, change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the assessment document and nothing else.")] = False,
    policy: Annotated[Path | None, typer.Option("--policy", help="Use this policy file.")] = None,
    statement: Annotated[
        Path | None,
        typer.Option("--statement", metavar="FILE", help="Write the signed statement there (ATTESTATION_KEY_PATH)."),
    ] = None,
) -> None:
    """Assess one issue with your own GITHUB_TOKEN; without --dry-run it answers and closes as you."""
    from bot.cli import assessing

    asked = assessing.Asked(issue=issue, dry_run=dry_run, as_json=as_json, policy=policy, statement=statement)
    raise typer.Exit(asyncio.run(assessing.run_assess(asked, Console(), Console(stderr=True))))


@app.command("attestation-key")
def attestation_key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the private key goes.")],
) -> None:
    """Make the key pair that signs statements: the private key goes into FILE, the public one to standard output."""
    from bot.cli import attesting

    raise typer.Exit(attesting.run_key(file, secrets.token_bytes(32), typer.echo, _complain))


@app.command()
def export(
    assessment: Annotated[str, typer.Argument(metavar="ID", help="The assessment, as its document names it.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the signed statement goes.")],
) -> None:
    """Sign one of this server's assessments as a statement; settings come from the environment."""
    from bot.cli import attesting

    raise typer.Exit(attesting.run_export(assessment, out, _complain))


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A signed statement, or a bundle of them (.jsonl).")],
    *,
    key: Annotated[list[Path], typer.Option("--key", metavar="PUBLIC.pem", help="Whose signature counts; repeatable.")],
    repository: Annotated[str | None, typer.Option("--repository", metavar="OWNER/REPO")] = None,
    issue: Annotated[int | None, typer.Option("--issue", metavar="N", min=1)] = None,
    commit: Annotated[str | None, typer.Option("--commit", metavar="SHA", help="The whole SHA.")] = None,
) -> None:
    """Check a signed statement, and say what it states (docs/verifying.md).

    It exits with 0 where it is genuine and about what is asked, 1 where it is not, 2 where it cannot be read.
    """
    from bot.assessment.statement import Wanted
    from bot.cli import verifying

    wanted = Wanted(repository=repository, issue=issue, commit=commit)
    raise typer.Exit(verifying.run_verify(file, tuple(key), wanted, typer.echo, _complain))


@app.command()
def record(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="An assessment document (JSON).")] = None,
    *,
    form: Annotated[
        str, typer.Option("--format", metavar="xml|markdown", help="The learning document's format.")
    ] = RecordFormat.XML,
    summary: Annotated[bool, typer.Option("--summary", help="Print the resolution summary (Markdown).")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the XML Schema of learning documents.")] = False,
) -> None:
    """Print what an assessment teaches, as it would be written after a closure (docs/learning-documents.md)."""
    from bot.cli import recording

    if schema:
        typer.echo(recording.schema(), nl=False)
        return
    if file is None:
        raise typer.BadParameter("name an assessment document, or ask for --schema", param_hint="FILE")
    if form not in tuple(RecordFormat):
        raise typer.BadParameter(f"{form!r} is none: there is {' and '.join(RecordFormat)}", param_hint="--format")
    raise typer.Exit(recording.run_record(file, RecordFormat(form), summary=summary, echo=_print, complain=_complain))


@app.command()
def audit(
    repository: Annotated[str, typer.Argument(metavar="OWNER/REPO")],
    *,
    state: Annotated[str, typer.Option("--state", help="There are claims in closed issues only.")] = "closed",
    since: Annotated[str | None, typer.Option("--since", help="Only issues closed since this day: 2026-01-31.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="At most so many, newest first.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print the audit document and nothing else.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page that stands alone, too.")] = None,
    policy: Annotated[Path | None, typer.Option("--policy", help="Use this policy file.")] = None,
    resume: Annotated[Path | None, typer.Option("--resume", help="Go on where this file ends, and keep it.")] = None,
    git: Annotated[Path | None, typer.Option("--git", help="Read this checkout instead, without network.")] = None,
    issues: Annotated[Path | None, typer.Option("--issues", help="With --git: the issues (docs/audit.md).")] = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait where GitHub's limit is used up.")] = True,
) -> None:
    """Say how many of the closed issues would hold, with your own GITHUB_TOKEN; nothing is written.

    It exits with 0 where all that could be checked holds, 1 where some do not, 2 where it could not be done.
    """
    from bot.cli import audit_order, auditing

    if state != "closed":
        raise typer.BadParameter("only closed issues are audited", param_hint="--state")
    asked = audit_order.Asked(
        repository=repository,
        since=since,
        limit=limit,
        as_json=as_json,
        html=html,
        policy=policy,
        resume=resume,
        wait=wait,
        git=git,
        issues=issues,
    )
    raise typer.Exit(auditing.run(asked, Console(), Console(stderr=True)))


@app.command()
def probes(
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help="One probe's page instead of the list.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="The whole reference as Markdown.")] = False,
) -> None:
    """List the kinds of questions; for one of them its parameters, an example and what each outcome means."""
    from bot.cli import catalogue

    if markdown:
        typer.echo(catalogue.markdown())
        return
    page = catalogue.overview() if kind is None else catalogue.one(kind)
    if page is None:
        typer.echo(f"There is no probe {kind!r}. These are:\n{catalogue.overview()}", err=True)
        raise typer.Exit(2)
    typer.echo(page)


@app.command()
def schema() -> None:
    """Print the JSON Schema of policy files, for editors (docs/policy.md)."""
    from bot.cli import catalogue

    typer.echo(catalogue.schema())


@app.command()
def commands(
    *, markdown: Annotated[bool, typer.Option("--markdown", help="The whole reference as Markdown.")] = False
) -> None:
    """List what people can write in an issue; as Markdown with who may do what."""
    from bot.cli import command_page

    typer.echo(command_page.markdown() if markdown else command_page.overview())


@app.command("check-policy")
def check_policy(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE…", help="Policy files; `-` is standard input.")
    ] = None,
    *,
    organisation: Annotated[
        str | None,
        typer.Option("--organisation", metavar="FILE", help="The organisation's policy, which each FILE stands over."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    github: Annotated[bool, typer.Option("--github", help="Print annotations for GitHub Actions.")] = False,
    path: Annotated[str, typer.Option("--path", help="What standard input is called.")] = "<stdin>",
) -> None:
    """Check policy files; every fault as path:line:column. Over an organisation's, also what comes from which.

    It exits with 0 where all are sound, 1 where one has faults, 2 where one cannot be read.
    """
    from bot.cli import policies

    if as_json and github:
        raise typer.BadParameter("choose one of --json and --github")
    form = policies.Form.JSON if as_json else policies.Form.GITHUB if github else policies.Form.LINES
    asked = policies.Asked(files=tuple(files or ()), organisation=organisation, form=form, strict=strict, path=path)
    raise typer.Exit(policies.run_check(asked, sys.stdin.buffer, Console()))


@app.command("check-operator")
def check_operator(file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Check an operator's file with this environment; every fault as path:line:column."""
    from bot.cli import operators

    raise typer.Exit(operators.run_check(file, typer.echo))


@app.command()
def replay(
    delivery: Annotated[Path, typer.Argument(metavar="DELIVERY.json")],
    event: Annotated[str | None, typer.Option("--event", help="The event, if the file holds a bare payload.")] = None,
    url: Annotated[str, typer.Option("--url", help="The server's webhook.")] = "http://127.0.0.1:8000/webhook",
) -> None:
    """Send a recorded delivery to a running server, signed with GITHUB_WEBHOOK_SECRET."""
    from bot.cli import replaying

    raise typer.Exit(replaying.run_replay(delivery, event, url, typer.echo))


def _print(text: str) -> None:
    typer.echo(text, nl=False)


def _complain(line: str) -> None:
    typer.echo(line, err=True)


def main() -> None:
    """Run the command line."""
    app()
