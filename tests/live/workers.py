"""Stand-ins for the training process, which do in a moment what the real one may do one day."""

from __future__ import annotations

import sys

from siamese.serving import catalogue

_HEAD = """
import json, os, shutil, subprocess, sys, time
request = json.loads(sys.stdin.readline())
def say(kind, **values):
    print(json.dumps({"kind": kind, **values}), flush=True)
def learn(epochs):
    say("stage", name="learning")
    for epoch in range(1, epochs + 1):
        say("epoch", epoch=epoch, loss=1 / epoch, threshold=1.0, train=.9, validation=.9, seen=.9, mixed=.8, unseen=.7)
def pack():
    say("stage", name="packing")
    shutil.copytree(MODEL, os.path.join(request["folder"], request["name"]))
def forever():
    time.sleep(1000)
"""


def worker(body: str) -> tuple[str, ...]:
    """The command of a process that does `body`."""
    return (sys.executable, "-c", f"MODEL = {str(catalogue.MODELS / 'baseline')!r}\n{_HEAD}\n{body}")


GOOD = worker("learn(request['settings']['epochs']); pack(); say('done')")
ENDLESS = worker("learn(1); forever()")
