"""The price board: prices.json and notice.txt beside this file, as a page and as JSON."""

import html
import json
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ThreadingHTTPServer(("", 8000), Board).serve_forever()


def read_board():
    prices = json.loads((HERE / "prices.json").read_text())
    notice = (HERE / "notice.txt").read_text().strip()
    return {"notice": notice, **prices}


def as_page(board):
    rows = "".join(f"<tr><td>{html.escape(name)}<td>{price}" for name, price in board["prices"].items())
    return (
        "<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>Prices</title>"
        f"<h1>Prices</h1><p>{html.escape(board['notice'])}</p>"
        f"<table>{rows}</table><p>Price list {board['revision']}</p></html>\n"
    )


class Board(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            board = read_board()
        except (OSError, ValueError) as error:
            return self.answer(500, "text/plain", f"{error}\n")
        if self.path == "/board.json":
            return self.answer(200, "application/json", json.dumps(board) + "\n")
        return self.answer(200, "text/html; charset=utf-8", as_page(board))

    def answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    main()
