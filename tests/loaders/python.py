"""Prints what python-dotenv, django-environ and decouple make of the env files named on the command line.

One JSON object a line: the loader, the file, and its values, or null where the loader raises.
"""

import json
import os
import sys
import warnings

import decouple
import dotenv
import environ

warnings.simplefilter("ignore")
OUTSIDE = dict(os.environ)


def python_dotenv(path):
    return dict(dotenv.dotenv_values(path))


def django_environ(path):
    environ.Env.ENVIRON = dict(OUTSIDE)
    environ.Env.read_env(path)
    env = environ.Env()
    values = {}
    for key in environ.Env.ENVIRON:
        try:
            values[key] = env(key)
        except environ.ImproperlyConfigured:
            # A value that is the name of a variable which is nowhere.
            pass
    return values


def python_decouple(path):
    return dict(decouple.RepositoryEnv(path).data)


LOADERS = {
    "python-dotenv": python_dotenv,
    "django-environ": django_environ,
    "decouple": python_decouple,
}
for path in sys.argv[1:]:
    for name, loader in LOADERS.items():
        try:
            values = loader(path)
        except Exception:
            values = None
        print(json.dumps({"loader": name, "file": path, "values": values}))
