# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command whose standard error is a terminal and prints what arrives there, escaped.

Usage: on_terminal.py COMMAND...
"""
import os
import pty
import subprocess
import sys

master, slave = pty.openpty()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=slave)
os.close(slave)
seen = b""
try:
    while chunk := os.read(master, 4096):
        seen += chunk
except OSError:  # the terminal is closed
    pass
print(ascii(seen.decode()))
sys.exit(process.wait())
