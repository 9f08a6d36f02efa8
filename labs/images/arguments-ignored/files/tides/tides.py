"""A tide board: one harbour's next tides as JSON on port 8000.

usage: tides.py [--harbour NAME] [--title TEXT] [--unit m|ft] [--once]
"""

import argparse
import json
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FEET_PER_METRE = 3.2808
# Metres above chart datum.
TIDES = {
    "demo": [("00:00", 0.0), ("12:00", 0.0)],
    "eastness": [("01:12", 5.9), ("07:31", 1.1), ("13:38", 6.2), ("19:55", 0.9)],
    "lundholm": [("03:02", 2.4), ("09:14", 0.6), ("15:25", 2.3), ("21:40", 0.5)],
    "pilot-station": [("02:20", 3.1), ("08:33", 0.7), ("14:46", 3.2), ("20:59", 0.6)],
    "skarvik": [("02:41", 2.9), ("08:50", 0.8), ("15:04", 3.0), ("21:16", 0.7)],
}


def main():
    board = make_board(parse_arguments())
    if board.pop("once"):
        print(json.dumps(board))
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"board of {board['harbour']} on port 8000", flush=True)
    try:
        serve(json.dumps(board) + "\n")
    finally:
        print(f"board of {board['harbour']} is closed", flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(prog="tides.py")
    parser.add_argument("--harbour", default="demo", choices=sorted(TIDES))
    parser.add_argument("--title", default="")
    parser.add_argument("--unit", default="m", choices=["m", "ft"])
    parser.add_argument("--once", action="store_true", help="print the board and end")
    return parser.parse_args()


def make_board(asked):
    factor = FEET_PER_METRE if asked.unit == "ft" else 1
    tides = [{"time": time, "height": round(height * factor, 1)} for time, height in TIDES[asked.harbour]]
    title = asked.title or asked.harbour
    return {"harbour": asked.harbour, "title": title, "unit": asked.unit, "tides": tides, "once": asked.once}


def serve(body):
    class Board(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    ThreadingHTTPServer(("", 8000), Board).serve_forever()


if __name__ == "__main__":
    main()
