"""Tarballs as GitHub makes them: ``owner-name-sha7/`` before each path, the commit in a pax header.

Source: https://docs.github.com/rest/repos/contents#download-a-repository-archive-tar, git-archive.
"""

from bot.simulator.git.store import GitStore

SHORT_SHA = 7


def folder_name(full_name: str, sha: str) -> str:
    """The one folder inside the archive."""
    return f"{full_name.replace('/', '-')}-{sha[:SHORT_SHA]}"


async def pack(store: GitStore, full_name: str, sha: str, kind: str = "tar.gz") -> bytes:
    """The archive of a commit; ``export-ignore`` paths are left out, as git does it."""
    prefix = folder_name(full_name, sha) + "/"
    return await store.run("archive", f"--format={kind}", f"--prefix={prefix}", sha)
