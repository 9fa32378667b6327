"""Runs samba-tool commands one after the other in one process: each input line is a JSON array of arguments."""

import json
import runpy
import sys

import samba.provision

# Skip the rights of shared files: they need a file system with ACLs and root, and no files are shared here.
samba.provision.setsysvolacl = lambda *arguments, **more: None

for line in sys.stdin:
    sys.argv = ["samba-tool", *json.loads(line)]
    try:
        runpy.run_path("/usr/bin/samba-tool", run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise
