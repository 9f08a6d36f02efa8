"""notes: a small web application that keeps notes in PostgreSQL.

GET /         the notes as a page, with a form     GET /notes   the notes as JSON
POST /notes   {"text": "..."} or a form            GET /health  can the database be reached?

Settings: PORT, DB_HOST, DB_PORT, DB_USER, DB_PASSWORD or DB_PASSWORD_FILE, DB_NAME.
"""

import html
import os
import signal
import sys
import time

import psycopg
from flask import Flask, jsonify, redirect, request
from psycopg.rows import dict_row
from waitress import serve

CONNECT_TIMEOUT_SECONDS = 3
PORT = int(os.environ.get("PORT", "8000"))
DB_HOST = os.environ.get("DB_HOST", "db")
DB_PORT = int(os.environ.get("DB_PORT", "5432"))
DB_USER = os.environ.get("DB_USER", "notes")
DB_NAME = os.environ.get("DB_NAME", "notes")

app = Flask(__name__)


def main():
    signal.signal(signal.SIGTERM, stop)
    log(f"notes starts on port {PORT}, database {DB_USER}@{DB_HOST}:{DB_PORT}/{DB_NAME}")
    try:
        with connect():
            log("database reached, table notes is ready")
    except psycopg.Error as error:
        log(f"database not reached, will try again with the next request: {one_line(error)}")
    serve(app, host="0.0.0.0", port=PORT, threads=4, ident=None)


@app.get("/")
def page():
    items = "".join(f"<li>{html.escape(note['text'])}</li>" for note in read_notes())
    return (
        "<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>Notes</title><h1>Notes</h1>"
        f"<ul>{items}</ul><form method='post' action='/notes'>"
        "<input name='text' aria-label='Note' required> <button>Add</button></form></html>\n"
    )


@app.get("/notes")
def notes():
    return jsonify(read_notes())


@app.post("/notes")
def add_note():
    sent = request.get_json(silent=True) if request.is_json else request.form
    text = str((sent or {}).get("text") or "").strip()
    if not text:
        return jsonify(error="a note needs a text"), 400
    with connect() as database:
        note = database.execute(
            "INSERT INTO notes (text) VALUES (%s) RETURNING id, text", [text]
        ).fetchone()
    log(f"note {note['id']} stored")
    return (jsonify(note), 201) if request.is_json else redirect("/")


@app.get("/health")
def health():
    with connect() as database:
        count = database.execute("SELECT count(*) FROM notes").fetchone()["count"]
    return jsonify(status="ok", database=f"{DB_HOST}:{DB_PORT}/{DB_NAME} reachable", notes=count)


@app.errorhandler(psycopg.Error)
def database_failed(error):
    reason = one_line(error)
    log(f"{request.method} {request.path}: database {DB_HOST}:{DB_PORT}/{DB_NAME}: {reason}")
    return jsonify(status="error", database=f"{DB_HOST}:{DB_PORT}/{DB_NAME}: {reason}"), 503


@app.after_request
def log_request(response):
    log(f"{request.remote_addr} {request.method} {request.path} {response.status_code}")
    return response


def read_notes():
    with connect() as database:
        return database.execute("SELECT id, text FROM notes ORDER BY id").fetchall()


def connect():
    database = psycopg.connect(
        host=DB_HOST,
        port=DB_PORT,
        user=DB_USER,
        dbname=DB_NAME,
        password=password(),
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        row_factory=dict_row,
    )
    database.execute("SET client_min_messages = warning")
    database.execute("CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, text text NOT NULL)")
    return database


def password():
    path = os.environ.get("DB_PASSWORD_FILE")
    if not path:
        return os.environ.get("DB_PASSWORD", "")
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except OSError as error:
        raise psycopg.OperationalError(f"cannot read the password: {error}") from error


def one_line(error):
    return " ".join(str(error).split())


def log(message):
    print(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), message, flush=True)


def stop(_signal, _frame):
    log("notes stops")
    sys.exit(0)


if __name__ == "__main__":
    main()
