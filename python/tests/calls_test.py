"""Long calls leave the interpreter to others and stop on Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time

import minewheel
import pytest


def another_thread_runs_while_a_question_is_computed() -> None:
    minewheel.assess("vw-id3-58", samples=0)
    ticks = 0
    is_over = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not is_over.wait(0.001):
            ticks += 1

    other = threading.Thread(target=tick)
    other.start()
    minewheel.assess("vw-id3-58", samples=200)
    is_over.set()
    other.join()
    assert ticks > 10


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def an_interrupt_ends_a_long_call_at_once() -> None:
    script = "import minewheel; print('go', flush=True); minewheel.assess('vw-id3-58', samples=1_000_000)"
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "go\n"
    time.sleep(1.0)
    assert process.poll() is None, "the call ended by itself"
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    _, errors = process.communicate(timeout=30)
    assert "KeyboardInterrupt" in errors
    assert time.monotonic() - began < 10
