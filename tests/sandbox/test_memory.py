"""How much memory a family of processes holds."""

import os
import subprocess
import sys

import pytest

from bot.sandbox.memory import held_bytes

FAMILY = """\
import mmap, os, time
{before}
if os.fork() == 0:
    os.setsid()
{behind}
os.write(1, b"r")
time.sleep(60)
"""
OWN, SHARED = 'held = b"x" * (20 << 20)', "held = mmap.mmap(-1, 20 << 20); held.write(b'x' * (20 << 20))"
FAMILIES = {
    "each its own": (("", OWN), 40),
    "what a fork has from its parent": ((OWN, ""), 20),
    "each its own that it could share": (("", SHARED), 40),
    "what they share": ((SHARED, ""), 20),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_children_count_in_whatever_session(name):
    """Each with its own 20 MiB, and once with what they share; what is gone holds nothing."""
    (before, behind), mebibytes = FAMILIES[name]
    text = FAMILY.format(before=before, behind=behind)
    with subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, start_new_session=True) as parent:
        try:
            assert parent.stdout.read(2) == b"rr"
            held, roughly = held_bytes(parent.pid), held_bytes(parent.pid, enough=1 << 30)
            (child,) = subprocess.run(["pgrep", "-P", str(parent.pid)], check=True, capture_output=True).stdout.split()
        finally:
            os.kill(int(child), 9)
            parent.kill()
    assert mebibytes << 20 <= held < (mebibytes + 20) << 20
    assert roughly >= held
    assert held_bytes(parent.pid) == 0
