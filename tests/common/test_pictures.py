"""Pictures that are handed in: what is read, what is refused before it costs anything, what never comes along.

Everything bad is made here, of bytes.
"""

import random
import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from common.errors import DomainError
from common.pictures import LARGEST_FILE, LONG_SIDE, SMALL_SIDE, read_picture, small

RED, WHITE = (200, 30, 30), (255, 255, 255)
PLACE = b"39.9042"
ORIENTATION, SOFTWARE, GPS = 0x0112, 0x0131, 0x8825


def written(picture: Image.Image, kind: str = "JPEG", **how: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def photo(size: tuple[int, int] = (400, 300), mode: str = "RGB") -> Image.Image:
    """Its upper left quarter is red, whatever becomes of it."""
    made = Image.new("RGB", size, "white")
    made.paste(RED, (0, 0, size[0] // 2, size[1] // 2))
    return made.convert(mode)


def told_where(turned: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION], exif[SOFTWARE] = turned, "secret"
    exif.get_ifd(GPS).update({1: "N", 2: (39.0, 54.0, 15.0), 29: PLACE.decode()})
    return exif


def shown(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def near(point: object, colour: tuple[int, int, int], by: int = 12) -> bool:
    assert isinstance(point, tuple)
    return all(abs(a - b) <= by for a, b in zip(point, colour, strict=True))


def is_red_at(data: bytes, corner: str) -> bool:
    picture = shown(data)
    x = picture.width // 8 if "left" in corner else picture.width * 7 // 8
    y = picture.height // 8 if "upper" in corner else picture.height * 7 // 8
    return near(picture.getpixel((x, y)), RED)


def chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, depth: int = 8, colour: int = 2, *more: bytes) -> bytes:
    """A PNG by hand: a head of any size, and whatever is said to follow."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IEND")


def webp(width: int, height: int, flags: int = 0) -> bytes:
    """The head of a WebP, and next to no points."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"VP8X" + struct.pack("<I", 10) + bytes([flags, 0, 0, 0]) + size
    body += b"VP8L" + struct.pack("<I", 6) + b"\x2f\xff\xff\xff\x0f\x00"
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def refused(data: bytes) -> str:
    with pytest.raises(DomainError) as refusal:
        read_picture(data)
    assert refusal.value.code == "NO_PICTURE"
    return str(refusal.value)


# --- What is read -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_comes_out_as_a_plain_jpeg(kind: str) -> None:
    made = read_picture(written(photo(), kind))
    picture = shown(made.data)
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (400, 300))
    assert (made.width, made.height) == picture.size
    assert is_red_at(made.data, "upper left")
    assert not is_red_at(made.data, "lower right")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_comes_along_that_tells_where_when_and_with_what(kind: str) -> None:
    more: dict[str, object] = {"exif": told_where(), "xmp": b"<x>" + PLACE + b"</x>"}
    if kind == "JPEG":
        more["comment"] = PLACE
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", PLACE.decode())
        more = {"exif": told_where(), "pnginfo": text}
    given = written(photo(), kind, **more)
    assert PLACE in given
    made = read_picture(given + b"PK\x03\x04" + PLACE)  # a second file behind the first
    picture = shown(made.data)
    assert PLACE not in made.data
    assert b"secret" not in made.data
    assert b"Exif" not in made.data
    assert not picture.getexif()
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("turned", "corner"),
    [
        (1, "upper left"), (2, "upper right"), (3, "lower right"), (4, "lower left"),
        (5, "upper left"), (6, "upper right"), (7, "lower right"), (8, "lower left"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [(400, 300), (3000, 2250)])
def test_it_stands_upright(size: tuple[int, int], turned: int, corner: str) -> None:
    made = read_picture(written(photo(size), exif=told_where(turned)))
    assert (made.width > made.height) == (turned < 5)
    assert is_red_at(made.data, corner)


@pytest.mark.parametrize(
    ("size", "becomes"),
    [
        ((8160, 6120), (2048, 1536)),  # a telephone of 50 megapixels
        ((6120, 8160), (1536, 2048)),
        ((2049, 100), (2048, 100)),
        ((2048, 2048), (2048, 2048)),
        ((1, 1), (1, 1)),
        ((20_000, 1), (2048, 1)),
    ],
)
def test_it_is_as_long_as_a_screen_wants(size: tuple[int, int], becomes: tuple[int, int]) -> None:
    made = read_picture(written(Image.new("L", size, 120)))
    assert (made.width, made.height) == becomes
    assert LONG_SIDE == 2048


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_kind_of_point_that_a_screen_makes_is_read(mode: str) -> None:
    made = read_picture(written(photo(mode=mode), "PNG"))
    assert shown(made.data).mode == "RGB"
    assert near(shown(made.data).getpixel((390, 290)), WHITE)


def test_what_is_seen_through_lies_on_white() -> None:
    for mode in ("RGBA", "LA"):
        made = read_picture(written(Image.new(mode, (40, 40)), "PNG"))
        assert near(shown(made.data).getpixel((20, 20)), WHITE)
    drawn = Image.new("P", (40, 40), 0)
    drawn.putpalette([0, 0, 0, *RED])
    made = read_picture(written(drawn, "PNG", transparency=0))
    assert near(shown(made.data).getpixel((20, 20)), WHITE)


def test_the_colours_of_print_and_of_other_screens_are_turned() -> None:
    made = read_picture(written(photo(mode="CMYK")))
    assert is_red_at(made.data, "upper left")
    # A screen whose red is everybody's blue.
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    other = srgb.replace(b"rXYZ", b"-XYZ").replace(b"bXYZ", b"rXYZ").replace(b"-XYZ", b"bXYZ")
    for kind in ("JPEG", "PNG"):
        turned = read_picture(written(photo(), kind, icc_profile=other))
        assert near(shown(turned.data).getpixel((50, 40)), RED[::-1])


@pytest.mark.parametrize("profile", [b"", b"no profile at all", b"\0" * 128, b"\xff" * 3000])
def test_a_profile_that_cannot_be_read_changes_nothing(profile: bytes) -> None:
    made = read_picture(written(photo(), icc_profile=profile))
    assert is_red_at(made.data, "upper left")


def test_an_exif_that_cannot_be_read_turns_nothing() -> None:
    made = read_picture(written(photo(), exif=b"Exif\0\0MM\0*\0\0\0\xff\xff\xff"))
    assert (made.width, made.height) == (400, 300)


def test_the_same_file_gives_the_same_picture() -> None:
    given = written(photo())
    assert read_picture(given) == read_picture(given)
    assert read_picture(given).sha256 != read_picture(written(photo((401, 300)))).sha256


def test_in_a_list_it_is_small() -> None:
    noise = Image.effect_noise((2048, 1536), 90).convert("RGB")
    made = read_picture(written(noise))
    thumb = shown(small(made.data))
    assert max(thumb.size) == SMALL_SIDE
    assert len(small(made.data)) < 60_000


# --- What is refused ------------------------------------------------------------------------------

MOVING = [Image.new("RGB", (20, 20), colour) for colour in ("red", "white", "blue")]
HEIC = struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + b"\0" * 200


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "不是照片"),
        (b"hello", "不是照片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "不是照片"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "不是照片"),
        (b"%PDF-1.7\n" + b"\xff\xd8\xff\xe0", "不是照片"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "不是照片"),
        (written(photo(), "TIFF"), "不是照片"),
        (written(photo(), "BMP"), "不是照片"),
        (written(photo(), "GIF"), "会动的图片"),
        (written(MOVING[0], "GIF", save_all=True, append_images=MOVING[1:]), "会动的图片"),
        (written(MOVING[0], "PNG", save_all=True, append_images=MOVING[1:]), "会动的图片"),
        (written(MOVING[0], "WEBP", save_all=True, append_images=MOVING[1:]), "会动的图片"),
        (HEIC, "HEIC"),
        (written(Image.new("I;16", (40, 40), 40_000), "PNG"), "太少见"),
        (written(photo())[:-200], "打不开"),
        (written(photo(), "PNG")[:-60], "打不开"),
        (written(photo(), "WEBP")[:-60], "打不开"),
        (b"\xff\xd8\xff", "打不开"),
        (b"\x89PNG\r\n\x1a\n", "打不开"),
        (b"RIFF\0\0\0\0WEBP", "打不开"),
        (b"\xff" * 5000, "不是照片"),
        (written(photo()) + b"\0" * LARGEST_FILE, "15 MB"),
    ],
)
def test_what_cannot_be_used_gets_a_sentence(data: bytes, sentence: str) -> None:
    assert sentence in refused(data)


def test_colours_of_16_bits_are_read_as_8() -> None:
    row = b"\0" + struct.pack(">HHH", 0xC8C8, 0x1E1E, 0x1E1E) * 4
    made = read_picture(png(4, 4, 16, 2, chunk(b"IDAT", zlib.compress(row * 4))))
    assert near(shown(made.data).getpixel((1, 1)), RED)


def test_whatever_is_done_to_a_file_ends_in_a_picture_or_a_sentence() -> None:
    drawn = random.Random(25)
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = written(photo((64, 48)), kind, exif=told_where())
        for _each in range(150):
            broken = bytearray(whole)
            for _flip in range(drawn.randint(1, 12)):
                broken[drawn.randrange(3, len(broken))] = drawn.randrange(256)
            with suppress(DomainError):  # anything else is a fault of ours
                made = read_picture(bytes(broken))
                assert shown(made.data).size == (made.width, made.height)


# --- Bombs: refused by what their heads say, in a process that may take little memory and time ----------

LITTLE = """
import resource, sys
import django
from django.conf import settings
settings.configure(USE_I18N=False)
django.setup()
from common.errors import DomainError
from common.pictures import read_picture
data = sys.stdin.buffer.read()
held = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmData"))
resource.setrlimit(resource.RLIMIT_DATA, (held * 1024 + {room},) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (3, 3))
try:
    read_picture(data)
except DomainError as refusal:
    print(refusal)
"""


def said_in_little(data: bytes, room: int = 48 * 2**20) -> str:
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", LITTLE.format(room=room)],
        input=data,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]
    return done.stdout.decode()


