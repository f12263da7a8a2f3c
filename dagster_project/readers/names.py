"""Which partner is meant: a code, a name, a name that people use for it.

Belongs here: how what somebody typed becomes the code of a partner, for every command. Does not belong here: the
partners themselves, which come from a release.
"""

import difflib
import unicodedata
from collections.abc import Mapping

# names in use that are no part of the name in the list; a word that several partners share, and the one that is meant
ALSO = {
    "britain": "GBR", "burma": "MMR", "czech republic": "CZE", "eu": "EUU", "europe": "EUU", "great britain": "GBR",
    "holland": "NLD", "korea": "KOR", "prc": "CHN", "republic of korea": "KOR", "rok": "KOR", "turkiye": "TUR",
    "uae": "ARE", "uk": "GBR", "us": "USA",
}  # fmt: skip


class UnknownName(LookupError):
    """Nobody, or more than one, is called that; the message names who is near."""


def partner_code(asked: str, partners: Mapping[str, str]) -> str:
    """The code of the partner that is meant, of `partners` (code: name).

    Understood are the code, the name, what `ALSO` lists, and the beginnings of words of one name alone ("saudi"); case
    and accents do not matter. Raises `UnknownName`.
    """
    if asked.upper() in partners:
        return asked.upper()
    words = _words(asked)
    named = {code: _words(name) for code, name in partners.items()}
    found = [code for code, name in named.items() if name == words]
    if not found and (code := ALSO.get(" ".join(words))) in partners:
        return str(code)
    if not found and words:
        found = [code for code, name in named.items() if all(any(w.startswith(word) for w in name) for word in words)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownName(f"'{asked}' may be {_listed(found, partners, 'or')}.")
    spelled = {word: code for code, name in named.items() for word in (*name, " ".join(name), code.lower())}
    spelled |= {name: code for name, code in ALSO.items() if code in partners}
    near = list(dict.fromkeys(spelled[n] for n in difflib.get_close_matches(" ".join(words), spelled, n=3, cutoff=0.7)))
    nearest = f" Near: {_listed(near, partners, 'or')}." if near else ""
    raise UnknownName(
        f"No partner '{asked}'.{nearest} Give a name or a code of three letters;"
        ' `warehouse sql "from marts.dim_partners"` lists them.'
    )


def _words(name: str) -> list[str]:
    """The words of a name without case, accents and punctuation."""
    plain = (c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in plain).casefold().split()


def _listed(codes: list[str], partners: Mapping[str, str], last: str) -> str:
    *before, final = [f"{partners[code]} ({code})" for code in codes]
    return f"{', '.join(before)} {last} {final}" if before else final
