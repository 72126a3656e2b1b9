"""Picture files of every sort: formats, pixel types, transparency, sizes, and what is refused."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from siamese.errors import EmptyDrawing, InvalidImage, SiameseError
from siamese.imaging.photographs import picture_files
from siamese.imaging.photographs.reader import from_upload
from tests.conftest import ROOT
from tests.imaging.test_framing import JUNK, on_background, png, seven


def page(mode="RGB"):
    return Image.fromarray(on_background(seven(), 20, 235)).convert(mode)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I", "F"])
def test_uploads_of_every_pixel_type_give_the_same_digit(mode):
    """Black-and-white, grey, palette, colour, alpha, 16-bit and float pictures are read alike."""
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(page("L"), np.uint16) * 257)
    elif mode == "1":
        picture = page("L").point(lambda grey: 255 * (grey > 128)).convert("1")
    else:
        picture = page("L").convert(mode)
    content = png(picture, format="TIFF" if mode in ("F", "I") else "PNG")
    assert np.abs(from_upload(content) - from_upload(png(page()))).mean() < 0.05


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_large_pictures_give_the_digit_of_small_ones(mode):
    """Three thousand pixels wide, in every pixel type, and turned by a camera: the digit is that of 280 pixels."""
    large = page("L").resize((3000, 3000))
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(large, np.uint16) * 257)
    else:
        picture = large.point(lambda grey: 255 * (grey > 128)).convert("1") if mode == "1" else large.convert(mode)
    exif = Image.Exif()
    exif[0x0112] = 3
    options = {"format": "JPEG" if mode == "CMYK" else "PNG", "exif": exif}
    content = png(picture.transpose(Image.Transpose.ROTATE_180), **options)
    assert np.abs(from_upload(content) - from_upload(png(page()))).mean() < 0.05


def test_the_largest_pictures_take_little_memory(tmp_path):
    """The largest PNG and JPEG that are accepted, as colour: a server with a few hundred megabytes survives them."""
    page().resize((4000, 4000)).save(tmp_path / "4000.png", compress_level=1)
    page().resize((6300, 6300)).save(tmp_path / "6300.jpeg")
    code = (
        "import resource, sys; from pathlib import Path; from siamese import from_upload;"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; before = peak();"
        "[from_upload(Path(name).read_bytes()) for name in sys.argv[1:]]; print((peak() - before) // 1024)"
    )
    command = [sys.executable, "-c", code, *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 200  # MB; twice the pixels of the PNG, which Pillow holds at four bytes each


@pytest.mark.parametrize(("size", "format"), [((6400, 6400), "JPEG"), ((5100, 5100), "PNG"), ((5100, 5100), "GIF")])
def test_larger_pictures_are_refused_with_their_size(size, format):
    """A little beyond the limit: the sentence says how large the picture is."""
    with pytest.raises(InvalidImage, match=f"{size[0]}×{size[1]}"):
        from_upload(png(Image.new("L", size, 200), format=format))


def test_broken_exif_does_not_matter():
    """A photo whose EXIF block is rubbish is read as if it had none."""
    content = png(page(), format="JPEG", quality=95, exif=b"Exif\0\0rubbish")
    assert np.array_equal(from_upload(content), from_upload(png(page(), format="JPEG", quality=95)))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_floating_point_pictures_with_other_than_brightness_are_refused(value):
    """A TIFF with NaN or infinity in it is a named error."""
    grey = np.asarray(page("F")).copy()
    grey[:3] = value
    with pytest.raises(SiameseError):
        from_upload(png(Image.fromarray(grey), format="TIFF"))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400) | JUNK)
def test_any_file_is_an_image_or_a_named_error(content):
    """Whatever is uploaded: a named error, or an image."""
    with contextlib.suppress(SiameseError):
        assert from_upload(content).shape == (28, 28)


def test_cmyk_jpegs_are_read():
    """A CMYK JPEG, as printers make them, is read."""
    assert from_upload(png(page("CMYK"), format="JPEG", quality=95)).max() > 0.5


def test_a_photos_rotation_mark_is_obeyed():
    """A picture that says "turn me" (EXIF orientation 6) gives the digit upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = page().transpose(Image.Transpose.ROTATE_90)
    upright = from_upload(png(page(), format="JPEG", quality=95))
    assert np.abs(from_upload(png(turned, format="JPEG", quality=95, exif=exif)) - upright).mean() < 0.03


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_an_animation_counts_as_its_first_frame(format):
    """Of an animated or many-paged picture the first frame is read."""
    frames = [page("L"), Image.new("L", (280, 280), 235)]
    content = png(frames[0], format=format, save_all=True, append_images=frames[1:])
    assert from_upload(content).max() > 0.5


def test_bombs_and_giants_are_refused_before_they_are_decoded():
    """20,000 × 20,000 pixels of nothing compress well; they are refused by their header."""
    content = png(Image.new("1", (20_000, 20_000)))
    with pytest.raises(InvalidImage, match="too large"):
        from_upload(content)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + bytes(40), b"GIF89a" + bytes(20)])
def test_what_is_no_picture_is_invalid(content):
    """Text, nothing and broken headers are InvalidImage."""
    with pytest.raises(InvalidImage):
        from_upload(content)


