#!/usr/bin/python3
"""A file system on which names that differ in case or in Unicode form alone are one name, as on macOS: folding.py MOUNT.

Names are told decomposed, as HFS+ tells them, whatever they were made with. It lives in memory, and ends when it is
unmounted.
"""

import errno
import stat
import sys
import time
import unicodedata

from fusepy import FUSE, FuseOSError, Operations


def folded(path):
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


class Folding(Operations):
    def __init__(self):
        self.nodes = {"/": self.node("/", stat.S_IFDIR | 0o777)}

    @staticmethod
    def node(name, mode):
        now = time.time()
        return {"name": name, "mode": mode, "data": b"", "time": now, "uid": 65534, "gid": 65534}

    def at(self, path):
        try:
            return self.nodes[folded(path)]
        except KeyError:
            raise FuseOSError(errno.ENOENT)

    def getattr(self, path, handle=None):
        node = self.at(path)
        return {
            "st_mode": node["mode"], "st_size": len(node["data"]), "st_nlink": 1, "st_uid": node["uid"], "st_gid": node["gid"],
            "st_mtime": node["time"], "st_ctime": node["time"], "st_atime": node["time"],
        }  # fmt: skip

    def readdir(self, path, handle):
        above = folded(path).rstrip("/") + "/"
        inside = [key for key in self.nodes if key.startswith(above) and key != "/" and "/" not in key[len(above) :]]
        return [".", "..", *(self.nodes[key]["name"] for key in inside)]

    def make(self, path, mode):
        if folded(path) in self.nodes:
            raise FuseOSError(errno.EEXIST)
        self.nodes[folded(path)] = self.node(unicodedata.normalize("NFD", path.rsplit("/", 1)[1]), mode)
        return 0

    def mkdir(self, path, mode):
        return self.make(path, stat.S_IFDIR | mode)

    def create(self, path, mode, info=None):
        return self.make(path, stat.S_IFREG | mode)

    def read(self, path, size, offset, handle):
        return self.at(path)["data"][offset : offset + size]

    def write(self, path, data, offset, handle):
        node = self.at(path)
        node["data"] = node["data"][:offset].ljust(offset, b"\0") + data + node["data"][offset + len(data) :]
        return len(data)

    def truncate(self, path, length, handle=None):
        node = self.at(path)
        node["data"] = node["data"][:length].ljust(length, b"\0")

    def chmod(self, path, mode):
        self.at(path)["mode"] = mode
        return 0

    def chown(self, path, uid, gid):
        self.at(path)
        return 0

    def utimens(self, path, times=None):
        self.at(path)

    def unlink(self, path):
        self.at(path)
        del self.nodes[folded(path)]

    rmdir = unlink

    def rename(self, old, new):
        node = self.at(old)
        del self.nodes[folded(old)]
        # Where there was a name, it stays as it is written.
        known = self.nodes.get(folded(new))
        node["name"] = known["name"] if known else unicodedata.normalize("NFD", new.rsplit("/", 1)[1])
        self.nodes[folded(new)] = node


FUSE(Folding(), sys.argv[1], foreground=True, nothreads=True, allow_other=True)
