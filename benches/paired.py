"""Runs commands in turn, A B C A B C …, and prints the median of each as a table, with its ratios to the
second one (envgate). What a command prints is thrown away; its exit code is shown, since a scanner that stops at
once with an error would look fast.

    paired.py TITLE NAME=COMMAND…

ROUNDS in the environment says how often; large trees want fewer than the 15 that are usual. DIRECTORY says where the
commands run.
"""

import os
import shlex
import statistics
import subprocess
import sys
import time

ROUNDS = int(os.environ.get("ROUNDS", "15"))
DIRECTORY = os.environ.get("DIRECTORY", ".")


def once(command):
    """Wall seconds, CPU seconds, peak memory in MiB, exit code of one run."""
    start = time.monotonic()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    child = subprocess.Popen(shlex.split(command), cwd=DIRECTORY, **quiet)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, child.returncode


def main():
    title, *pairs = sys.argv[1:]
    commands = [pair.split("=", 1) for pair in pairs]
    runs = {name: [] for name, _ in commands}
    for round in range(ROUNDS + 1):
        for name, command in commands:
            run = once(command)
            if round > 0:  # the first round warms the caches
                runs[name].append(run)
    print(f"\n{title}: medians of {ROUNDS} runs in turn, {os.cpu_count()} cores\n")
    print("| command | wall, ms | CPU, ms | peak, MiB | wall ÷ envgate's | CPU ÷ envgate's | exit |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    median = lambda name, at: statistics.median(run[at] for run in runs[name])
    own = [median(commands[1][0], at) for at in range(3)]
    for name, _ in commands:
        wall, cpu, memory = (median(name, at) for at in range(3))
        codes = ", ".join(str(code) for code in sorted({run[3] for run in runs[name]}))
        ratios = f"{wall / own[0]:.2f} | {cpu / own[1]:.2f}"
        print(f"| {name} | {wall * 1000:.1f} | {cpu * 1000:.1f} | {memory:.0f} | {ratios} | {codes} |", flush=True)


main()
