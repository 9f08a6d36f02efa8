"""till: hands each sale to the orders service; one that was taken goes into ledger.txt, as a receipt does.

A sale that is not taken is handed in again until it is, so the service may be away for a while.
"""

import json
import os
import signal
import sys
import time
import urllib.request
from datetime import datetime, timezone

LEDGER = "/till/ledger.txt"
ORDERS_URL = os.environ.get("ORDERS_URL", "http://orders:8080/orders")
SECONDS_BETWEEN_SALES = 3
MENU = ["1 espresso", "2 espresso", "1 cappuccino, 1 brioche", "1 caffe latte", "3 espresso, 2 cantuccini", "1 tea"]


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    number = last_number() + 1
    print(f"till is open, the next sale is {number}")
    while True:
        sell(number, MENU[number % len(MENU)])
        number += 1
        time.sleep(SECONDS_BETWEEN_SALES)


def sell(number, items):
    told = False
    while not hand_in(number, items):
        if not told:
            print(f"sale {number} was not taken, will try again")
        told = True
        time.sleep(1)
    at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    with open(LEDGER, "a", encoding="utf-8") as ledger:
        ledger.write(f"{number} {at} {items}\n")


def hand_in(number, items):
    body = json.dumps({"number": number, "items": items}).encode()
    try:
        request = urllib.request.Request(ORDERS_URL, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=2) as answer:
            return answer.status in (200, 201)
    except OSError:
        return False


def last_number():
    with open(LEDGER, encoding="utf-8") as ledger:
        return int(ledger.read().split("\n")[-2].split()[0])


main()
