"""The mapping between JSON and XML, written from docs/representations.md alone, as a client would."""

import json
import re
from xml.etree import ElementTree as xml

PLAIN = re.compile(r"(?!xml)[A-Za-z_][A-Za-z0-9_.-]{0,127}")
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
PROBLEM = "{urn:ietf:rfc:7807}"


class Number(str):
    """A number as it is written: 1.50 is not 1.5."""


def of_json(text: str) -> object:
    return json.loads(text, parse_int=Number, parse_float=Number)


def to_xml(value: object) -> bytes:
    return xml.tostring(_element("json", value), encoding="utf-8", xml_declaration=True)


def _element(name: str, value: object) -> xml.Element:
    element = xml.Element(name)
    match value:
        case dict():
            element.set("type", "object")
            for key, member in value.items():
                if PLAIN.fullmatch(key):
                    element.append(_element(key, member))
                else:
                    odd = _element("member", member)
                    if NOT_XML.search(key):
                        odd.set("escapedName", "true")
                    odd.set("name", _said(key))
                    element.append(odd)
        case list():
            element.set("type", "array")
            element.extend(_element("i", entry) for entry in value)
        case None:
            element.set("type", "null")
        case bool():
            element.set("type", "boolean")
            element.text = str(value).lower()
        case Number() | int() | float():
            element.set("type", "number")
            element.text = str(value)
        case _ if NOT_XML.search(value):
            element.set("escaped", "true")
            element.text = _said(value)
        case _:
            element.text = value
    return element


def _said(text: str) -> str:
    """With what XML has not as JSON writes it."""
    if not NOT_XML.search(text):
        return text
    return NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text.replace("\\", "\\\\"))


def _meant(text: str, is_escaped: bool) -> str:
    return re.sub(r"\\(?:u([0-9a-fA-F]{4})|\\)", _character, text) if is_escaped else text


def _character(found: re.Match) -> str:
    return chr(int(found[1], 16)) if found[1] else "\\"


def of_xml(text: str | bytes) -> object:
    root = xml.fromstring(text)
    if root.tag == f"{PROBLEM}problem":
        problem = {member.tag.removeprefix(PROBLEM): _value(member) for member in root}
        return {**problem, "status": Number(problem["status"])}
    assert root.tag == "json", root.tag
    return _value(root)


def _value(element: xml.Element) -> object:
    text = element.text or ""
    match element.get("type", "object" if len(element) else "string"):
        case "object":
            return {_key(member): _value(member) for member in element}
        case "array":
            assert all(entry.tag.removeprefix(PROBLEM) == "i" for entry in element)
            return [_value(entry) for entry in element]
        case "null":
            return None
        case "boolean":
            return {"true": True, "false": False}[text]
        case "number":
            return Number(text)
        case "string":
            return _meant(text, element.get("escaped") == "true")
        case other:
            raise AssertionError(f"no such type: {other}")


def _key(member: xml.Element) -> str:
    name = member.get("name")
    return _meant(name, member.get("escapedName") == "true") if name is not None else member.tag.removeprefix(PROBLEM)


def in_json(value: object) -> object:
    """With numbers that can be counted with, where it does not matter how they were written."""
    match value:
        case Number():
            return json.loads(value)
        case dict():
            return {key: in_json(member) for key, member in value.items()}
        case list():
            return [in_json(entry) for entry in value]
        case _:
            return value
