"""What the files of one series hold, and where it comes from: `manifest.json` beside them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from twsbridge.download.whole_files import write_whole
from twsbridge.protocol.models import Contract
from twsbridge.protocol.replies import BarSource

NAME = "manifest.json"


class FileEntry(BaseModel):
    """One file: all bars of the exchange's dates [first, before), none of which will change, in so many bytes.

    `sources` say which TWS told them when.
    """

    first: date
    before: date
    count: int
    bytes: int
    sources: list[BarSource]


class Manifest(BaseModel):
    """The series, and its files by name. `begins`: before this date TWS has none."""

    version: Literal[1]
    contract: Contract
    tz: str
    bar_size: str
    what_to_show: str
    use_rth: bool
    begins: date | None = None
    files: dict[str, FileEntry] = {}

    def is_about(self, other: Manifest) -> bool:
        """Whether it is about the same bars."""
        return self._subject == other._subject

    @property
    def _subject(self) -> tuple[int, str, str, bool]:
        return self.contract.con_id, self.bar_size, self.what_to_show, self.use_rth


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder, or None where there is none; raises ValueError when it cannot be read."""
    path = folder / NAME
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        why = error.errors(include_url=False)[0]["msg"]
        raise ValueError(f"{path} cannot be read ({why}). Delete it: the files are downloaded again.") from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest of a folder as a whole."""
    text = manifest.model_dump_json(indent=1, exclude_defaults=True)
    write_whole(folder / NAME, lambda path: path.write_text(text + "\n", encoding="utf-8"))
