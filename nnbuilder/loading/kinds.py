"""What a file is, told by its first bytes: its name may say anything."""

from __future__ import annotations

from nnbuilder.loading.calls import CURE, first_call, refusal
from nnbuilder.loading.limits import RefusedFile
from nnbuilder.loading.tensor_file import looks_like_one

HEAD = 2**20
"""Bytes from the beginning of a file that are looked at."""
ZIP, EMPTY_ZIP = b"PK\3\4", b"PK\5\6"
OLD_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""How torch before 1.6 began its files: protocol 2, its magic number 0x1950a86a20f9469cfc6c, end of that pickle."""
OLD = (
    "is saved in the format of torch before 1.6, which runs what is in it when it is opened; load it with the torch it "
    "was made with and save the weights again, torch.save(model.state_dict(), …)."
)
POINTER = b"version https://git-lfs."
OTHERS = {
    b"\x89HDF\r\n\x1a\n": "an HDF5 file, as Keras writes it",
    b"\x93NUMPY": "a NumPy array",
    b"\x1f\x8b": "packed with gzip",
    b"7z\xbc\xaf\x27\x1c": "packed with 7-Zip",
    b"Rar!": "packed with RAR",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GGUF": "a GGUF file of a language model",
    b"PAR1": "a table (Parquet)",
    b"\x7fELF": "a program",
    b"MZ": "a program",
}
OPENED = "open weights (.pth, .safetensors), a project (.json) or a bundle (.zip)"


def kind_of(head: bytes, size: int) -> str:
    """``"zip"``, ``"safetensors"`` or ``"json"``, from the first `HEAD` bytes of a file of `size` bytes.

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
    text = _text(head, size)
    if text is not None and text.lstrip("\ufeff \t\r\n").startswith("{"):
        return "json"
    if head.startswith(OLD_TORCH):
        name = first_call(head)
        raise RefusedFile(refusal(name) if name else OLD)
    for mark, what in OTHERS.items():
        if head.startswith(mark):
            raise RefusedFile(f"is {what}, not weights or a project; {OPENED}.")
    if head[257:262] == b"ustar":
        raise RefusedFile(f"is a tar archive, as torch wrote them before 0.2, which is not opened; {CURE}")
    if head[:1] == b"\x80" or (text is not None and _ends_as_pickle(head, size)):
        raise RefusedFile(_pickle(head))
    if head.startswith(POINTER):
        raise RefusedFile("is only a pointer to a file kept by Git LFS; fetch the file itself, git lfs pull.")
    if text is not None:
        raise RefusedFile(f"is plain text, whatever its name says; {OPENED}.")
    raise RefusedFile(f"is no file of weights, project or bundle; {OPENED}.")


def _pickle(head: bytes) -> str:
    name = first_call(head)
    return refusal(name) if name else f"is a plain pickle, which may run anything when it is opened; {CURE}"


def _ends_as_pickle(head: bytes, size: int) -> bool:
    """Whether a text is a pickle of the first protocol: it names a function and ends with the word for that."""
    return head.rstrip(b"\n").endswith(b".") and size <= HEAD and bool(first_call(head))


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
