"""What a file is, told by its first bytes: its name may say anything."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator

from nnbuilder.loading import foreign
from nnbuilder.loading.calls import CURE, first_call, is_pickle, refusal
from nnbuilder.loading.legacy import MAGIC
from nnbuilder.loading.limits import RefusedFile
from nnbuilder.loading.tensor_file import looks_like_one

HEAD = 2**20
"""Bytes from the beginning of a file that are looked at."""
TAIL = 16
"""Bytes at its end."""
ZIP, EMPTY_ZIP = b"PK\3\4", b"PK\5\6"
OLDEST = {"sys_info", "pickle", "tensors", "storages"}
"""What torch before 0.2 called the parts of its tar archives."""
POINTER = b"version https://git-lfs."
JSON_STARTS = ("{", "[")


def kind_of(head: bytes, size: int, tail: bytes = b"") -> str:
    """What a file of `size` bytes is: ``"zip"``, ``"safetensors"``, ``"legacy"`` or ``"json"``.

    Parameters
    ----------
    head, tail
        Its first `HEAD` bytes and its last `TAIL`.

    Raises
    ------
    RefusedFile
        If it is anything else; the sentence says what, as far as that can be told.
    """
    if not size:
        raise RefusedFile("is empty; download or save it again.")
    if head.startswith((ZIP, EMPTY_ZIP)):
        return "zip"
    if looks_like_one(head):
        return "safetensors"
    if head.startswith(MAGIC):
        return "legacy"
    text = _text(head, size)
    if _like_json(head, text):
        return "json"
    if head[257:262] == b"ustar":
        raise RefusedFile(_tar(head))
    if head.startswith(POINTER):
        raise RefusedFile("is only a pointer to a file kept by Git LFS; fetch the file itself, git lfs pull.")
    # Before other programs' marks: a text may begin with any of them, a pickle of the first protocols is a text.
    if head[:1] == b"\x80" or is_pickle(head, size <= HEAD) or (text is not None and _ends_as_pickle(head, size)):
        raise RefusedFile(_pickle(head))
    if text is not None:
        raise RefusedFile(foreign.by_text(text))
    found = foreign.by_bytes(head, tail)
    if found is not None:
        raise RefusedFile(foreign.words(found))
    raise RefusedFile(f"is no file of weights, project or bundle; {foreign.OPENED}.")


def _like_json(head: bytes, text: str | None) -> bool:
    """Whether a file begins as JSON does; whether it goes on so is for who reads it."""
    if text is None:
        # A project in another encoding, or with a control character in it, is still to be told as one.
        rest = head.lstrip(b" \t\r\n")
        return rest.startswith(b"{") and rest[1:].lstrip(b" \t\r\n")[:1] in (b'"', b"}")
    return text.lstrip("\ufeff \t\r\n").startswith(JSON_STARTS)


def _pickle(head: bytes) -> str:
    name = first_call(head)
    return refusal(name) if name else f"is a plain pickle, not weights as torch.save writes them; {CURE}"


def _ends_as_pickle(head: bytes, size: int) -> bool:
    """Whether a text is a damaged pickle of the first protocol: it names a function and ends with the word for that."""
    return head.rstrip(b"\n").endswith(b".") and size <= HEAD and bool(first_call(head))


def _tar(head: bytes) -> str:
    names = set(_members(head))
    if names and {name.strip("/").partition("/")[0] for name in names} <= OLDEST:
        return f"is a tar archive, as torch wrote them before 0.2, which is not opened; {CURE}"
    return "is a tar archive, not weights or a project; unpack it and open what is in it."


def _members(head: bytes) -> Iterator[str]:
    """The names in a tar archive, as far as it was read."""
    place = 0
    while place + tarfile.BLOCKSIZE <= len(head):
        block = head[place : place + tarfile.BLOCKSIZE]
        try:
            name = block[:100].rstrip(b"\0").decode()
            size = int(block[124:136].strip(b" \0") or b"0", 8)
        except ValueError:
            return
        if not name:
            return
        # What describes the entry behind it in more words is no entry itself.
        if block[156:157] not in b"xgLK":
            yield name
        place += tarfile.BLOCKSIZE * (1 + -(-size // tarfile.BLOCKSIZE))


def _text(head: bytes, size: int) -> str | None:
    """The text of a file that holds nothing but text, or None."""
    for encoding in ("utf-8", "utf-16"):
        if encoding == "utf-16" and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            text = head.decode(encoding)
        except UnicodeDecodeError as error:
            # The last letter may have been cut through.
            if len(head) == size or error.start < len(head) - 4:
                continue
            text = head[: error.start].decode(encoding)
        if all(letter.isprintable() or letter in "\t\r\n\f\ufeff" for letter in text):
            return text
    return None
