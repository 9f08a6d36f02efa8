"""search: finds parts in the catalogue. It listens once it has read all of it and made the page of each part.

GET /             how many parts it knows
GET /part/P000042 the page of a part
GET /find?q=oak   how many parts have these words in their name, and the first ten

PARTS_MAX: for a laptop, reads no more than so many parts.
"""

import csv
import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from urllib.parse import parse_qs, urlsplit

FILE = "/data/parts.csv"
PARTS_MAX = int(os.environ["PARTS_MAX"]) if "PARTS_MAX" in os.environ else None


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"search reads the catalogue {FILE}")
    Handler.catalogue = Catalogue()
    print(f"search knows {len(Handler.catalogue.pages)} parts, listens on port 8080")
    ThreadingHTTPServer(("", 8080), Handler).serve_forever()


class Catalogue:
    def __init__(self):
        with open("/app/part.html", encoding="utf-8") as file:
            page = file.read()
        with open(FILE, newline="", encoding="utf-8") as file:
            rows = list(islice(csv.DictReader(file), PARTS_MAX))
        self.pages = {row["number"]: page.format(**row).encode() for row in rows}
        self.words = {}
        for row in rows:
            for word in row["name"].split():
                self.words.setdefault(word, set()).add(row["number"])

    def find(self, words):
        numbers = set.intersection(*(self.words.get(word, set()) for word in words)) if words else set()
        return {"found": len(numbers), "first": sorted(numbers)[:10]}


class Handler(BaseHTTPRequestHandler):
    catalogue = None

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/":
            self.answer_json({"parts": len(self.catalogue.pages)})
        elif url.path == "/find":
            self.answer_json(self.catalogue.find(" ".join(parse_qs(url.query).get("q", [])).split()))
        else:
            page = self.catalogue.pages.get(url.path.removeprefix("/part/"))
            self.answer(200 if page else 404, "text/html; charset=utf-8", page or b"no such part\n")

    def answer_json(self, value):
        self.answer(200, "application/json", json.dumps(value).encode() + b"\n")

    def answer(self, status, content_type, data):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


main()
