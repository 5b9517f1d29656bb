"""Zip files from strangers, unpacked where they can do no harm.

A member may not leave the folder, be a link, need a password, or swell beyond the limits; sizes are
counted while unpacking, because the ones written in the file may lie. Names of members that are not
marked as UTF-8 are what old Chinese Windows wrote: GB18030.
"""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from layers.intake.errors import ArchiveRefused
from layers.intake.sentences import gettext as _
from layers.intake.sentences import gettext_noop

__all__ = ["LARGEST", "MOST", "is_archive", "unpack"]

LARGEST = 1 << 30  # bytes, all members together
MOST = 5000  # members
CHUNK = 1 << 20
UTF8_NAMES, LOCKED = 0x800, 0x1
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, EOFError, OSError,
)  # fmt: skip
FOREIGN = {
    b"Rar!": gettext_noop("a RAR archive"),
    b"7z\xbc\xaf": gettext_noop("a 7z archive"),
    b"\x1f\x8b": gettext_noop("a gzip archive"),
}


def is_archive(path: Path) -> bool:
    """Whether a file is a zip archive; raises `ArchiveRefused` for archives of other kinds."""
    with path.open("rb") as file:
        head = file.read(4)
    for magic, kind in FOREIGN.items():
        if head.startswith(magic):
            raise ArchiveRefused(
                _("%(path)s is %(kind)s. Unpack it and give the file inside, or pack it as zip.")
                % {"path": path, "kind": _(kind)},
                path=str(path),
            )
    return head in (b"PK\x03\x04", b"PK\x05\x06")


def unpack(path: Path, folder: Path, *, largest: int = LARGEST) -> list[Path]:
    """Unpack a zip file into `folder` and return its files, in the order of the archive.

    Parameters
    ----------
    path : Path
    folder : Path
        Empty, and only for this.
    largest : int
        Bytes that all members together may have once unpacked.

    Raises
    ------
    ArchiveRefused
        Names the member and what is wrong with it; then nothing of it was written.
    """
    files: list[Path] = []
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MOST:
                raise ArchiveRefused(
                    _("%(path)s holds %(count)s files, more than %(most)s. Give only the plan.")
                    % {"path": path, "count": len(members), "most": MOST},
                    path=str(path),
                )
            places = [_inside(path, member) for member in members]
            size = 0
            for member, place in zip(members, places, strict=True):
                files.append(folder / place)
                size += _write(archive, member, files[-1], largest - size)
                if size > largest:
                    raise ArchiveRefused(
                        _(
                            "%(path)s unpacks to more than allowed (%(most)s in all). Give only"
                            " the plan."
                        )
                        % {"path": path, "most": _in_words(largest)},
                        path=str(path),
                    )
            return files
    except ArchiveRefused:
        _remove(files, folder)
        raise
    except DAMAGED as problem:
        _remove(files, folder)
        raise ArchiveRefused(
            _("%(path)s is a damaged zip file or no zip file (%(problem)s). Pack it again.")
            % {"path": path, "problem": problem},
            path=str(path),
        ) from problem


def _inside(path: Path, member: zipfile.ZipInfo) -> PurePosixPath:
    """The member's place below the folder."""
    name = _name(member)
    place = PurePosixPath(name.replace("\\", "/"))
    parts = place.parts
    if place.is_absolute() or not parts or ".." in parts or ":" in parts[0] or "\0" in name:
        raise ArchiveRefused(
            _("%(path)s: %(name)s would leave its folder.") % {"path": path, "name": name},
            path=str(path),
            member=name,
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise ArchiveRefused(
            _("%(path)s: %(name)s is a link.") % {"path": path, "name": name},
            path=str(path),
            member=name,
        )
    if member.flag_bits & LOCKED:
        raise ArchiveRefused(
            _("%(path)s needs a password. Pack it again without one.") % {"path": path},
            path=str(path),
            member=name,
        )
    return place


def _name(member: zipfile.ZipInfo) -> str:
    """Python reads names that are not marked as UTF-8 as cp437, which loses nothing."""
    if member.flag_bits & UTF8_NAMES:
        return member.filename
    written = member.filename.encode("cp437", errors="surrogateescape")
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, most: int) -> int:
    """Unpack a member and return its size; stops soon after it is larger than `most`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with archive.open(member) as source, target.open("wb") as file:
        while size <= most and (chunk := source.read(CHUNK)):
            size += len(chunk)
            if size <= most:
                file.write(chunk)
    return size


def _remove(files: list[Path], folder: Path) -> None:
    """Take back what was unpacked, folders that are empty then included."""
    for file in files:
        file.unlink(missing_ok=True)
    for inner in sorted((one for one in folder.rglob("*") if one.is_dir()), reverse=True):
        if not any(inner.iterdir()):
            inner.rmdir()


def _in_words(size: int) -> str:
    return f"{size >> 20} MB" if size >= 1 << 20 else f"{size} bytes"
