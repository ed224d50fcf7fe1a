"""The main job, as a data scientist does it with the SDK: 1,680 pictures in, found, edited, moved and out again."""

import fnmatch
import io
import math
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import dtlpy as dl
import pytest
from PIL import Image

import sdk
from pictures import Picture, Pictures, sha256
from platforms import Platform

pytestmark = pytest.mark.journey

PAGE_SIZE = 100
EDITED = 200
SOURCE = "four folders"


@pytest.fixture(scope="module")
def journey(platform: Platform, pictures: Pictures) -> SimpleNamespace:
    """What the steps hand on: the project, the dataset, and what the dataset must hold, by path."""
    sdk.quiet(dl)
    return SimpleNamespace(platform=platform, pictures=pictures, contents=dict(pictures.all))


def found(journey: SimpleNamespace, filters: dl.Filters | None = None) -> list[dl.Item]:
    """Every item that the filters find, page after page; none may come twice, and the first page tells the total."""
    pages = journey.dataset.items.list(filters=filters)
    total = pages.items_count
    items = list(pages.all())
    assert len({item.id for item in items}) == len(items) == total
    return items


def paths(items: list[dl.Item]) -> list[str]:
    return [item.filename for item in items]


def chosen(journey: SimpleNamespace, condition) -> set[str]:
    """The paths of the pictures that a query must find."""
    return {path for path, picture in journey.contents.items() if condition(picture)}


def folders(journey: SimpleNamespace) -> list[str]:
    """The folders as they are now: the entity at hand remembers the tree that it has read."""
    return journey.project.datasets.get(dataset_id=journey.dataset.id).directory_tree.dir_names


def where(field: str, values, operator: dl.FiltersOperations | None = None) -> dl.Filters:
    return dl.Filters(field=field, values=values, operator=operator, page_size=PAGE_SIZE)


# Signing in, and a place to put things


def test_a_wrong_password_does_not_sign_in(journey):
    sdk.point(dl, journey.platform)

    assert not dl.login_m2m(email=journey.platform.admin_email, password="not the password")
    assert dl.token_expired()


def test_signs_in_with_email_and_password(journey):
    assert dl.login_m2m(email=journey.platform.admin_email, password=journey.platform.admin_password)

    assert dl.info()["user_email"] == journey.platform.admin_email
    assert not dl.token_expired()


def test_creates_a_project(journey):
    journey.project = dl.projects.create(sdk.unique("Sheep faces"))

    assert dl.projects.get(project_id=journey.project.id).name == journey.project.name
    assert dl.projects.get(project_name=journey.project.name).id == journey.project.id
    assert [project.id for project in dl.projects.list()].count(journey.project.id) == 1
    members = {member.email: member.role for member in journey.project.list_members()}
    assert members == {journey.platform.admin_email: "owner"}


def test_refuses_a_second_project_of_that_name(journey):
    with pytest.raises(sdk.BadRequest, match="Failed to create project"):
        dl.projects.create(journey.project.name)


def test_creates_a_dataset(journey):
    journey.dataset = journey.project.datasets.create("Pictures")

    assert journey.project.datasets.get(dataset_id=journey.dataset.id).name == "Pictures"
    assert journey.project.datasets.get(dataset_name="Pictures").id == journey.dataset.id
    assert [dataset.name for dataset in journey.project.datasets.list()] == ["Pictures"]
    assert len(journey.dataset.metadata["system"]["recipes"]) == 1
    assert found(journey) == []


def test_refuses_a_second_dataset_of_that_name(journey):
    with pytest.raises(sdk.BadRequest):
        journey.project.datasets.create("Pictures")


# Uploading


