"""Runs commands of samba-tool one after the other in one process: one JSON array of arguments per line."""

import json
import runpy
import sys

import samba.provision

# Rights to shared files want a file system with ACLs and a root who sets them; no files are shared here.
samba.provision.setsysvolacl = lambda *arguments, **more: None

for line in sys.stdin:
    sys.argv = ["samba-tool", *json.loads(line)]
    try:
        runpy.run_path("/usr/bin/samba-tool", run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise
