"""The warehouse's orders: what the scanners ask, and the page of those who look after it.

`app.py orders`   GET /orders what is to be picked   GET /health can the store be reached?
`app.py admin`    GET /       counts, and buttons nobody else should press

Settings: the section of that name in /etc/orders.conf.
"""

import configparser
import signal
import sys

import redis
from flask import Flask, jsonify
from waitress import serve

app = Flask(__name__)
store = redis.Redis(
    host="store", decode_responses=True, socket_connect_timeout=2, socket_timeout=2
)


def orders():
    return jsonify(orders=store.lrange("orders", 0, -1))


def health():
    return jsonify(status="ok", service="orders", waiting=store.llen("orders"))


def admin():
    return jsonify(service="admin", waiting=store.llen("orders"), actions=["requeue", "drop"])


@app.errorhandler(redis.RedisError)
def store_failed(error):
    return jsonify(status="error", error=str(error)), 503


def main():
    section = sys.argv[1]
    if section == "orders":
        app.add_url_rule("/orders", view_func=orders)
        app.add_url_rule("/health", view_func=health)
    else:
        app.add_url_rule("/", view_func=admin)
    config = configparser.ConfigParser()
    config.read("/etc/orders.conf")
    listen = config[section]["listen"]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"{section} listens on {listen}", flush=True)
    serve(app, listen=listen, threads=4, ident=None)


if __name__ == "__main__":
    main()