def test_uploads_the_folder_with_metadata(journey):
    began = time.monotonic()
    uploaded = journey.dataset.items.upload(
        local_path=str(journey.pictures.folder),
        item_metadata={"user": {"source": SOURCE, "camera": {"make": "none", "year": 2021}}},
        raise_on_error=True,
        return_as_list=True,
    )
    print(f"{len(journey.pictures.all)} pictures uploaded in {time.monotonic() - began:.1f} s")

    assert len(uploaded) == len(journey.pictures.all)
    journey.ids = {item.filename: item.id for item in uploaded}
    assert journey.ids.keys() == journey.contents.keys()
    assert len(set(journey.ids.values())) == len(journey.pictures.all)


def test_counts_every_picture(journey):
    assert journey.dataset.items.list().items_count == len(journey.pictures.all)
    assert journey.project.datasets.get(dataset_id=journey.dataset.id).items_count == len(journey.pictures.all)


def test_lists_every_picture_as_it_was_sent(journey):
    items = found(journey)

    assert {item.filename: item.id for item in items} == journey.ids
    for item in items:
        picture = journey.contents[item.filename]
        assert (item.name, item.dir, item.type) == (picture.name, picture.folder, "file")
        assert item.metadata["user"] == {"source": SOURCE, "camera": {"make": "none", "year": 2021}}
        assert item.metadata["system"]["size"] == picture.size
        assert item.metadata["system"]["mimetype"] == item.mimetype == "image/jpeg"
        assert not item.hidden and not item.annotated


def test_knows_the_measures_of_each_picture(journey):
    for item in found(journey):
        with Image.open(journey.contents[item.filename].local) as image:
            assert (item.metadata["system"]["width"], item.metadata["system"]["height"]) == image.size
            assert item.metadata["system"]["channels"] == len(image.getbands())


def test_shows_the_folders_as_a_tree(journey):
    # Those of the platform are among them, once there is a thumbnail.
    of_users = [folder for folder in folders(journey) if not folder.startswith("/.dataloop")]
    assert sorted(of_users) == ["/", "/items", *journey.pictures.folders]


def test_uploading_again_duplicates_nothing(journey):
    uploaded = journey.dataset.items.upload(
        local_path=str(journey.pictures.folder), raise_on_error=True, return_as_list=True
    )

    assert {item.filename: item.id for item in uploaded} == journey.ids
    assert {item.filename: item.id for item in found(journey)} == journey.ids


def test_overwrites_one_picture(journey):
    picture = next(iter(journey.contents.values()))
    other = next(other for other in journey.contents.values() if other.size != picture.size)

    overwrite(journey, other.local, picture)

    assert download(journey, picture.remote) == other.local.read_bytes()
    assert set(paths(found(journey))) == journey.contents.keys()

    overwrite(journey, picture.local, picture)

    assert download(journey, picture.remote) == picture.local.read_bytes()
    assert set(paths(found(journey))) == journey.contents.keys()


def overwrite(journey: SimpleNamespace, file: Path, target: Picture) -> None:
    item = journey.dataset.items.upload(
        local_path=str(file),
        remote_path=target.folder,
        remote_name=target.name,
        item_metadata={"user": {"source": SOURCE, "camera": {"make": "none", "year": 2021}}},
        overwrite=True,
        raise_on_error=True,
    )
    assert item.filename == target.remote
    assert item.metadata["system"]["size"] == file.stat().st_size
    journey.ids[target.remote] = item.id


def download(journey: SimpleNamespace, path: str) -> bytes:
    item = journey.dataset.items.get(filepath=path)
    return item.download(save_locally=False).getvalue()


# Finding


def test_finds_a_folder_and_not_what_is_around_it(journey):
    for folder in journey.pictures.folders:
        expected = chosen(journey, lambda picture: picture.folder == folder)

        assert set(paths(found(journey, where("dir", folder)))) == expected

    assert found(journey, where("dir", "/items")) == []


