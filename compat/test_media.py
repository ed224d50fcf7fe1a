"""What becomes of pictures, videos and sounds that the SDK uploads: thumbnails, and what the files say of themselves."""

import io
import struct
import time
import wave
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from PIL import Image

import sdk
import wire
from platforms import Platform

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]

ORIENTATION = 0x0112
PATIENCE = 90


@pytest.fixture(scope="module")
def journey(platform: Platform) -> Iterator[SimpleNamespace]:
    dl = sdk.sign_in(platform, sdk.administrator(platform))
    project = dl.projects.create(sdk.unique("Media"))
    dataset = project.datasets.create("Pictures")
    with wire.client(platform.api, dl.client_api.token) as api:
        yield SimpleNamespace(dl=dl, project=project, dataset=dataset, api=api)
    project.delete(sure=True, really=True)


def picture(kind: str, **options) -> io.BytesIO:
    """400 x 200, red on the left and blue on the right."""
    drawn = Image.new("RGB", (400, 200), "red")
    drawn.paste("blue", (200, 0, 400, 200))
    file = io.BytesIO()
    drawn.save(file, kind, **options)
    file.name = f"{kind.lower()}.{kind.lower()}"
    file.seek(0)
    return file


def upload(journey, file: io.BytesIO):
    return journey.dataset.items.upload(local_path=file, remote_path="/in", overwrite=True)


def thumbnail(journey, item) -> Image.Image:
    deadline = time.monotonic() + PATIENCE
    while True:
        reply = journey.api.get(f"/items/{item.id}/thumbnail")
        if reply.status_code == 200:
            return Image.open(io.BytesIO(reply.content))
        assert reply.status_code == 404 and "retry-after" in reply.headers, reply.text
        assert time.monotonic() < deadline, "no thumbnail in time"
        time.sleep(float(reply.headers["retry-after"]) / 4)


def is_red(pixel: tuple[int, ...]) -> bool:
    return pixel[0] > 200 and pixel[2] < 60


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WebP", "TIFF"])
def test_makes_a_thumbnail(journey, kind):
    item = upload(journey, picture(kind))

    small = thumbnail(journey, item)

    assert (small.format, small.size) == ("JPEG", (256, 128))
    assert is_red(small.getpixel((30, 60))) and not is_red(small.getpixel((220, 60)))


def test_turns_a_thumbnail_as_the_picture_says(journey):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    file = picture("JPEG", exif=exif)
    file.name = "turned.jpg"
    item = upload(journey, file)

    small = thumbnail(journey, item)

    assert small.size == (128, 256)
    assert is_red(small.getpixel((60, 30))) and not is_red(small.getpixel((60, 220)))


def test_keeps_thumbnails_out_of_sight(journey):
    item = upload(journey, picture("PNG"))
    thumbnail(journey, item)

    item = journey.dataset.items.get(item_id=item.id)
    hidden = journey.dataset.items.get(item_id=item.metadata["system"]["thumbnailId"])
    assert (hidden.dir, hidden.hidden) == ("/.dataloop/thumbnails", True)
    assert journey.dataset.items.get(filepath="/.dataloop/thumbnails", is_dir=True).type == "dir"
    assert all(not found.filename.startswith("/.dataloop") for found in journey.dataset.items.list().all())


def test_loses_no_change_that_is_made_at_once(journey):
    item = upload(journey, picture("PNG"))
    item.metadata["user"] = {"seen": True}
    item.update()
    thumbnail(journey, item)

    item = journey.dataset.items.get(item_id=item.id)
    assert item.metadata["user"] == {"seen": True}
    assert item.metadata["system"]["thumbnailId"]


def test_takes_a_broken_picture_as_it_is(journey):
    whole = picture("JPEG").getvalue()
    file = io.BytesIO(whole[:30] + bytes(2000))
    file.name = "broken.jpg"
    item = upload(journey, file)

    assert item.download(save_locally=False).read() == file.getvalue()
    reply = journey.api.get(f"/items/{item.id}/thumbnail")
    assert reply.status_code == 404 and "retry-after" not in reply.headers


def test_says_how_long_a_sound_is(journey):
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 12_000))
    file.name = "silence.wav"
    file.seek(0)

    assert upload(journey, file).metadata["system"]["duration"] == 1.5


def test_says_what_a_video_is(journey):
    file = io.BytesIO(mp4())
    file.name = "film.mp4"

    item = upload(journey, file)

    system = item.metadata["system"]
    assert system["mimetype"] == "video/mp4"
    assert (system["duration"], system["width"], system["height"], system["fps"]) == (4, 640, 360, 25)
    assert int(system["ffmpeg"]["nb_read_frames"]) == 100
    assert item.fps == 25


def box(kind: bytes, *content: bytes) -> bytes:
    inner = b"".join(content)
    return struct.pack(">I4s", 8 + len(inner), kind) + inner


def mp4() -> bytes:
    """A film of 4 s with 100 pictures of 640 x 360, of which nothing is there but what the file says of it."""
    size = box(b"tkhd", bytes(76), struct.pack(">II", 640 << 16, 360 << 16))
    times = box(b"mdhd", bytes(12), struct.pack(">III", 12_800, 51_200, 0))
    handler = box(b"hdlr", bytes(8), b"vide", bytes(13))
    frames = box(b"minf", box(b"stbl", box(b"stsz", bytes(4), struct.pack(">II", 0, 100))))
    header = box(b"mvhd", bytes(12), struct.pack(">III", 1_000, 4_000, 0))
    return box(b"ftyp", b"isomiso2") + box(b"moov", header, box(b"trak", size, box(b"mdia", times, handler, frames)))
