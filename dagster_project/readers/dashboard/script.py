"""The program that draws the page's charts, as one text: Vega, Vega-Lite and vega-embed.

Belongs here: packing it, once. Packing takes a second of each refresh and gives the same text until a version changes.
"""

import hashlib
from importlib.metadata import version
from pathlib import Path

ENTRY = "window.vegaEmbed = vegaEmbed;"


def charts_script(cache: Path | None) -> str:
    """The text, from the folder `cache` where it lies there whole; packed, and put there, where not."""
    kept = cache / f"charts-{version('altair')}-{version('vl-convert-python')}.js" if cache else None
    if kept is None:
        return _packed()
    if (script := _whole(kept)) is None:
        script = _packed()
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_name(f".{kept.name}.new")
        content = script.encode()
        fresh.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        fresh.replace(kept)
    return script


def _packed() -> str:
    import altair
    import vl_convert

    return vl_convert.javascript_bundle(ENTRY, vl_version=".".join(altair.SCHEMA_VERSION.split(".")[:2]))


def _whole(kept: Path) -> str | None:
    """What was kept, or nothing where it is not there, or not what was put there."""
    if not kept.is_file():
        return None
    # bytes: reading text would turn one kind of line's end into another
    digest, _, script = kept.read_bytes().partition(b"\n")
    return script.decode() if digest.decode(errors="replace") == hashlib.sha256(script).hexdigest() else None
