"""Write what is generated from the wire definition: JSON Schema, AsyncAPI document, vectors, types, tables.

`python clients/protocol/generate.py` writes into clients/; `--into DIR` writes the same tree elsewhere. What is written
depends on nothing but the models in clients/python/twsbridge/protocol and the examples in generator/.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator import asyncapi, schema, tables, typescript, vectors

CLIENTS = Path(__file__).resolve().parents[1]


def outputs() -> Iterator[tuple[Path, str]]:
    """Path below clients/ and text of every generated file."""
    yield Path("protocol", "schema.json"), as_json(schema.document())
    yield Path("protocol", "asyncapi.json"), as_json(asyncapi.document())
    for name, rows in vectors.files().items():
        yield Path("protocol", "vectors", f"{name}.json"), as_rows(rows)
    yield Path("javascript", "src", "protocol.d.ts"), typescript.declarations()
    readme = (CLIENTS / "README.md").read_text(encoding="utf-8")
    yield Path("README.md"), tables.filled_in(readme)


def as_json(document: dict[str, Any]) -> str:
    """Indented JSON, as a reader and a diff like it."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_rows(rows: list[dict[str, Any]]) -> str:
    """A JSON list with one row per line."""
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"


def main() -> None:
    """Write all files, and say which of them have changed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--into", type=Path, default=CLIENTS, metavar="DIR", help="the folder to write into")
    into: Path = parser.parse_args().into
    for path, text in outputs():
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
            print(f"wrote {path}")


if __name__ == "__main__":
    main()
