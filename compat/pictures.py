"""The pictures that the journeys upload: 1,680 JPEG files in four folders."""

import hashlib
import random
import shutil
import tarfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from PIL import Image

COUNT = 1680
BESIDE_THE_REPOSITORY = Path(__file__).parents[2] / "shared/data/sheepface.tar.gz"


@dataclass(frozen=True)
class Picture:
    """One file: where it lies here, and the path that it gets on the platform."""

    local: Path
    remote: str

    @property
    def folder(self) -> str:
        return self.remote.rpartition("/")[0]

    @property
    def name(self) -> str:
        return self.local.name

    @cached_property
    def size(self) -> int:
        return self.local.stat().st_size

    @cached_property
    def sha256(self) -> str:
        return sha256(self.local)


@dataclass(frozen=True)
class Pictures:
    """A folder of pictures, as `dataset.items.upload(local_path=folder)` sends it."""

    folder: Path

    @cached_property
    def all(self) -> dict[str, Picture]:
        """Every picture by its path on the platform."""
        files = sorted(file for file in self.folder.rglob("*") if file.is_file())
        pictures = [Picture(file, f"/{file.relative_to(self.folder.parent)}") for file in files]
        return {picture.remote: picture for picture in pictures}

    @cached_property
    def folders(self) -> list[str]:
        """The folders on the platform that hold pictures."""
        return sorted({picture.folder for picture in self.all.values()})


    def one_in(self, number: int, into: Path) -> "Pictures":
        """A copy with one picture in so many of each folder."""
        some = into / self.folder.name
        for folder in self.folders:
            for picture in [picture for picture in self.all.values() if picture.folder == folder][::number]:
                copy = some / picture.local.relative_to(self.folder)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(picture.local, copy)
        return Pictures(some)


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def prepare(archive: Path | None, into: Path) -> Pictures:
    """Unpacks the archive, which holds an `items` folder; without an archive it draws as many pictures itself."""
    if archive is None:
        draw(into / "items")
    else:
        with tarfile.open(archive) as tar:
            inside = [member for member in tar if "/items/" in f"/{member.name}"]
            tar.extractall(into, inside, filter="data")
    pictures = Pictures(next(folder for folder in into.rglob("items") if folder.is_dir()))
    assert len(pictures.all) == COUNT, f"{len(pictures.all)} pictures in {archive or 'the drawn set'}"
    assert len(pictures.folders) == 4, pictures.folders
    return pictures


def draw(folder: Path) -> None:
    """The same pictures at every call, no two alike, of different sizes."""
    dice = random.Random(1680)
    for number in range(COUNT):
        file = folder / ["Amber", "Deep Blue", "Green", "Light Green"][number % 4] / f"{number:04d}-{dice.choice('abc')}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        width, height = dice.randrange(48, 97), dice.randrange(48, 97)
        noise = Image.frombytes("RGB", (width, height), dice.randbytes(width * height * 3))
        noise.save(file, quality=dice.randrange(60, 95))
