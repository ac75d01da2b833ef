"""Every operation of the OpenAPI document with a fitting request: new ones test themselves."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

from privatemessages.api import api

DOCUMENT = api.get_openapi_schema(path_prefix="")

# What fits is known by the name of a field; all others by its type.
FITTING = {
    "id": lambda: str(uuid4()),
    "user": lambda: "bob",
    "people": lambda: ["bob"],
    "people_ids": list,
    "title": lambda: "Attic",
    "reply_to": lambda: None,
    "text": lambda: "hello",
    "q": lambda: "bo",
    "since": lambda: 0,
    "seconds": lambda: 60,
    "threads": lambda: "1,2",
}
BY_TYPE = {"string": "words", "integer": 1, "boolean": True}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str  # such as threads/{thread_id}
    content: dict[str, Any]

    def __str__(self):
        return f"{self.method} {self.path}"

    @property
    def of_thread(self):
        return "{thread_id}" in self.path

    @property
    def query(self) -> dict[str, Any]:
        """Every parameter of the query."""
        parameters = self.content.get("parameters", [])
        return {
            parameter["name"]: parameter["schema"]
            for parameter in parameters
            if parameter["in"] == "query"
        }

    def address(self, thread_id=1, user_id="1", slug="kitchen", **query):
        """With what the query needs, or has to have."""
        required = {
            parameter["name"]: FITTING[parameter["name"]]()
            for parameter in self.content.get("parameters", [])
            if parameter["in"] == "query" and parameter["required"]
        }
        path = self.path.format(thread_id=thread_id, user_id=quote(user_id), slug=quote(slug))
        return f"{path}?{urlencode(required | query)}" if required | query else path

    def bodies(self) -> list[dict[str, Any] | None]:
        """One that fits for each form that the body may have."""
        if "requestBody" not in self.content:
            return [None]
        schema = resolved(self.content["requestBody"]["content"]["application/json"]["schema"])
        return [fitting(form) for form in schema.get("oneOf", [schema])]

    def spoilt_bodies(self, values):
        """Each body with each of its fields, one after the other, replaced by each value."""
        for body in self.bodies():
            for field in body or ():
                for value in values:
                    yield {**deepcopy(body), field: value}


def resolved(schema):
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", maxsplit=1)[1]]
    return schema


def fitting(schema, name=""):
    schema = resolved(schema)
    if "properties" in schema:
        return {field: fitting(part, field) for field, part in schema["properties"].items()}
    if name in FITTING:
        return FITTING[name]()
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    return BY_TYPE[schema["anyOf"][0]["type"] if "anyOf" in schema else schema["type"]]


OPERATIONS = [
    Operation(method, path.removeprefix("/"), content)
    for path, methods in DOCUMENT["paths"].items()
    for method, content in methods.items()
]
OF_THREADS = [operation for operation in OPERATIONS if operation.of_thread]
READING = [operation for operation in OPERATIONS if operation.method == "get"]
WRITING = [operation for operation in OPERATIONS if operation.method != "get"]
