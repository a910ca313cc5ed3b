"""Runs one program to its end and tells what it cost.

Called with the path of a JSON file: {"command": [...], "environment": {...}, "cores": [...], "seconds": limit}. Prints one line of JSON:
  cpuSeconds   user and system time of the process, its threads, and all processes that it waited for (wait4, microseconds)
  wallSeconds  from the start of the process to its end
  peakBytes    most resident memory of the process and its descendants together: sampled from /proc every 10 ms, and never less than the
               kernel's own maximum for the largest single process
  result       the last line that the program printed, read as JSON; null when there is none
  problem      null, or why there is no result
A program that has printed its result and does not end within 10 seconds is ended; `hung` is then true and the result counts.
Whoever is stopped (Ctrl-C, SIGTERM) or whose parent is gone ends the program first: it would go on and cost what others are measured by.
Standard library only, so that any Python 3.10 runs it.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time

PAGE = resource.getpagesize()
PATIENCE = 10


def family(pid):
    """The process and all of its living descendants."""
    pids = [pid]
    for parent in pids:
        try:
            for thread in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{thread}/children", encoding="ascii") as file:
                    pids.extend(int(child) for child in file.read().split())
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended since
    return pids


def resident(pid):
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * PAGE
    except (FileNotFoundError, ProcessLookupError):
        return 0


class Watch(threading.Thread):
    """Samples memory, and ends a program that takes too long or does not end after its result."""

    def __init__(self, process, seconds, parent):
        super().__init__(daemon=True)
        self.process = process
        self.parent = parent
        self.deadline = time.monotonic() + seconds
        self.result_at = None
        self.over = threading.Event()
        self.peak = 0
        self.late = False
        self.hung = False

    def run(self):
        while not self.over.wait(0.01):
            self.peak = max(self.peak, sum(resident(pid) for pid in family(self.process.pid)))
            now = time.monotonic()
            self.hung = self.result_at is not None and now > self.result_at + PATIENCE
            self.late = self.result_at is None and now > self.deadline
            if self.hung or self.late or os.getppid() != self.parent:
                end(self.process)
                return


def end(process):
    """Ends a program with all that it started, unless it has ended."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def parsed(line):
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return None


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        order = json.load(file)
    cores = order["cores"]
    parent = os.getppid()
    # As Ctrl-C does: by an exception.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    def prepare():
        if cores:
            os.sched_setaffinity(0, cores)

    with tempfile.TemporaryFile() as errors:
        started = time.monotonic()
        process = subprocess.Popen(
            order["command"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **order["environment"]},
            preexec_fn=prepare,
            start_new_session=True,
        )
        watch = Watch(process, order["seconds"], parent)
        watch.start()
        result = None
        try:
            for line in process.stdout:
                result = parsed(line)
                watch.result_at = time.monotonic() if result is not None else None
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            end(process)
            process.wait()
            raise
        ended = time.monotonic()
        watch.over.set()
        watch.join()
        errors.seek(0, os.SEEK_END)
        errors.seek(max(0, errors.tell() - 4000))
        said = errors.read().decode("utf-8", "replace").strip()
    if watch.hung and watch.result_at is not None:
        ended = watch.result_at
    code = os.waitstatus_to_exitcode(status)
    problem = None
    if watch.late:
        problem = f"not done after {order['seconds']} s"
    elif code != 0 and not watch.hung:
        problem = f"ended with {code}: {said}"
    elif result is None:
        problem = f"printed no result: {said}"
    kibibyte = 1 if sys.platform == "darwin" else 1024
    print(
        json.dumps(
            {
                "cpuSeconds": usage.ru_utime + usage.ru_stime,
                "wallSeconds": ended - started,
                "peakBytes": max(watch.peak, usage.ru_maxrss * kibibyte),
                "hung": watch.hung,
                "result": result,
                "problem": problem,
            }
        )
    )


main()