def jpeg_head(width: int, height: int) -> bytes:
    """A small JPEG that says it is a large one."""
    whole = bytearray(written(Image.new("L", (16, 16), 99)))
    at = whole.index(b"\xff\xc0")
    whole[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(whole)


EMPTY_SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00"


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (png(20_000, 10_000, 8, 2, chunk(b"IDAT", zlib.compress(b"\0" * 9_000_000))), "尺寸太大"),
        (png(2**31 - 1, 2**31 - 1), "尺寸太大"),
        (jpeg_head(65_000, 65_000), "尺寸太大"),
        (jpeg_head(20_000, 10_000), "尺寸太大"),
        (webp(16_383, 16_383), ""),
        # One that wants its points gone over half a million times.
        (jpeg_head(7_000, 7_000)[:-2] + EMPTY_SCAN * 500_000, "打不开"),
        (jpeg_head(7_000, 7_000)[:-2] + EMPTY_SCAN * 50, "尺寸太大"),
        (b"\xff\xd8" + b"\xff\xfe\x00\x02" * 3_000_000, "打不开"),
        (png(4, 4, 8, 2, chunk(b"tEXt", b"a\0b") * 900_000), "打不开"),
        (png(4, 4, 8, 2, chunk(b"zTXt", b"a\0\0" + zlib.compress(b"0" * 200_000_000))), "打不开"),
        (png(4, 4, 8, 2, chunk(b"iCCP", b"a\0\0" + zlib.compress(b"0" * 200_000_000))), "打不开"),
    ],
    ids=[
        "200 megapixels", "a head of any size", "a JPEG of 4 gigapixels", "a JPEG of 200", "a WebP of 268",
        "a million scans", "fifty scans of a large one", "segments", "chunks", "text", "profile",
    ],
)  # fmt: skip
def test_a_bomb_costs_neither_memory_nor_seconds(data: bytes, sentence: str) -> None:
    said = said_in_little(data)
    assert said.strip()
    assert sentence in said


@pytest.mark.sweep
def test_the_largest_that_is_read_takes_less_than_a_small_machine_has() -> None:
    noise = Image.effect_noise((1000, 750), 60).resize((8160, 6120))
    given = written(noise.convert("RGB"), quality=60)
    assert said_in_little(given, room=400 * 2**20) == ""
