"""Measures the secret detectors on labelled lines: how many of the credentials are found, and how many of the
findings are credentials.

    labelled.py FILE.jsonl [ENVGATE] [--missed N] [--wrong N] [--kinds]

A line of the file is an object with `path`, `line`, `text` (the line, or several), `label` (`T` a credential, `F`
none, `X` a placeholder) and `rule` (its kind), as the public credential data sets have them. Every line is written
at its number into a file at its path, with empty lines around it, and the folder is checked as any other.
Kinds that are no credentials by themselves (an identifier, a salt, the name of a bucket) count in `all` and not in
`core`. Values stay out of what is printed unless `--missed` or `--wrong` asks for samples of lines.
"""

import argparse
import collections
import json
import pathlib
import random
import subprocess
import tempfile

NO_CREDENTIAL = {"UUID", "Nonce", "Salt", "AWS S3 Bucket", "Firebase Domain", "Wechat AppID"}


def lay_out(rows, folder):
    """Writes the lines where they stood."""
    files = collections.defaultdict(dict)
    for row in rows:
        for offset, text in enumerate(row["text"].split("\n")):
            files[row["path"]][int(row["line"]) + offset] = text
    for path, lines in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        text = [lines.get(number, "") for number in range(1, max(lines) + 1)]
        place.write_text("\n".join(text) + "\n", encoding="utf-8", errors="surrogateescape")


def found_lines(envgate, folder):
    """The lines that secrets were found on, by path."""
    command = [envgate, "check", ".", "--only", "SEC,ENV109,CMP201,CMP202", "--format", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    found = collections.defaultdict(dict)
    for finding in json.loads(done.stdout)["findings"]:
        start, end = finding["line"], finding["end_line"]
        for line in range(start, end + 1):
            found[finding["path"]][line] = finding["code"]
    return found


def is_core(row):
    return not set(row["rule"].split(":")) <= NO_CREDENTIAL


def ratio(part, whole):
    return part / whole if whole else 0.0


def score(name, rows, hit):
    """Prints recall and precision over labelled lines."""
    lines = collections.defaultdict(set)
    for row in rows:
        lines[row["path"], row["line"]].add(row["label"])
    wanted = [place for place, labels in lines.items() if "T" in labels]
    reported = [place for place in lines if place in hit]
    right = sum(1 for place in wanted if place in hit)
    precision = ratio(right, len(reported))
    recall = ratio(right, len(wanted))
    print(f"| {name} | {len(wanted)} | {right} | {len(reported) - right} | {recall:.3f} | {precision:.3f} |")


def kinds(rows, hit):
    table = collections.defaultdict(collections.Counter)
    for row in rows:
        reported = (row["path"], row["line"]) in hit
        table[row["rule"]][row["label"], reported] += 1
    print("\n| kind | credentials | found | others | reported |\n|---|---:|---:|---:|---:|")
    for kind, counts in sorted(table.items(), key=lambda item: -sum(item[1].values())):
        total = counts["T", True] + counts["T", False]
        wrong = counts["F", True] + counts["X", True]
        others = wrong + counts["F", False] + counts["X", False]
        print(f"| {kind} | {total} | {counts['T', True]} | {others} | {wrong} |")


def samples(title, rows, count):
    print(f"\n{title} ({len(rows)}):")
    for row in random.Random(7).sample(rows, min(count, len(rows))):
        print(f"  {row['rule']} [{row['label']}] .{row['path'].rsplit('.', 1)[-1]}: {row['text'].strip()[:220]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("envgate", nargs="?", default="target/release/envgate")
    parser.add_argument("--missed", type=int, default=0)
    parser.add_argument("--wrong", type=int, default=0)
    parser.add_argument("--kinds", action="store_true")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in pathlib.Path(arguments.file).read_text(encoding="utf-8").splitlines()]
    for row in rows:
        row["line"] = int(row["line"])
    with tempfile.TemporaryDirectory() as name:
        lay_out(rows, pathlib.Path(name))
        # They were committed: an env file that git does not know is where secrets belong.
        subprocess.run(["git", "init", "--quiet"], cwd=name, check=True)
        subprocess.run(["git", "add", "--all", "--force"], cwd=name, check=True)
        found = found_lines(pathlib.Path(arguments.envgate).resolve(), name)
    hit = {}
    for row in rows:
        reach = range(row["line"], row["line"] + row["text"].count("\n") + 1)
        code = next((found[row["path"]][line] for line in reach if line in found[row["path"]]), None)
        if code:
            hit[row["path"], row["line"]] = code
    print("| lines | credentials | found | others reported | recall | precision |\n|---|---:|---:|---:|---:|---:|")
    score("core", [row for row in rows if is_core(row)], hit)
    score("all", rows, hit)
    if arguments.kinds:
        kinds(rows, hit)
    core = [row for row in rows if is_core(row)]
    if arguments.missed:
        missed = [row for row in core if row["label"] == "T" and (row["path"], row["line"]) not in hit]
        samples("missed", missed, arguments.missed)
    if arguments.wrong:
        true = {(row["path"], row["line"]) for row in rows if row["label"] == "T"}
        wrong = [row for row in core if (row["path"], row["line"]) in hit.keys() - true]
        samples("wrong", wrong, arguments.wrong)


if __name__ == "__main__":
    main()
