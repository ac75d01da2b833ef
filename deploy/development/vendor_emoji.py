"""Makes static/privatemessages/vendor/emoji*.js from the npm package emojibase-data.

Run by hand, with npm: `python deploy/development/vendor_emoji.py`. Left out are skin tones, and
emoji so new that many devices show an empty box for them.
"""

import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "emojibase-data@17.0.0"
SHA256 = "d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a"
LANGUAGES = ("en", "ru")
NEWEST = 15.1  # of Unicode's emoji
COMPONENTS = 2  # a group of hair and skin, which stand for nothing by themselves
TEXT = 0  # a type: shown as a letter would be, unless a selector follows
VENDOR = Path(__file__).parents[2] / "privatemessages" / "static" / "privatemessages" / "vendor"
HEADER = f"// Made by deploy/development/vendor_emoji.py of {PACKAGE}: see README.md.\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, tarfile.open(download(Path(folder))) as package:
        shown = sorted((one for one in read(package, "en/data") if is_shown(one)), key=order)
        names = read(package, "en/shortcodes/emojibase") | read(package, "en/shortcodes/github")
        write("emoji", "EMOJI", [emoji(one, names[one["hexcode"]]) for one in shown])
        for language in LANGUAGES:
            told = {one["hexcode"]: words(one) for one in read(package, f"{language}/data")}
            write(f"emoji_{language}", "WORDS", [told[one["hexcode"]] for one in shown])


def download(folder: Path) -> Path:
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True)
    (package,) = folder.iterdir()
    if hashlib.sha256(package.read_bytes()).hexdigest() != SHA256:
        raise SystemExit(f"{package.name} is not the one that was looked at.")
    return package


def read(package: tarfile.TarFile, name: str) -> Any:
    file = package.extractfile(f"package/{name}.json")
    assert file is not None
    return json.load(file)


def is_shown(one: dict[str, Any]) -> bool:
    return one.get("group", COMPONENTS) != COMPONENTS and one["version"] <= NEWEST


def order(one: dict[str, Any]) -> int:
    return int(one["order"])


def emoji(one: dict[str, Any], names: str | list[str]) -> tuple[str, str, int]:
    """The emoji, the names between colons that it has, and the number of its category."""
    group = one["group"] - (one["group"] > COMPONENTS)
    return written(one), names if isinstance(names, str) else " ".join(names), group


def written(one: dict[str, Any]) -> str:
    """The package says to all that they are no text; only those that might be need to be told."""
    told: str = one["emoji"]
    return told if one["type"] == TEXT else told.removesuffix("\ufe0f")


def words(one: dict[str, Any]) -> str:
    """What it shows, and after a bar what else it is searched by."""
    return f"{one['label']}|{' '.join(one.get('tags', ()))}"


def write(file: str, name: str, values: list[Any]) -> None:
    lines = [json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in values]
    body = ",\n".join(lines)
    text = f"{HEADER}export const {name} = [\n{body},\n];\n"
    (VENDOR / f"{file}.js").write_text(text, encoding="utf-8")
    print(f"{file}.js: {len(values)} emoji, {len(text.encode())} bytes")


if __name__ == "__main__":
    main()
