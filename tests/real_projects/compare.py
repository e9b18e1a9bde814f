#!/usr/bin/env python3
"""Compares `envgate resolve` with `docker compose config` on the compose files of any folder.

    compare.py FOLDER... [--compose docker-compose] [--envgate target/debug/envgate]

Every compose file is run alone, and a directory's default files together, each in a copy of its directory.
Missing env files are made and required variables are set, so that more files get as far as an answer. Where
compose refuses a project, envgate has to refuse it too. The exit code is 1 where an answer differs.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

DEFAULTS = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
SKIPPED = {"node_modules", ".git", "target"}
LARGEST = 200_000


def compose_files(folder):
    for directory, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if name not in SKIPPED)
        for name in sorted(files):
            if "compose" in name and name.endswith((".yml", ".yaml")):
                yield pathlib.Path(directory) / name


def copy(directory, target):
    """The texts that compose could read, from the directory and those below it."""
    for path in directory.rglob("*"):
        relative = path.relative_to(directory)
        env = ".env" in path.name or path.suffix == ".env"
        if len(relative.parts) <= 3 and path.is_file() and (env or path.suffix in {".yml", ".yaml"}):
            if path.stat().st_size <= LARGEST and not SKIPPED.intersection(relative.parts):
                (target / relative).parent.mkdir(parents=True, exist_ok=True)
                text = path.read_text(encoding="utf-8", errors="replace")
                # Generators keep their files as templates.
                text = re.sub(r"<%[-=](?:.|\n)*?%>|\{\{[^{}\n]*\}\}", "made-up", text)
                (target / relative).write_text(text, encoding="utf-8")


def run(command, directory, variables):
    environment = {"HOME": str(directory), "PATH": os.environ["PATH"], **variables}
    return subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def theirs(compose, arguments, directory, top, variables):
    """The environment of each service, or None with the reason; what is missing is made on the way."""
    for _ in range(30):
        done = run([compose, *arguments, "config", "--format", "json"], directory, variables)
        if done.returncode == 0:
            # `config` writes every `$` twice, so that its output can be read again.
            services = json.loads(done.stdout.replace("$$", "$")).get("services") or {}
            return {name: service.get("environment") or {} for name, service in services.items()}, ""
        reason = (done.stderr.strip().splitlines() or ["?"])[-1]
        missing_file = re.search(r"env file (\S+) not found", reason)
        missing_name = re.search(r"required variable (\w+) is missing", reason)
        if missing_file and missing_file[1].startswith(str(top)) and not os.path.exists(missing_file[1]):
            path = pathlib.Path(missing_file[1])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("MADE_UP=value\nANOTHER='a b'\n", encoding="utf-8")
        elif missing_name and missing_name[1] not in variables:
            variables[missing_name[1]] = "made-up"
        else:
            return None, reason
    return None, "too much is missing"


def ours(envgate, arguments, directory, variables):
    sets = [word for name, value in variables.items() for word in ("--set", f"{name}={value}")]
    done = run([envgate, "resolve", "--format", "json", "--reveal", *arguments, *sets], directory, {})
    try:
        view = json.loads(done.stdout)
    except json.JSONDecodeError:
        return None, (done.stderr.strip().splitlines() or ["?"])[0]
    view = view[0] if isinstance(view, list) else view
    if view.get("refusals"):
        return None, view["refusals"][0]["message"]
    services = {}
    for name, service in view["services"].items():
        if name not in view["disabled"]:
            services[name] = {key: entry.get("value") for key, entry in service["environment"].items()}
    return services, ""


def differences(one, other):
    for service in sorted(set(one) | set(other)):
        mine, theirs_ = one.get(service, {}), other.get(service, {})
        for key in sorted(set(mine) | set(theirs_)):
            if mine.get(key, ...) != theirs_.get(key, ...):
                yield f"{service}.{key}"


def cases(path):
    """The ways to run a file: alone, and as one of its directory's own choice."""
    yield ["-f", path.name]
    if path.name in DEFAULTS:
        yield []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--compose", default=os.environ.get("ENVGATE_COMPOSE", "docker-compose"))
    parser.add_argument("--envgate", default="target/debug/envgate")
    asked = parser.parse_args()
    envgate = os.path.abspath(asked.envgate)
    counts, wrong, variables_seen = collections.Counter(), [], 0
    for folder in asked.folders:
        for path in compose_files(folder):
            for arguments in cases(path):
                with tempfile.TemporaryDirectory(prefix="real") as kept:
                    top = pathlib.Path(kept).resolve()
                    # Deep enough for paths that lead upwards.
                    directory = top / "made" / "up" / path.parent.name.lower()
                    directory.mkdir(parents=True)
                    copy(path.parent, directory)
                    variables = {}
                    try:
                        expected, reason = theirs(asked.compose, arguments, directory, top, variables)
                        found, said = ours(envgate, arguments, directory, variables)
                    except subprocess.TimeoutExpired:
                        counts["too slow"] += 1
                        continue
                shown = f"{path} {' '.join(arguments)}"
                if expected is None or found is None:
                    both = expected is None and found is None
                    counts["both refuse" if both else "one refuses"] += 1
                    if not both:
                        wrong.append(f"{shown}: compose: {reason or 'accepts'}; envgate: {said or 'accepts'}")
                    continue
                differing = list(differences(found, expected))
                variables_seen += sum(len(service) for service in expected.values())
                counts["differ" if differing else "equal"] += 1
                if differing:
                    wrong.append(f"{shown}: {', '.join(differing[:8])}")
    for line in wrong:
        print(line)
    print(f"{sum(counts.values())} runs, {variables_seen} variables:", dict(counts))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
