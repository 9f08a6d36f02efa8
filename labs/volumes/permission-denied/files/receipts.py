"""Receipts of the bakery's tills: one file a receipt, and a journal of all that was written.

GET  /receipts/TILL          the numbers of a till's receipts
GET  /receipts/TILL/NUMBER   one receipt
POST /receipts/TILL          {"lines": [...], "total": "..."} stores a receipt, answers its number
PUT  /receipts/TILL/NUMBER   {"note": "..."} amends one: a refund, a reprint
GET  /health                 can all of that be written?

Settings: DATA_DIR (/data), PORT (8000).
"""

import json
import os
import signal
import sys
from pathlib import Path

from flask import Flask, jsonify, request
from waitress import serve

VERSION = os.environ.get("VERSION", "unknown")
DATA = Path(os.environ.get("DATA_DIR", "/data"))
TILLS = ("harbour", "market", "station")

app = Flask(__name__)


@app.get("/receipts/<till>")
def numbers(till):
    return jsonify([path.stem for path in receipts_of(till)])


@app.get("/receipts/<till>/<int:number>")
def receipt(till, number):
    return jsonify(json.loads(path_of(till, number).read_text()))


@app.post("/receipts/<till>")
def store(till):
    number = max((int(path.stem) for path in receipts_of(till)), default=0) + 1
    write(path_of(till, number), {"till": till, "number": number, **request.get_json()})
    journal(f"stored {till}/{number}")
    return jsonify(number=number), 201


@app.put("/receipts/<till>/<int:number>")
def amend(till, number):
    path = path_of(till, number)
    with path.open("r+") as file:
        changed = {**json.load(file), **request.get_json()}
        file.seek(0)
        json.dump(changed, file, indent=1)
        file.truncate()
    journal(f"amended {till}/{number}")
    return jsonify(changed)


@app.get("/health")
def health():
    """Opens for writing whatever a request may have to write, and changes nothing."""
    failed = [reason for attempt in attempts() if (reason := failure(attempt))]
    state = "ok" if not failed else "error"
    return jsonify(version=VERSION, status=state, failed=failed), 200 if not failed else 503


@app.errorhandler(OSError)
def failed(error):
    print(f"{request.method} {request.path} 500: {type(error).__name__}: {error}", flush=True)
    return jsonify(error=str(error)), 500


def attempts():
    for till in TILLS:
        yield lambda till=till: probe(DATA / till)
        for path in receipts_of(till):
            yield lambda path=path: path.open("r+").close()
    yield lambda: (DATA / "journal.log").open("a").close()


def probe(folder):
    path = folder / f".probe-{os.getpid()}"
    path.open("x").close()
    path.unlink()


def failure(attempt):
    try:
        attempt()
        return None
    except OSError as error:
        return str(error)


def receipts_of(till):
    return sorted((DATA / till).glob("*.json"))


def path_of(till, number):
    return DATA / till / f"{number}.json"


def write(path, content):
    with path.open("x") as file:
        json.dump(content, file, indent=1)


def journal(line):
    with (DATA / "journal.log").open("a") as file:
        file.write(line + "\n")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"receipts {VERSION} runs as user {os.getuid()}, data in {DATA}", flush=True)
    serve(app, host="0.0.0.0", port=int(os.environ.get("PORT", "8000")), threads=4, ident=None)