def test_finds_a_folder_with_all_below_it(journey):
    assert len(found(journey, where("filename", "/items"))) == len(journey.pictures.all)
    assert len(found(journey, where("filename", "/**"))) == len(journey.pictures.all)
    assert len(found(journey, where("dir", "/items/*"))) == len(journey.pictures.all)
    folder = journey.pictures.folders[0]
    assert len(found(journey, where("filename", folder))) == len(journey.pictures.all) // 4
    assert found(journey, where("filename", "/ite")) == []


def test_finds_by_wildcards_in_the_name(journey):
    for pattern in ("*7*.jpg", "0*", "*.jpg", "????.jpg", "*1?.jpg", "*.JPG", "*.png"):
        expected = chosen(journey, lambda picture: fnmatch.fnmatchcase(picture.name, pattern))

        assert set(paths(found(journey, where("name", pattern)))) == expected, pattern


def test_finds_by_equality_of_metadata(journey):
    assert len(found(journey, where("metadata.user.source", SOURCE))) == len(journey.pictures.all)
    assert len(found(journey, where("metadata.user.camera.year", 2021))) == len(journey.pictures.all)
    assert len(found(journey, where("metadata.system.mimetype", "image/jpeg"))) == len(journey.pictures.all)
    assert found(journey, where("metadata.user.source", "five folders")) == []
    assert found(journey, where("metadata.user.camera.year", "2021")) == []


