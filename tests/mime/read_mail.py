#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""read_mail.py < MAIL: what Python's email package reads in it, a line each."""
import sys

import judge

message = judge.parse(sys.stdin.buffer.read())
for field in ("from", "reply-to", "to", "cc", "bcc"):
    for address, name in judge.addresses(message, field):
        print(f"{field}: {name} <{address}>" if name else f"{field}: <{address}>")
for field in ("subject", "date", "message-id", "x-site", "auto-submitted"):
    if message[field] is not None:
        print(f"{field}: {message[field]}")
print("tree:", judge.tree(message))
for leaf in judge.leaves(message):
    if leaf.get_content_disposition() is None:
        print(f"{leaf.get_content_type()}: {judge.text_of(leaf)!r}")
    else:
        print("file:", *judge.file_of(leaf))
