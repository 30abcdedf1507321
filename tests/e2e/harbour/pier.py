"""Accepts connections on PORT, with the standard library alone, so that it is up in a moment.

`--deaf`: SIGTERM and SIGINT are ignored. `--family`: it has a grandchild, and another in a session of its own.
"""

import os
import signal
import socket
import subprocess
import sys

if "--deaf" in sys.argv:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # children inherit it
if "--family" in sys.argv:
    for alone in (False, True):
        subprocess.Popen(["sh", "-c", "sleep 600; true"], start_new_session=alone)
with socket.create_server(("127.0.0.1", int(os.environ["PORT"]))) as listener:
    while True:
        listener.accept()[0].close()
