"""The loop that the reader services have in common: one JSON object per line in, one out. README.md documents the messages."""

import json
import os
import sys
import tempfile
import traceback

# An answer larger than this goes through a file: a pipe moves 64 KiB at a time.
LARGEST_LINE = 256 * 1024


def serve(methods):
    """Answers requests until the input ends. `methods`: name to function of keyword arguments that returns JSON data."""
    # Libraries and the Java process print to standard output too: the protocol keeps the real one for itself.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    write(answers, {"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            method = methods[request["method"]]
            answer = {"id": request["id"], "result": method(**request["params"])}
        except BaseException as error:  # noqa: BLE001 - the caller gets every failure, the service goes on
            answer = {"id": request["id"], "error": describe(error)}
        write(answers, answer)


def describe(error):
    return {"type": type(error).__name__, "message": str(error), "trace": traceback.format_exc(limit=-6)}


def write(answers, message):
    # In ASCII: U+2028 would end the line for whoever reads it with Node.
    text = json.dumps(message)
    if len(text) > LARGEST_LINE:
        descriptor, path = tempfile.mkstemp(suffix=".json", prefix="answer-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        text = json.dumps({"file": path})
    answers.write(text + "\n")
    answers.flush()
