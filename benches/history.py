"""Makes a repository to measure the search of a history on: files of a folder, changed over many commits.

    history.py FOLDER REPOSITORY [COMMITS]

Each commit changes a line in each of some files, and every tenth brings a new file, so that a pack holds what real
ones hold: few contents whole, most as differences. The same folder gives the same repository.
"""

import pathlib
import random
import subprocess
import sys

FILES = 1200
LARGEST = 200_000


def texts(folder):
    """The text files of a folder, in the order of their paths."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and 200 < path.stat().st_size < LARGEST:
            data = path.read_bytes()
            if b"\0" not in data[:8192]:
                yield path.relative_to(folder).as_posix(), data


def main():
    folder, repository = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    commits = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
    source = random.Random(1)
    everything = list(texts(folder))
    source.shuffle(everything)
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", repository], check=True)
    importer = subprocess.Popen(["git", "-C", repository, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    write = importer.stdin.write
    present, waiting = {}, everything[:FILES]
    for number in range(1, commits + 1):
        if number == 1:
            changed = [waiting.pop() for _ in range(FILES // 2)]
        else:
            changed = [waiting.pop()] if waiting and number % 3 == 0 else []
            for path in source.sample(sorted(present), 3):
                lines = present[path].split(b"\n")
                lines[source.randrange(len(lines))] = b"changed by commit %d" % number
                changed.append((path, b"\n".join(lines)))
        message = b"commit %d" % number
        write(b"commit refs/heads/main\ncommitter A <a@shop.internal> %d +0000\n" % (1_700_000_000 + number * 600))
        write(b"data %d\n%s\n" % (len(message), message))
        for path, data in changed:
            present[path] = data
            write(b"M 100644 inline %s\ndata %d\n%s\n" % (path.replace(" ", "_").encode(), len(data), data))
    importer.stdin.close()
    importer.wait()
    subprocess.run(["git", "-C", repository, "repack", "-adq"], check=True)


main()
