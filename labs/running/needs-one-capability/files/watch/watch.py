"""lighthouse: pings every target of /app/targets each five seconds.

GET /status says what came back; each round is also a line of /data/log.jsonl.

ICMP: how it pings.
  raw       over a raw socket (the default)
  datagram  over a ping socket; the kernel opens one for the groups in net.ipv4.ping_group_range
"""

import json
import os
import signal
import socket
import struct
import sys
import threading
import time
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RAW = os.environ.get("ICMP", "raw") == "raw"
TARGETS = "/app/targets"
LOG = "/data/log.jsonl"
SECONDS_BETWEEN_ROUNDS = 5
SECONDS_TO_ANSWER = 1
ECHO_REQUEST, ECHO_REPLY = 8, 0


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threading.Thread(target=watch, daemon=True).start()
    ThreadingHTTPServer(("", 8080), Handler).serve_forever()


def watch():
    print(f"lighthouse watches, pings over a {'raw' if RAW else 'datagram'} socket")
    while True:
        states = {name: look(name, address) for name, address in read_targets()}
        at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        Handler.status = {"at": at, **states}
        try:
            with open(LOG, "a", encoding="utf-8") as log:
                log.write(json.dumps(Handler.status) + "\n")
        except OSError as error:
            print(f"the log is not written: {error}")
        time.sleep(SECONDS_BETWEEN_ROUNDS)


def look(name, address):
    try:
        return "up" if ping(address) else "down"
    except PermissionError as error:
        print(f"{name} cannot be pinged: {error}")
        return "unknown"
    except OSError:
        return "down"


def ping(address):
    kind = socket.SOCK_RAW if RAW else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP) as icmp:
        token = os.urandom(16)
        icmp.sendto(echo_request(token), (socket.gethostbyname(address), 0))
        end = time.monotonic() + SECONDS_TO_ANSWER
        while (left := end - time.monotonic()) > 0:
            icmp.settimeout(left)
            answer = icmp.recv(1024)
            message = answer[(answer[0] & 15) * 4:] if RAW else answer
            if message[0] == ECHO_REPLY and message[8:] == token:
                return True
        return False


def echo_request(token):
    """The kernel fills in the identifier of a datagram, and its checksum too."""
    header = struct.pack("!BBHHH", ECHO_REQUEST, 0, 0, os.getpid() & 0xFFFF, 1)
    checksum = internet_checksum(header + token)
    return struct.pack("!BBHHH", ECHO_REQUEST, 0, checksum, os.getpid() & 0xFFFF, 1) + token


def internet_checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def read_targets():
    with open(TARGETS, encoding="utf-8") as file:
        return [line.split() for line in file if line.strip()]


class Handler(BaseHTTPRequestHandler):
    status = {}

    def do_GET(self):
        data = json.dumps(self.status).encode() + b"\n"
        self.send_response(200 if self.path == "/status" else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


main()
