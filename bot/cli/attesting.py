"""`attestation-key` and `export`: the operator's key pair, and signed statements out of the server's own store."""

from collections.abc import Callable
from pathlib import Path

from bot.app import attestor_of
from bot.assessment.codec import NotAnAssessment
from bot.assessment.redact import redact
from bot.cli.telling import visible
from bot.engine import EngineSettings, StoreUnavailable, kept_document
from bot.settings import SettingsError, environment, export_from_env
from bot.signing.keys import HOW_TO, new_signing_key, private_pem

NO_KEY = f"There is no key to sign with: {HOW_TO}; set ATTESTATION_KEY_PATH to it."
DONE, NOT_DONE = 0, 2


def run_key(file: Path, seed: bytes, echo: Callable[[str], None], complain: Callable[[str], None]) -> int:
    """0 with a new pair, 2 where the file cannot be made; one that is there is never overwritten.

    Standard output gets the public key and nothing else, for `> public.pem`.
    """
    pair = new_signing_key(seed)
    try:
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(private_pem(pair), encoding="ascii")
    except FileExistsError:
        there = "a directory" if file.is_dir() else "there already, and statements may be signed with it"
        complain(f"{file} is {there}: name another file")
        return NOT_DONE
    except OSError as error:
        complain(f"{file}: {error.strerror}")
        return NOT_DONE
    echo(pair.public.pem.rstrip())
    complain(f"key {pair.public.id}")
    complain(f"The private key is in {file}: set ATTESTATION_KEY_PATH to it. Give the public one to whoever verifies.")
    return DONE


def run_export(assessment: str, out: Path, complain: Callable[[str], None]) -> int:
    """0 with the statement in the file, 2 where there is none to sign, or nothing to sign it with."""
    try:
        settings = export_from_env(environment())
        attestor = attestor_of(settings.attestation_key, settings.github_api_url)
        if attestor is None:
            complain(NO_KEY)
            return NOT_DONE
        store = EngineSettings(data_dir=settings.data_dir, database_url=settings.database_url)
        document = kept_document(store, assessment)
        if document is None:
            complain(f"There is no assessment {visible(assessment)}: its document names it, as `id`.")
            return NOT_DONE
        why_not = written(out, attestor.attest(document))
    except StoreUnavailable as error:
        complain(f"The store cannot be read ({redact(str(error))}): look at DATA_DIR and DATABASE_URL.")
        return NOT_DONE
    except NotAnAssessment:
        complain(f"{visible(assessment)} was written by another version of this program, and is not signed.")
        return NOT_DONE
    except (SettingsError, ValueError) as error:
        complain(str(error))
        return NOT_DONE
    if why_not is not None:
        complain(why_not)
        return NOT_DONE
    return DONE


def written(file: Path, envelope: bytes) -> str | None:
    """None once it is written, else why it is not."""
    try:
        file.write_bytes(envelope)
    except OSError as error:
        return f"{file}: {error.strerror}"
    return None
