"""orders: takes the shop's orders and writes them to a file.

POST /orders   {"number": 1041, "items": "2 espresso"}: 201, or 200 if it has that order already
GET  /orders   how many are in the file, and the numbers that wait in memory

The file lies on slow storage, so orders wait in memory and are written together: when BATCH of them wait, and when the
service is told to end. SIGTERM means: take nothing more, write what waits, exit 0.
"""

import json
import os
import signal
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BATCH = int(os.environ.get("BATCH", "10000"))
FILE = os.path.join(os.environ.get("DATA_DIR", "/data"), "orders.jsonl")
PORT = int(os.environ.get("PORT", "8080"))


def main():
    told_to_end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told_to_end.set())
    book = Book()
    Handler.book = book
    server = ThreadingHTTPServer(("", PORT), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    log(f"orders takes orders on port {PORT}, process {os.getpid()}, {len(book.stored)} in the file")
    told_to_end.wait()
    log("SIGTERM: no more orders are taken")
    written = book.close()
    log(f"{written} waiting orders written, good-bye")


class Book:
    def __init__(self):
        self.lock = threading.Lock()
        self.closed = False
        self.stored = set(read_numbers())
        self.waiting = {}

    def add(self, number, items):
        """The HTTP status that answers the order."""
        with self.lock:
            if self.closed:
                return 503
            if number in self.stored or number in self.waiting:
                return 200
            at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            self.waiting[number] = {"number": number, "at": at, "items": items}
            if len(self.waiting) >= BATCH:
                self.write()
            return 201

    def write(self):
        with open(FILE, "a", encoding="utf-8") as file:
            for order in self.waiting.values():
                file.write(json.dumps(order) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.stored.update(self.waiting)
        self.waiting = {}

    def close(self):
        with self.lock:
            self.closed = True
            count = len(self.waiting)
            self.write()
            return count


class Handler(BaseHTTPRequestHandler):
    book = None

    def do_GET(self):
        with self.book.lock:
            state = {"stored": len(self.book.stored), "waiting": sorted(self.book.waiting)}
        self.answer(200 if self.path in ("/", "/orders") else 404, state)

    def do_POST(self):
        try:
            order = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
            number, items = int(order["number"]), str(order["items"])
        except (ValueError, KeyError, TypeError):
            self.answer(400, {"error": "an order is {\"number\": 1041, \"items\": \"2 espresso\"}"})
            return
        self.answer(self.book.add(number, items), {"number": number})

    def answer(self, status, body):
        data = json.dumps(body).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def read_numbers():
    with open(FILE, encoding="utf-8") as file:
        return [json.loads(line)["number"] for line in file if line.strip()]


def log(text):
    print(text, flush=True)


main()
