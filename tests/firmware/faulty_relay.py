#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""faulty_relay.py PORT WHAT OCTETS: carries one connection to 127.0.0.1:PORT.

After OCTETS from the client it does WHAT: `reset` both ends, `stall` (carry nothing more, and keep
silent), or `nothing`. Prints its own port first, and at the end how many octets the client sent.
"""
import select
import socket
import struct
import sys


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def carry(client, server, what, octets):
    """The octets that the client sent."""
    count = 0
    while True:
        for end in select.select([client, server], [], [])[0]:
            try:
                piece = end.recv(4096)
            except ConnectionResetError:
                return count
            if not piece:
                return count
            if end is server:
                try:
                    client.sendall(piece)
                except ConnectionError:
                    return count
                continue
            count += len(piece)
            if what != "nothing" and count >= octets:
                server.sendall(piece[: len(piece) - (count - octets)])
                if what == "reset":
                    reset(client)
                    reset(server)
                else:
                    while client.recv(4096):  # swallowed, until the client gives up
                        pass
                return count
            server.sendall(piece)


def main():
    port, what, octets = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        client, _ = listener.accept()
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            print(carry(client, server, what, octets), flush=True)


main()
