"""Transcripts that tests read and write."""

import base64
import json


def read(path):
    """The events of a transcript, header first."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def told(path, connection=1):
    """What happened on a connection, without times: ("client", b"hola"), ("end", "client"), "closed"."""
    events = []
    for event in read(path)[1:]:
        if event.get("connection") != connection:
            continue
        if event["event"] == "data":
            events.append((event["from"], payload(event)))
        elif "from" in event:
            events.append((event["event"], event["from"]))
        else:
            events.append(event["event"])
    return events


def payload(event):
    return event["text"].encode() if "text" in event else base64.b64decode(event["base64"], validate=True)


def said(path, side, connection=1):
    """All that a side said."""
    return b"".join(what for who, what in (event for event in told(path, connection) if isinstance(event, tuple))
                    if who == side)


def write(path, *events, datagrams=False):
    """Writes a transcript of events as `told` has them, a millisecond after one another."""
    lines = [{"event": "transcript", "version": 1}]
    for number, event in enumerate(events):
        line = {"time_ns": number * 1000000, "connection": 1}
        if isinstance(event, str):
            line["event"] = event
        elif event[0] in ("end", "reset"):
            line |= {"event": event[0], "from": event[1]}
        else:
            line |= {"event": "data", "from": event[0], "base64": base64.b64encode(event[1]).decode()}
            line |= {"datagram": True} if datagrams else {}
        lines.append(line)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path
