"""Pictures that somebody hands in, made anew: what leaves here is a plain JPEG, and nothing that came along.

Where it was taken, when and with what (EXIF, GPS), a comment, a second file behind the first: none of
it is copied, because only the points of the picture are. What is told apart, is told apart by content;
names and declared types are not asked. docs/adr/0032-pictures.md
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from threading import Lock
from typing import NamedTuple
from warnings import catch_warnings

from django.utils.translation import gettext as _
from PIL import Image, ImageCms
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from common.errors import DomainError

MEGA = 1_000_000
# For the box that asks for one: a telephone that keeps another kind hands in one of these.
ACCEPTED = "image/jpeg,image/png,image/webp"
LARGEST_FILE = 15 * 1024 * 1024
LONG_SIDE = 2048  # points of what is kept
SMALL_SIDE = 320  # and of what stands in a list
GOOD, PLAIN = 85, 70  # qualities of JPEG
LARGEST_PROFILE = 2 * 1024 * 1024

# What a picture costs besides its points: a JPEG may want all of them gone over again and again, and what
# stands before them is read by Python, bit by bit. A telephone's has 1 scan and some 100 segments, a
# progressive one 10 scans; a PNG's chunks hold 8 kB each.
MOST_SCANNED = 300 * MEGA
MOST_SEGMENTS = 1_000
MOST_CHUNKS = 10_000

# What one point may be. Greys of 16 bits and fractions, which no telephone and no screen makes, come out
# white or black when they are turned into 8 bits, so they are refused; of 16-bit colours 8 are read.
MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"})
# How a picture has to be turned, by the number in its EXIF.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
_SCAN, _END, _BARE = 0xDA, 0xD9, {0x01, 0xD8}
_APPLE = re.compile(rb"....ftyp(?:hei|hev|mif1|msf1)", re.DOTALL)
# Reading a large one takes a quarter of a gigabyte; the threads of a process take turns.
_one_at_a_time = Lock()


class PictureRefused(DomainError):
    code = "NO_PICTURE"


@dataclass(frozen=True)
class Picture:
    """A JPEG in sRGB, upright, at most LONG_SIDE points long; the same file gives the same one."""

    data: bytes = field(repr=False)
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class Kind(NamedTuple):
    """A kind of file that is read: by what, and how many points it may have.

    A JPEG can be read small, the others only as large as they are: a quarter of a gigabyte at most.
    """

    reader: Callable[[BytesIO], ImageFile]
    most: int
    parts: Callable[[bytes], Iterator[int]]


def read_picture(data: bytes) -> Picture:
    """What somebody handed in, made anew.

    Refuses NO_PICTURE, always with what to send instead: a file that is no JPEG, PNG or WebP, is over
    15 MB or more points than a telephone takes (seen before any of them is read), moves, has points of
    16 bits, or is cut off.
    """
    if len(data) > LARGEST_FILE:
        raise PictureRefused(message=_("图片太大了，每张最多 15 MB，请换一张小一点的，或用它的截图。"))
    kind = _kind(data)
    with _one_at_a_time, catch_warnings(action="ignore", category=UserWarning):  # of an odd EXIF
        try:
            return _made_anew(_opened(data, kind))
        except DomainError:
            raise
        except Exception as error:  # whatever a decoder says of a file that is broken, or made to break it
            raise PictureRefused(
                message=_("这张图片打不开，可能没有传完整，请再选一次，或换一张。")
            ) from error


def small(data: bytes) -> bytes:
    """One of our own pictures as it stands in a list."""
    picture = JpegImageFile(BytesIO(data))
    _read_small(picture, SMALL_SIDE)
    picture.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return _jpeg(picture, PLAIN)


def _kind(data: bytes) -> Kind:
    if data.startswith(b"\xff\xd8\xff"):
        return Kind(JpegImageFile, 50 * MEGA, _segments)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind(PngImageFile, 25 * MEGA, _chunks)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind(WebPImageFile, 16 * MEGA, lambda _data: iter(()))
    if data.startswith(b"GIF8"):
        raise PictureRefused(message=_moves())
    if _APPLE.match(data):
        raise PictureRefused(
            message=_(
                "这是苹果手机的 HEIC 图片，这里打不开。请用它的截图，"
                "或在手机“设置 › 相机 › 格式”里选“兼容性最佳”再拍一张。"
            )
        )
    raise PictureRefused(message=_("这个文件不是照片，请选手机拍的照片或截图（JPG、PNG）。"))


def _moves() -> str:
    return _("会动的图片不能用，请换一张照片，或用它的截图。")


def _opened(data: bytes, kind: Kind) -> ImageFile:
    """The file with its head read: its kind of points and how many of them, and none of them yet."""
    scans = sum(kind.parts(data))
    picture = kind.reader(BytesIO(data))
    points = picture.width * picture.height
    if points > kind.most or points * scans > MOST_SCANNED:
        raise PictureRefused(message=_("这张图片的尺寸太大了，请换一张普通照片，或用它的截图。"))
    if getattr(picture, "is_animated", False):
        raise PictureRefused(message=_moves())
    if picture.mode not in MODES:
        raise PictureRefused(message=_("这种图片太少见，这里打不开，请用它的截图。"))
    return picture


def _segments(data: bytes) -> Iterator[int]:
    """Of a JPEG, as its decoder meets them: 1 for each going over the points, 0 for other segments."""
    at, met = 2, 0
    while found := _MARKER.search(data, at):
        marker, at = found[1][0], found.end()
        if marker == _END:
            return
        met += 1
        if met > MOST_SEGMENTS:
            raise ValueError("a JPEG of more segments than anybody makes")
        yield int(marker == _SCAN)
        if marker not in _BARE:
            at += int.from_bytes(data[at : at + 2], "big")


def _chunks(data: bytes) -> Iterator[int]:
    """Of a PNG: 1 for what shows its points; refuses more chunks than anybody makes."""
    at = 8
    for _each in range(MOST_CHUNKS):
        if data[at + 4 : at + 8] in {b"IEND", b""}:
            yield 1
            return
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    raise ValueError("a PNG of more chunks than anybody makes")


def _made_anew(picture: ImageFile) -> Picture:
    """Reads the points, as few as will do, and puts them upright on white, in sRGB."""
    profile = picture.info.get("icc_profile")
    _read_small(picture, LONG_SIDE)
    turn = _turn(picture)
    fine: Image.Image = picture
    if picture.mode in {"1", "P", "PA", "LA", "YCbCr"}:
        fine = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    fine.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    white = Image.new("RGB", fine.size, "white")
    white.paste(_in_srgb(fine, profile), mask=fine.getchannel("A") if fine.mode == "RGBA" else None)
    upright = white.transpose(turn) if turn is not None else white
    return Picture(_jpeg(upright, GOOD), *upright.size)


def _read_small(picture: ImageFile, side: int) -> None:
    """Reads the points; of a JPEG an eighth, a quarter or half of them in each direction, if that is enough."""
    long = max(picture.size)
    if long > side:
        width, height = (max(1, part * side // long) for part in picture.size)
        picture.draft(None, (width, height))
    picture.load()


def _turn(picture: ImageFile) -> Image.Transpose | None:
    with suppress(Exception):  # an EXIF that cannot be read turns nothing
        return TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    return None


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Its colours as a screen shows them; by a profile that cannot be read nothing is changed."""
    plain = picture.convert("RGB") if picture.mode == "RGBA" else picture
    if profile and len(profile) <= LARGEST_PROFILE:
        with suppress(Exception):
            told = ImageCms.ImageCmsProfile(BytesIO(profile))
            turned = ImageCms.profileToProfile(plain, told, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if turned is not None:
                return turned
    return plain.convert("RGB")


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    """Written with nothing but the points: `info`, where whatever came along still hangs, stays behind."""
    bare, out = Image.new("RGB", picture.size), BytesIO()
    bare.paste(picture)
    bare.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
