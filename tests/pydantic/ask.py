"""Makes `config.Settings` of each case in a process of its own world and says whether pydantic refuses.

Reads a JSON list of {"files": {path: text}, "env": {name: value}} from standard input and prints a list of true
(refused) and false. The files are in the working directory, an env file among them where there is one.
"""
import json
import os
import sys
import tempfile

import pydantic
import pydantic.v1
import pydantic_settings

# What is loaded once stays loaded.
KEEP = set(sys.modules)


def refuses(case):
    with tempfile.TemporaryDirectory() as directory:
        for path, text in case["files"].items():
            place = os.path.join(directory, path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "w") as file:
                file.write(text)
        os.environ.clear()
        os.environ.update(case["env"])
        # Version 1 remembers validators by the names of module and class.
        pydantic.v1.class_validators._FUNCS.clear()
        sys.path.insert(0, directory)
        os.chdir(directory)
        try:
            import config
        finally:
            sys.path.pop(0)
        try:
            config.Settings()
            return False
        except Exception as error:
            if type(error).__name__ not in ("ValidationError", "SettingsError"):
                raise
            return True
        finally:
            os.chdir("/")
            for name in set(sys.modules) - KEEP:
                if getattr(sys.modules[name], "__file__", "") and sys.modules[name].__file__.startswith(directory):
                    del sys.modules[name]


json.dump([refuses(case) for case in json.load(sys.stdin)], sys.stdout)
