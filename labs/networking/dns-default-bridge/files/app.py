"""The museum's guestbook: counts visits and keeps what visitors write, both in Redis.

GET /         counts a visit and shows the book     GET  /entries   what visitors wrote, as JSON
GET /health   can the store be reached?             POST /entries   {"text": "..."}

Settings: PORT (8000), CACHE_HOST (cache), CACHE_PORT (6379).
"""

import html
import os
import signal
import sys

import redis
from flask import Flask, jsonify, request
from waitress import serve

PORT = int(os.environ.get("PORT", "8000"))
CACHE_HOST = os.environ.get("CACHE_HOST", "cache")
CACHE_PORT = int(os.environ.get("CACHE_PORT", "6379"))

app = Flask(__name__)
store = redis.Redis(
    host=CACHE_HOST, port=CACHE_PORT, decode_responses=True, socket_connect_timeout=2, socket_timeout=2
)


@app.get("/")
def book():
    visits = store.incr("visits")
    lines = "".join(f"<li>{html.escape(line)}</li>" for line in store.lrange("entries", 0, -1))
    return f"<!DOCTYPE html><title>Guestbook</title><h1>Guestbook</h1><p>Visit {visits}</p><ul>{lines}</ul>\n"


@app.get("/entries")
def entries():
    return jsonify(store.lrange("entries", 0, -1))


@app.post("/entries")
def sign():
    text = str((request.get_json(silent=True) or {}).get("text") or "").strip()
    if not text:
        return jsonify(error="an entry needs a text"), 400
    return jsonify(entries=store.rpush("entries", text)), 201


@app.get("/health")
def health():
    return jsonify(status="ok", store=f"{CACHE_HOST}:{CACHE_PORT}", visits=int(store.get("visits") or 0))


@app.errorhandler(redis.RedisError)
def store_failed(error):
    print(f"{request.method} {request.path} 503: {error}", flush=True)
    return jsonify(status="error", error=str(error)), 503


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"guestbook on port {PORT}, store {CACHE_HOST}:{CACHE_PORT}", flush=True)
    serve(app, host="0.0.0.0", port=PORT, threads=4, ident=None)
