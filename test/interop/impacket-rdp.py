"""impacket's own client of CredSSP, an example that knows one port only: FILE PORT, then what it takes itself."""

import sys

file, port, *arguments = sys.argv[1:]
with open(file, encoding="utf8") as example:
    source = example.read().replace("(host,3389)", f"(host,{int(port)})")
sys.argv = [file, *arguments]
exec(compile(source, file, "exec"), {"__name__": "__main__"})
