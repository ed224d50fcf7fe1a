"""What schemathesis must know of the platform beside its document; loaded by SCHEMATHESIS_HOOKS.

SLUICE_URL says where the gate is, SLUICE_USER and SLUICE_PASSWORD who sends the requests, SLUICE_THINGS the ids that the
examples of the document stand for, and SLUICE_KEPT the addresses of all who send.
"""

import json
import os
import threading
import zlib
from urllib.parse import unquote

import httpx
import schemathesis
import urllib3

from xml_mapping import in_json, of_xml, to_xml

KEPT = set(os.environ["SLUICE_KEPT"].split(","))
THINGS = json.loads(os.environ.get("SLUICE_THINGS", "{}"))


# Many wrong passwords are among the requests, and make whoever comes from there wait. So they come from an address of this
# machine that nobody else comes from, neither to sign in for them nor in the other journeys.
if os.environ["SLUICE_URL"].startswith("http://127.0.0.1:"):
    _connect = urllib3.util.connection.create_connection
    urllib3.util.connection.create_connection = lambda address, timeout, source_address, socket_options: _connect(
        address, timeout, ("127.0.0.3", 0), socket_options
    )


class _Token:
    """Some operations end the sessions of whoever calls them, and then another is needed."""

    def __init__(self):
        self.lock = threading.Lock()
        self.value = ""

    def get(self) -> str:
        with self.lock:
            if not self.value:
                self.value = self._sign_in()
            return self.value

    @staticmethod
    def _sign_in() -> str:
        reply = httpx.post(
            f"{os.environ['SLUICE_URL']}/token?default",
            json={
                "username": os.environ["SLUICE_USER"],
                "password": os.environ["SLUICE_PASSWORD"],
                "type": "user_credentials",
            },
            timeout=60,
        )
        assert reply.status_code == 200, reply.text
        return reply.json()["id_token"]

    def forget(self) -> None:
        with self.lock:
            self.value = ""


TOKEN = _Token()


@schemathesis.auth(refresh_interval=None, retry_on=[])
class Bearer:
    def get(self, case, context) -> str:
        return TOKEN.get()

    def set(self, case, data, context) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def after_call(context, case, response) -> None:
    if response.status_code == 401 and (case.headers or {}).get("Authorization") == f"Bearer {TOKEN.value}":
        TOKEN.forget()


def spare(case) -> None:
    """Nobody is to end, or to demote, those who send requests: then there would be nobody to go on."""
    for name, value in (case.path_parameters or {}).items():
        # What the document's examples and earlier answers gave may be escaped already.
        if unquote(str(value)).lower() in KEPT:
            case.path_parameters[name] = THINGS["userId"]


@schemathesis.hook
def before_call(context, case, kwargs) -> None:
    """Each form that an answer is documented in is asked for, in turn."""
    spare(case)
    names = {name.lower() for name in case.headers or {}}
    if "accept" in names:
        return
    offered = sorted(
        form
        for status, answer in case.operation.definition.raw.get("responses", {}).items()
        if status.startswith("2") and isinstance(answer, dict)
        for form in answer.get("content", {})
        if form != "*/*"
    )
    if offered:
        which = zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode()) % len(offered)
        case.headers["Accept"] = offered[which]


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Half of what is asked for is there."""
    for name, thing in THINGS.items():
        value = (path_parameters or {}).get(name)
        if isinstance(value, str) and zlib.crc32(value.encode()) % 2:
            path_parameters[name] = thing
    return path_parameters


@schemathesis.serializer("application/xml")
def xml(context, value):
    if isinstance(value, (bytes, bytearray)):
        return {"data": bytes(value)}
    return {"data": to_xml(value)}


@schemathesis.deserializer("application/xml", "application/problem+xml")
def read_xml(context, response):
    return in_json(of_xml(response.content))


@schemathesis.deserializer("application/x-ndjson", "text/csv")
def read_text(context, response):
    return response.content.decode()