def test_a_truncated_picture_is_invalid():
    """Half a PNG is InvalidImage."""
    content = png(page())
    with pytest.raises(InvalidImage):
        from_upload(content[: len(content) // 2])


def test_tiny_pictures_never_crash():
    """1×1, one row and one column give a named error."""
    for size in ((1, 1), (300, 1), (1, 300)):
        with pytest.raises(SiameseError):
            from_upload(png(Image.new("L", size, 255)))


def png_16(pixels):
    """A PNG of 16 bits a channel from pixels (h, w, 1 to 4) uint16, which Pillow cannot write."""
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[pixels.shape[2]]

    def chunk(name, content):
        return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")

    height, width = pixels.shape[:2]
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((16, kind, 0, 0, 0))
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def with_alpha(ink, background, alpha):
    """RGBA (280, 280, 4) uint8 of a 7 in grey `ink`, on `background` whose corner, or which itself, is transparent."""
    picture = on_background(seven(), ink, background)
    if alpha == "corner":
        picture[:60, :60, 3] = 0
        picture[:60, :60, :3] = 0
    elif alpha == "background":
        picture = seven()
        picture[..., :3] = ink
    return picture


def written(picture, depth):
    if depth == "palette":
        return png(Image.fromarray(picture).quantize(64))
    if depth == "premultiplied":
        share = picture[..., 3:] / 255
        picture = np.dstack([np.round(picture[..., :3] * share), picture[..., 3]]).astype(np.uint8)
        return png(Image.frombytes("RGBa", picture.shape[1::-1], picture.tobytes()).convert("RGBA"))
    if depth == "16 bits":
        return png_16(picture.astype(np.uint16) * 257)
    if depth == "16 bits, grey":
        return png_16(picture[..., [0, 3]].astype(np.uint16) * 257)
    return png(Image.fromarray(picture))


@pytest.mark.parametrize("depth", ["8 bits", "16 bits", "16 bits, grey", "palette", "premultiplied"])
@pytest.mark.parametrize("alpha", ["opaque", "corner", "background"])
@pytest.mark.parametrize(("ink", "background"), [(20, 235), (240, 15)], ids=["dark on light", "light on dark"])
def test_polarity_transparency_and_depth(ink, background, alpha, depth):
    """Whatever is transparent, however the file holds its pixels, the digit is the same."""
    image = from_upload(written(with_alpha(ink, background, alpha), depth))
    assert np.abs(image - from_upload(png(page()))).mean() < 0.05


def test_white_paint_is_a_rubber_and_no_ink():
    """On a transparent page: a dark digit, part of it painted over in white, and white paint beside it."""
    painted = seven()
    painted[..., :3] = 20
    clean = from_upload(png(Image.fromarray(painted)))
    painted[230:270, 20:90] = 255
    assert np.abs(from_upload(png(Image.fromarray(painted))) - clean).max() < 0.02


def test_a_page_that_is_all_transparent_is_empty():
    """Whatever its hidden colours say."""
    hidden = on_background(seven(), 0, 255)
    hidden[..., 3] = 0
    with pytest.raises(EmptyDrawing):
        from_upload(png(Image.fromarray(hidden)))


@pytest.mark.parametrize("format", ["JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"])
def test_every_format_is_read(format):
    """The picture files of phones, scanners and editors."""
    if format == "HEIF":
        pillow_heif = pytest.importorskip("pillow_heif")
        pillow_heif.register_heif_opener()
    options = {"save_all": True, "append_images": [page()]} if format == "MPO" else {}
    content = png(page(), format=format, **options)
    assert np.abs(from_upload(content) - from_upload(png(page()))).mean() < 0.05


def test_a_phone_s_picture_of_24_megapixels_is_read():
    """As JPEG and as the multi-picture file that phones write."""
    large = page("L").resize((6000, 4000))
    for options in ({"format": "JPEG"}, {"format": "MPO", "save_all": True, "append_images": [large.resize((60, 40))]}):
        assert picture_files.read_picture(png(large, **options)).shape == (853, 1280, 3)


def test_an_iphone_s_owner_gets_help_where_heic_cannot_be_read(monkeypatch):
    """Without the plug-in: what to change on the telephone."""
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(InvalidImage, match="Most Compatible"):
        picture_files.read_picture(b"\0\0\0\x18ftypheic" + bytes(40))


def test_a_file_of_more_than_20_megabytes_is_refused():
    """Before it is looked at."""
    with pytest.raises(InvalidImage, match="20 MB"):
        picture_files.read_picture(bytes(20 * 1024 * 1024 + 1))


def test_comparing_drawings_loads_no_picture_library():
    """A fresh process that compares drawings and shows the first page has loaded neither OpenCV nor HEIC's reader."""
    code = (
        "import sys, numpy as np; from siamese import Verifier, from_drawing;"
        "from siamese.imaging import pens, strokes;"
        "image = from_drawing(strokes.render(pens.draw(3, np.random.default_rng(0))));"
        "Verifier.load().compare(image, image); from streamlit.testing.v1 import AppTest;"
        "assert not AppTest.from_file('app.py', default_timeout=60).run().exception;"
        "print(sorted({'cv2', 'pillow_heif'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
