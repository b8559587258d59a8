"""How much memory a family of processes holds."""

import os
import subprocess
import sys

from bot.sandbox.memory import held_bytes

FAMILY = """\
import os, sys, time
if os.fork() == 0:
    os.setsid()
held = b"x" * (20 << 20)
os.write(1, b"r")
time.sleep(60)
"""


def test_children_count_in_whatever_session():
    """Two processes of 20 MiB hold 40 and a little; what is gone holds nothing."""
    with subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, start_new_session=True) as parent:
        try:
            assert parent.stdout.read(2) == b"rr"
            held = held_bytes(parent.pid)
            (child,) = subprocess.run(["pgrep", "-P", str(parent.pid)], check=True, capture_output=True).stdout.split()
        finally:
            os.kill(int(child), 9)
            parent.kill()
    assert 40 << 20 <= held < 80 << 20
    assert held_bytes(parent.pid) == 0
