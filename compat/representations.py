"""The one mapping between JSON and XML (docs/representations.md), as a client in another language writes it."""

import json
import re
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

PLAIN = re.compile(r"(?!xml)[A-Za-z_][A-Za-z0-9_.-]{0,127}")
PROBLEM = "{urn:ietf:rfc:7807}"
ODD = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_xml(value) -> bytes:
    return _element("json", "", value).encode()


def _element(name: str, attributes: str, value) -> str:
    match value:
        case None:
            return f'<{name}{attributes} type="null"/>'
        case bool():
            return f'<{name}{attributes} type="boolean">{json.dumps(value)}</{name}>'
        case int() | float():
            return f'<{name}{attributes} type="number">{json.dumps(value)}</{name}>'
        case str():
            said, is_escaped = _text(value)
            marked = attributes + (' escaped="true"' if is_escaped else "")
            return f"<{name}{marked}>{escape(said, BREAKS)}</{name}>"
        case list() | tuple():
            return f'<{name}{attributes} type="array">{"".join(_element("i", "", entry) for entry in value)}</{name}>'
        case _:
            members = "".join(_member(str(key), member) for key, member in value.items())
            return f'<{name}{attributes} type="object">{members}</{name}>'


BREAKS = {"\r": "&#13;"}


def _member(key: str, value) -> str:
    if PLAIN.fullmatch(key):
        return _element(key, "", value)
    said, escaped = _text(key)
    name = quoteattr(said, {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})
    return _element("member", f" name={name}" + (' escapedName="true"' if escaped else ""), value)


def _text(text: str) -> tuple[str, bool]:
    if not ODD.search(text):
        return text, False
    return ODD.sub(lambda odd: f"\\u{ord(odd.group()):04x}", text.replace("\\", "\\\\")), True


def from_xml(document: bytes):
    root = ElementTree.fromstring(document)
    if root.tag == f"{PROBLEM}problem":
        problem = {child.tag.removeprefix(PROBLEM): _value(child) for child in root}
        return problem | {"status": int(problem["status"])}
    return _value(root)


def _value(element):
    text = element.text or ""
    match element.get("type"):
        case "null":
            return None
        case "boolean" | "number":
            return json.loads(text)
        case "array":
            return [_value(entry) for entry in element]
        case "object":
            return {_key(member): _value(member) for member in element}
        case _ if len(element):
            return {_key(member): _value(member) for member in element}
        case _:
            return _unescaped(text) if element.get("escaped") == "true" else text


def _key(element) -> str:
    name = element.get("name")
    if name is None:
        return element.tag.removeprefix(PROBLEM)
    return _unescaped(name) if element.get("escapedName") == "true" else name


def _unescaped(text: str) -> str:
    return re.sub(
        r"\\(u([0-9a-fA-F]{4})|\\)", lambda said: chr(int(said.group(2), 16)) if said.group(2) else "\\", text
    )