def test_finds_by_a_range(journey):
    sizes = sorted(picture.size for picture in journey.contents.values())
    low, high = sizes[len(sizes) // 4], sizes[len(sizes) // 2]
    filters = where("metadata.system.size", low, dl.FiltersOperations.GREATER_THAN_OR_EQUAL)
    filters.add(field="metadata.system.size", values=high, operator=dl.FiltersOperations.LESS_THAN)

    assert set(paths(found(journey, filters))) == chosen(journey, lambda picture: low <= picture.size < high)

    filters = where("metadata.system.size", low, dl.FiltersOperations.GREATER_THAN)
    filters.add(field="metadata.system.size", values=high, operator=dl.FiltersOperations.LESS_THAN_OR_EQUAL)

    assert set(paths(found(journey, filters))) == chosen(journey, lambda picture: low < picture.size <= high)


def test_finds_by_a_list_of_values(journey):
    first, second, *others = journey.pictures.folders
    inside = chosen(journey, lambda picture: picture.folder in (first, second))

    assert set(paths(found(journey, where("dir", [first, second], dl.FiltersOperations.IN)))) == inside
    assert set(paths(found(journey, where("dir", others, dl.FiltersOperations.NIN)))) == inside


def test_finds_by_one_condition_or_another(journey):
    first, second, *_ = journey.pictures.folders
    filters = dl.Filters(page_size=PAGE_SIZE)
    filters.add(field="dir", values=first, method=dl.FiltersMethod.OR)
    filters.add(field="dir", values=second, method=dl.FiltersMethod.OR)
    filters.add(field="name", values="*7*")

    expected = chosen(journey, lambda picture: picture.folder in (first, second) and "7" in picture.name)
    assert set(paths(found(journey, filters))) == expected


def test_finds_what_is_not(journey):
    folder = journey.pictures.folders[0]

    expected = chosen(journey, lambda picture: picture.folder != folder)
    assert set(paths(found(journey, where("dir", folder, dl.FiltersOperations.NOT_EQUAL)))) == expected


def test_finds_by_existence(journey):
    assert len(found(journey, where("metadata.user.camera.make", True, dl.FiltersOperations.EXISTS))) == len(journey.pictures.all)
    assert len(found(journey, where("metadata.user.flash", False, dl.FiltersOperations.EXISTS))) == len(journey.pictures.all)
    assert found(journey, where("metadata.user.flash", True, dl.FiltersOperations.EXISTS)) == []


def test_says_so_when_it_cannot_answer_a_query(journey):
    with pytest.raises(dl.exceptions.UnknownException, match="regex") as refused:
        journey.dataset.items.list(filters=where("name", ".*", "regex"))

    assert refused.value.status_code == "422"


# Sorting and paging


def test_sorts_by_name_both_ways(journey):
    by_name = sorted(picture.name for picture in journey.contents.values())
    for direction, expected in (("ascending", by_name), ("descending", by_name[::-1])):
        filters = dl.Filters(page_size=PAGE_SIZE)
        filters.sort_by(field="name", value=dl.FiltersOrderByDirection(direction))

        assert [item.name for item in found(journey, filters)] == expected


def test_sorts_by_metadata_and_breaks_ties_by_id(journey):
    filters = dl.Filters(page_size=PAGE_SIZE)
    filters.sort_by(field="metadata.system.size", value=dl.FiltersOrderByDirection.DESCENDING)

    order = [(-item.metadata["system"]["size"], item.id) for item in found(journey, filters)]
    assert order == sorted(order)
    assert len(set(size for size, _ in order)) < len(journey.pictures.all), "without ties this would show nothing"


def test_sorts_by_time_of_creation(journey):
    for direction in ("ascending", "descending"):
        filters = dl.Filters(page_size=PAGE_SIZE)
        filters.sort_by(field="createdAt", value=dl.FiltersOrderByDirection(direction))

        ids = [item.id for item in found(journey, filters)]
        assert ids == sorted(ids, reverse=direction == "descending")
        assert set(ids) == set(journey.ids.values())


def test_pages_by_a_hundred(journey):
    pages = journey.dataset.items.list(page_size=PAGE_SIZE)
    count = len(journey.pictures.all)
    assert (pages.items_count, pages.total_pages_count, pages.has_next_page) == (count, math.ceil(count / PAGE_SIZE), True)

    sizes, ids = [], []
    for page in pages:
        sizes.append(len(page))
        ids += [item.id for item in page]
    assert sizes == [PAGE_SIZE] * (count // PAGE_SIZE) + [count % PAGE_SIZE]
    assert ids == sorted(journey.ids.values())


def test_turns_to_any_page(journey):
    filters = dl.Filters(page_size=PAGE_SIZE)
    filters.sort_by(field="name")
    pages = journey.dataset.items.list(filters=filters)

    by_number = [item.filename for number in range(pages.total_pages_count) for item in pages[number]]
    assert len(by_number) == len(journey.pictures.all)
    assert set(by_number) == journey.contents.keys()
    backwards = [item.filename for page in reversed(pages) for item in reversed(page)]
    assert backwards == by_number[::-1]


def test_turns_to_any_page_without_a_sort_too(journey):
    pages = journey.dataset.items.list(page_size=PAGE_SIZE)

    by_number = [item.id for number in range(pages.total_pages_count) for item in pages[number]]
    assert sorted(by_number) == sorted(journey.ids.values())


def test_counts_without_listing(journey):
    pages = journey.dataset.items.list(filters=dl.Filters(page_size=0))

    assert (pages.items_count, len(pages.items)) == (len(journey.pictures.all), 0)


# Editing


def test_edits_the_metadata_of_two_hundred_pictures(journey):
    journey.edited = sorted(journey.contents)[:EDITED]
    items = {item.filename: item for item in found(journey)}
    for number, path in enumerate(journey.edited):
        item = items[path]
        item.metadata["user"]["number"] = number
        item.metadata["user"]["camera"]["year"] = 2000 + number % 20
        item.metadata["user"]["tags"] = ["edited", "even" if number % 2 == 0 else "odd"]
        edited = item.update()
        assert edited.id == item.id
        assert edited.metadata["user"]["number"] == number


def test_reads_the_edits_back_by_query(journey):
    number = "metadata.user.number"
    edited = set(journey.edited)
    assert set(paths(found(journey, where(number, True, dl.FiltersOperations.EXISTS)))) == edited
    assert set(paths(found(journey, where(number, False, dl.FiltersOperations.EXISTS)))) == (
        journey.contents.keys() - edited
    )
    assert paths(found(journey, where(number, 17))) == [journey.edited[17]]
    assert set(paths(found(journey, where(number, [1, 2, 3], dl.FiltersOperations.IN)))) == set(journey.edited[1:4])
    assert set(paths(found(journey, where(number, 150, dl.FiltersOperations.GREATER_THAN)))) == set(
        journey.edited[151:]
    )
    assert set(paths(found(journey, where("metadata.user.tags", "odd")))) == set(journey.edited[1::2])
    assert len(found(journey, where("metadata.user.camera.year", 2007))) == EDITED // 20
    # What was not touched stays: the source of all, the make of each camera.
    assert len(found(journey, where("metadata.user.source", SOURCE))) == len(journey.pictures.all)
    assert len(found(journey, where("metadata.user.camera.make", "none"))) == len(journey.pictures.all)


def test_sorts_by_an_edited_number(journey):
    filters = where("metadata.user.number", 100, dl.FiltersOperations.LESS_THAN)
    filters.sort_by(field="metadata.user.number", value=dl.FiltersOrderByDirection.DESCENDING)

    assert paths(found(journey, filters)) == journey.edited[99::-1]


def test_deletes_a_metadata_key(journey):
    item = journey.dataset.items.get(filepath=journey.edited[0])
    del item.metadata["user"]["number"]
    del item.metadata["user"]["camera"]["year"]

    assert "number" not in item.update().metadata["user"]

    user = journey.dataset.items.get(item_id=item.id).metadata["user"]
    assert user == {"source": SOURCE, "camera": {"make": "none"}, "tags": ["edited", "even"]}
    remaining = found(journey, where("metadata.user.number", True, dl.FiltersOperations.EXISTS))
    assert set(paths(remaining)) == set(journey.edited[1:])


def test_keeps_system_metadata_from_those_who_do_not_ask_for_it(journey):
    item = journey.dataset.items.get(filepath=journey.edited[1])
    item.metadata["system"]["reviewed"] = True

    assert "reviewed" not in item.update().metadata["system"]

    item = journey.dataset.items.get(item_id=item.id)
    item.metadata["system"]["reviewed"] = True

    assert item.update(system_metadata=True).metadata["system"]["reviewed"] is True
    assert paths(found(journey, where("metadata.system.reviewed", True))) == [item.filename]


def test_moves_a_picture_to_another_folder(journey):
    path = journey.edited[2]
    item = journey.dataset.items.get(filepath=path)

    moved = item.move("/moved/here/")

    assert (moved.id, moved.filename, moved.dir) == (item.id, f"/moved/here/{item.name}", "/moved/here")
    with pytest.raises(sdk.NotFound):
        journey.dataset.items.get(filepath=path)
    assert journey.dataset.items.get(filepath=moved.filename).id == item.id
    assert {"/moved", "/moved/here"} <= set(folders(journey))
    journey.contents[moved.filename] = journey.contents.pop(path)
    journey.ids[moved.filename] = journey.ids.pop(path)
    assert {item.filename: item.id for item in found(journey)} == journey.ids


def test_makes_a_folder_once(journey):
    first = journey.dataset.items.make_dir("/empty/folder")
    second = journey.dataset.items.make_dir("/empty/folder")

    assert (first.id, first.type, first.filename) == (second.id, "dir", "/empty/folder")
    assert folders(journey).count("/empty/folder") == 1
    assert journey.dataset.items.list().items_count == len(journey.pictures.all)


# Downloading


def test_downloads_the_dataset_byte_for_byte(journey, tmp_path):
    began = time.monotonic()
    journey.dataset.download(local_path=str(tmp_path), raise_on_error=True)
    print(f"{len(journey.pictures.all)} pictures downloaded in {time.monotonic() - began:.1f} s")

    root = tmp_path / "items"
    arrived = {f"/{file.relative_to(root)}": sha256(file) for file in root.rglob("*") if file.is_file()}
    assert arrived == {path: picture.sha256 for path, picture in journey.contents.items()}


def test_downloads_one_picture_into_memory(journey):
    path, picture = next(iter(journey.contents.items()))

    buffer = journey.dataset.items.get(filepath=path).download(save_locally=False)

    assert isinstance(buffer, io.BytesIO)
    assert (buffer.name, buffer.getvalue()) == (picture.name, picture.local.read_bytes())


def test_downloads_one_folder(journey, tmp_path):
    folder = journey.pictures.folders[-1]

    journey.dataset.download_folder(folder, local_path=str(tmp_path))

    arrived = Counter(sha256(file) for file in tmp_path.rglob("*.jpg"))
    assert arrived == Counter(
        picture.sha256 for path, picture in journey.contents.items() if path.startswith(f"{folder}/")
    )


# Odd files


def test_keeps_any_bytes_under_any_name(journey, tmp_path):
    names = [
        "naïve ü.txt",
        "nai\u0308ve u\u0308.txt",  # the same to the eye: composed and decomposed are two names
        "🐑 sheep.txt",
        "no extension",
        ".hidden",
        "100%41.txt",
        "a+b&c=d;e,f.txt",
        "quo'ted\".txt",
        "two..dots.txt",
        "[0]{1}$gt.txt",
        "x" * 200 + ".txt",
    ]
    dataset = journey.project.datasets.create("Odd names")
    for number, name in enumerate(names):
        file = tmp_path / f"{number}.bin"
        file.write_bytes(name.encode() * number)  # the first is empty
        item = dataset.items.upload(
            local_path=str(file), remote_path=f"/{name}", remote_name=name, raise_on_error=True
        )
        assert item.filename == f"/{name}/{name}"

    assert {item.filename for item in dataset.items.list().all()} == {f"/{name}/{name}" for name in names}
    for number, name in enumerate(names):
        item = dataset.items.get(filepath=f"/{name}/{name}")
        assert item.name == name
        assert item.download(save_locally=False).getvalue() == name.encode() * number
    journey.odd = dataset


def test_keeps_a_large_file(journey, tmp_path):
    large = tmp_path / "large.bin"
    block = bytes(range(256)) * 4096
    with large.open("wb") as file:
        for _ in range(64):
            file.write(block)

    item = journey.odd.items.upload(local_path=str(large), raise_on_error=True)
    copy = tmp_path / "copy.bin"
    item.download(local_path=str(copy), raise_on_error=True)

    assert item.metadata["system"]["size"] == 64 << 20
    assert sha256(copy) == sha256(large)


def test_deletes_an_item(journey):
    item = journey.odd.items.get(filepath="/no extension/no extension")
    before = journey.odd.items.list().items_count

    assert journey.odd.items.delete(item_id=item.id)

    with pytest.raises(sdk.NotFound):
        journey.odd.items.get(item_id=item.id)
    assert journey.odd.items.list().items_count == before - 1
    assert journey.project.datasets.get(dataset_id=journey.odd.id).items_count == before - 1


# Other people


def test_a_stranger_sees_nothing(journey):
    journey.user = sdk.new_user(journey.platform, "second")
    journey.second = sdk.sign_in(journey.platform, journey.user)

    assert journey.second.projects.list() == []
    with pytest.raises(sdk.NotFound):
        journey.second.projects.get(project_id=journey.project.id)
    with pytest.raises(sdk.NotFound):
        journey.second.projects.get(project_name=journey.project.name)
    with pytest.raises(sdk.NotFound):
        journey.second.datasets.get(dataset_id=journey.dataset.id)
    with pytest.raises(sdk.NotFound):
        journey.second.items.get(item_id=next(iter(journey.ids.values())))
    with pytest.raises(sdk.NotFound):
        journey.second.projects.delete(project_id=journey.project.id, sure=True, really=True)


def test_an_annotator_sees_the_project(journey):
    journey.project.add_member(email=journey.user.email, role=dl.MemberRole.ANNOTATOR)

    project = within_five_seconds(lambda: journey.second.projects.get(project_id=journey.project.id))
    assert [seen.id for seen in journey.second.projects.list()] == [journey.project.id]
    assert project.role == "annotator"
    dataset = project.datasets.get(dataset_id=journey.dataset.id)
    path, picture = next(iter(journey.contents.items()))
    item = within_five_seconds(lambda: dataset.items.get(filepath=path))
    assert item.download(save_locally=False).getvalue() == picture.local.read_bytes()


def test_an_annotator_may_not_delete_the_project(journey):
    with pytest.raises(sdk.Forbidden):
        journey.second.projects.delete(project_id=journey.project.id, sure=True, really=True)
    with pytest.raises(sdk.Forbidden):
        journey.second.datasets.delete(dataset_id=journey.dataset.id, sure=True, really=True)
    with pytest.raises(sdk.Forbidden):
        journey.second.projects.add_member(
            email=journey.user.email, project_id=journey.project.id, role=dl.MemberRole.OWNER
        )

    assert dl.projects.get(project_id=journey.project.id).id == journey.project.id


def test_an_engineer_may_upload(journey, tmp_path):
    third = sdk.new_user(journey.platform, "third")
    journey.project.add_member(email=third.email, role=dl.MemberRole.DEVELOPER)
    members = {member.email: member.role for member in journey.project.list_members()}
    assert members == {
        journey.platform.admin_email: "owner",
        journey.user.email: "annotator",
        third.email: "engineer",
    }
    note = tmp_path / "note.txt"
    note.write_text("from the third")

    session = sdk.sign_in(journey.platform, third)
    dataset = within_five_seconds(lambda: session.datasets.get(dataset_id=journey.odd.id))
    item = within_five_seconds(lambda: dataset.items.upload(local_path=str(note), raise_on_error=True))

    assert item.creator == third.email


def test_a_removed_member_is_out_within_five_seconds(journey):
    journey.project.remove_member(email=journey.user.email)
    deadline = time.monotonic() + 5
    out = False
    while not out and time.monotonic() < deadline:
        try:
            journey.second.items.get(item_id=next(iter(journey.ids.values())))
        except sdk.NotFound:
            out = True

    assert out
    assert journey.second.projects.list() == []
    with pytest.raises(sdk.NotFound):
        journey.second.projects.get(project_id=journey.project.id)


def within_five_seconds(attempt):
    """A change of membership has reached every part of the platform after five seconds."""
    deadline = time.monotonic() + 5
    while True:
        try:
            return attempt()
        except (sdk.NotFound, sdk.Forbidden, sdk.BadRequest):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def is_gone_within_five_seconds(attempt):
    """What a caller may see is remembered for that long; then nobody sees what was deleted."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            attempt()
        except sdk.NotFound:
            return True
        time.sleep(0.2)
    return False


# Clearing up


def test_deletes_a_dataset_with_all_in_it(journey):
    item = journey.odd.items.list().items[0]

    assert journey.odd.delete(sure=True, really=True)

    with pytest.raises(sdk.NotFound):
        journey.project.datasets.get(dataset_id=journey.odd.id)
    assert is_gone_within_five_seconds(lambda: dl.items.get(item_id=item.id))
    assert [dataset.name for dataset in journey.project.datasets.list()] == ["Pictures"]


def test_deletes_the_project(journey):
    assert journey.project.delete(sure=True, really=True)

    with pytest.raises(sdk.NotFound):
        dl.projects.get(project_id=journey.project.id)
    with pytest.raises(sdk.NotFound):
        dl.datasets.get(dataset_id=journey.dataset.id)
    assert is_gone_within_five_seconds(lambda: dl.items.get(item_id=next(iter(journey.ids.values()))))
