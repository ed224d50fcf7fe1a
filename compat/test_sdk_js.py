"""The JavaScript client that the gate hands out, and its sample page, in a real browser."""

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

import chromium
import sdk
import wire
from platforms import Platform

pytestmark = [chromium.needed, pytest.mark.one_flavour]

PATIENCE = 30_000
HOSTILE = "<img src=x onerror=document.title='taken'>.txt"


@pytest.fixture(scope="module")
def world(platform: Platform) -> Iterator[SimpleNamespace]:
    """Ann with a project and a dataset of five items, Bob with nothing of hers, and a browser."""
    ann, bob = sdk.new_user(platform, "ann"), sdk.new_user(platform, "bob")
    with wire.client(platform.api, sdk.token(platform, ann)) as api, chromium.started() as browser:
        project = ok(api.post("/projects", json={"name": sdk.unique("Browser")}))
        dataset = ok(api.post("/datasets", json={"name": "Flock", "projects": [project["id"]]}))
        world = SimpleNamespace(platform=platform, ann=ann, bob=bob, api=api, browser=browser, dataset=dataset["id"])
        world.items = [put(world, f"/sheep-{number}.txt", age=number) for number in range(5)]
        yield world
        ok(api.delete(f"/projects/{project['id']}"))


@pytest.fixture
def page(world) -> Iterator[Page]:
    """The sample page, on which nobody is signed in; the client is used beside it."""
    with chromium.opened(world.browser, f"{world.platform.url}/sdk/") as page:
        yield page


@pytest.fixture(scope="module")
def anns_page(world) -> Iterator[Page]:
    with chromium.opened(world.browser, f"{world.platform.url}/sdk/") as page:
        sign_in(page, world.ann)
        yield page


@pytest.fixture
def ann(anns_page) -> Iterator[Page]:
    """A page with Ann's client; tests that end her session or leave the page take one of their own."""
    run(anns_page, "told.length = 0")
    yield anns_page
    anns_page.context.set_offline(False)
    anns_page.unroute_all()
    run(anns_page, "await sluice.edits.clear()")


def ok(reply: httpx.Response):
    assert reply.is_success, f"{reply.status_code} {reply.text}"
    return reply.json() if reply.content else None


def put(world, path: str, content: bytes = b"baa", **user) -> dict:
    form = wire.form(path, content, metadata=json.dumps({"user": user}))
    url = f"/datasets/{world.dataset}/items?mode=overwrite"
    return ok(world.api.post(url, content=wire.chunked(form), headers=wire.MULTIPART))


def age(world, item: dict):
    return ok(world.api.get(f"/items/{item['id']}"))["metadata"]["user"].get("age")


def run(page: Page, script: str, *arguments):
    """Runs a script beside the page, which takes its arguments as a, b and c; its last statement returns something."""
    bounded = f"""([{', '.join('abcd'[: len(arguments)])}]) => Promise.race([
        (async () => {{ {script} }})(),
        new Promise((_, fail) => setTimeout(() => fail(new Error("It takes too long")), {PATIENCE}))])"""
    return page.evaluate(bounded, list(arguments))


def sign_in(page: Page, user: sdk.User) -> None:
    run(
        page,
        """
        const { Sluice, SluiceError, merge } = await import("/sdk/sluice.js");
        Object.assign(window, { Sluice, SluiceError, merge, told: [] });
        window.sluice = await Sluice.connect({ email: a, password: b });
        for (const name of ["signedout", "queue", "sent", "conflict", "refused"]) {
          sluice.addEventListener(name, ({ detail }) => told.push({ name, detail }));
        }
        """,
        user.email,
        user.password,
    )


def hear(page: Page, name: str, times: int = 1):
    """Waits until the client has told something so often."""
    return run(
        page,
        """
        const heard = () => told.filter(({ name }) => name === a);
        while (heard().length < b)
          await new Promise((resolve) => sluice.addEventListener(a, () => setTimeout(resolve), { once: true }));
        return JSON.parse(JSON.stringify(heard().at(-1).detail));
        """,
        name,
        times,
    )


def once(page: Page, pattern: str, method: str, answer) -> None:
    """Answers the first such request in another way."""
    state = []

    def handle(route: Route) -> None:
        if route.request.method != method or state:
            route.fallback()
        else:
            state.append(True)
            answer(route)

    page.route(pattern, handle)


def watch(page: Page, method: str = "GET", path: str = "/api/") -> list:
    """Fills with what the gate answers from now on."""
    seen = []
    page.on("response", lambda response: seen.append(response) if is_wanted(response.request, method, path) else None)
    return seen


def is_wanted(request, method: str, path: str) -> bool:
    return request.method == method and path in request.url


# The files


def test_the_types_name_what_there_is_and_nothing_else(world, page):
    source = httpx.get(f"{world.platform.url}/sdk/sluice.d.ts").raise_for_status().text
    blocks = dict(re.findall(r"^(?:export declare class|interface) (\w+).*?\{\n(.*?)^}", source, re.M | re.S))
    own = {name: set(re.findall(r"^  (?:static |readonly )*(\w+)[(:]", block, re.M)) for name, block in blocks.items()}
    common = own.pop("Collection")

    there = run(
        page,
        """
        const module = await import("/sdk/sluice.js");
        const sluice = new module.Sluice();
        const names = (thing) => [...Object.keys(thing), ...Object.getOwnPropertyNames(Object.getPrototypeOf(thing))];
        const plain = new Set(Object.getOwnPropertyNames(Object.prototype));
        const methods = (thing) => names(thing).filter((name) => name === "constructor" || !plain.has(name));
        return {
          exports: Object.keys(module),
          Sluice: [...methods(sluice), "connect"].filter((name) => module.Sluice[name] || name in sluice),
          SluiceError: methods(new module.SluiceError({ status: 0 }, {})),
          ...Object.fromEntries(["projects", "datasets", "items"].map((name) => [name, Object.keys(sluice[name])])),
          edits: methods(sluice.edits),
        };
        """,
    )

    declared = set(re.findall(r"^export declare (?:class|function) (\w+)", source, re.M))
    assert set(there["exports"]) == declared
    assert set(there["Sluice"]) == own["Sluice"] - {"addEventListener"}
    assert set(there["SluiceError"]) - {"name", "stack", "message", "cause"} == own["SluiceError"]
    for name in ("Projects", "Datasets", "Items"):
        assert set(there[name.lower()]) == own[name] | common
    assert set(there["edits"]) - {"constructor"} == own["Edits"]


def test_merges_as_rfc_7396_says(page):
    cases = [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], {"a": "b"}, {"a": "b"}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ]
    script = "const { merge } = await import('/sdk/sluice.js'); return a.map(([target, patch]) => merge(target, patch))"

    assert run(page, script, [case[:2] for case in cases]) == [case[2] for case in cases]
    named = """
        const { merge } = await import("/sdk/sluice.js");
        const merged = merge({}, JSON.parse('{"__proto__": {"taken": true}}'));
        return [JSON.stringify(merged), {}.taken ?? false, merged.taken ?? false];
        """
    assert run(page, named) == ['{"__proto__":{"taken":true}}', False, False]


# Who is there


def test_keeps_the_token_in_memory_only(world, ann):
    assert run(ann, "return sluice.user") == world.ann.email
    assert run(ann, "return [localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_tells_failures_as_the_gate_does(world, ann):
    wrong = "try { await Sluice.connect({ email: a, password: 'wrong' }) } catch (e) { return [e.name, e.status, e.type] }"
    assert run(ann, wrong, world.ann.email) == ["SluiceError", 401, "/problems/unauthenticated"]

    taken = "try { await sluice.projects.create('') } catch (e) { return [e.status, e.field, e.passes, !!e.requestId] }"
    assert run(ann, taken) == [400, "name", False, True]


def test_renews_its_token_before_it_ends(world, page):
    def ends_at_once(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "expires_in": 0})

    once(page, "**/token?default", "POST", ends_at_once)
    renewals = watch(page, "POST", "/token")
    sign_in(page, world.ann)

    run(page, "await Promise.all([sluice.projects.list(), sluice.projects.list()]); await sluice.projects.list()")

    asked = [response.request.post_data_json["type"] for response in renewals]
    assert asked == ["user_credentials", "refresh_token"]


def test_gets_another_token_when_the_gate_takes_this_one_no_more(world, ann):
    once(ann, "**/projects", "GET", lambda route: route.fulfill(status=401, json={"status": 401, "message": "Over"}))

    assert len(run(ann, "return sluice.projects.list()")) == 1


def test_signing_out_ends_the_session_at_the_gate_too(world, page):
    tokens = watch(page, "POST", "/token")
    sign_in(page, world.ann)
    refresh_token = tokens[0].json()["refresh_token"]
    sdk.SECRETS.add(refresh_token)

    assert run(page, "return sluice.signOut()") is True

    renewal = {"type": "refresh_token", "refresh_token": refresh_token}
    assert httpx.post(f"{world.platform.url}/token?default", json=renewal).status_code == 401
    assert hear(page, "signedout") == {"user": world.ann.email}
    assert run(page, "try { await sluice.projects.list() } catch (e) { return e.status }") == 401


def test_the_next_user_of_a_page_sees_nothing_of_the_first(world, page):
    sign_in(page, world.ann)
    item = world.items[0]["id"]
    run(page, "await sluice.items.get(a); await sluice.signOut(); await sluice.signIn(b, c)", item, *pair(world.bob))
    reads = watch(page, "GET", f"/items/{item}")

    assert run(page, "return sluice.items.get(a).catch((e) => e.status)", item) == 404
    assert "if-none-match" not in reads[0].request.headers
    page.context.set_offline(True)
    assert run(page, "return sluice.items.get(a).catch((e) => e.status)", item) == 0


def pair(user: sdk.User) -> tuple[str, str]:
    return user.email, user.password


# Reading


def test_a_second_read_costs_a_304(world, ann):
    item = put(world, "/read-twice.txt")
    reads = watch(ann)
    same = """
        const first = await sluice.items.get(a);
        const text = JSON.stringify(first);
        first.name = "spoilt";
        return JSON.stringify(await sluice.items.get(a)) === text;
        """

    assert run(ann, same, item["id"])
    assert [read.status for read in reads] == [200, 304]


def test_what_was_read_last_is_there_without_a_network(world, ann):
    run(ann, "await sluice.items.get(a)", world.items[0]["id"])
    ann.context.set_offline(True)

    assert run(ann, "return (await sluice.items.get(a)).name", world.items[0]["id"]) == "sheep-0.txt"
    assert run(ann, "return sluice.items.get(a, { fresh: true }).catch((e) => e.status)", world.items[0]["id"]) == 0


def test_forgets_what_was_not_read_for_long(world, ann):
    one_at_a_time = """
        const small = await Sluice.connect({ email: a, password: b, cacheBytes: 4000 });
        for (const id of [...c, ...c, c[1]]) await small.items.get(id);
        """
    reads = watch(ann, "GET", "/items/")

    run(ann, one_at_a_time, *pair(world.ann), [item["id"] for item in world.items[:2]])

    assert [read.status for read in reads] == [200, 200, 200, 200, 304]


def test_queries_page_by_page(world, ann):
    sizes = """
        const sizes = [];
        for await (const { items, total } of sluice.items.pages(a, { sort: b, pageSize: 2, filter: { name: "sheep-*" } }))
          sizes.push([items.length, total, items[0].name]);
        return sizes;
        """
    names = ["sheep-0.txt", "sheep-2.txt", "sheep-4.txt"]
    expected = [[size, 5, name] for size, name in zip([2, 2, 1], names, strict=True)]

    assert run(ann, sizes, world.dataset, {"id": "ascending"}) == expected
    assert run(ann, sizes, world.dataset, {"name": "ascending"}) == expected


def test_queries_metadata(world, ann):
    old = """
        const names = [];
        for await (const item of sluice.items.query(a, { filter: { "metadata.user.age": { $gte: 3, $lt: 5 } } }))
          names.push(item.name);
        return names;
        """

    assert run(ann, old, world.dataset) == ["sheep-3.txt", "sheep-4.txt"]


def test_an_id_leads_nowhere_else(world, ann):
    assert run(ann, "return sluice.items.get('../users/me').catch((e) => e.name)") == "TypeError"


# Uploads and downloads


def test_uploads_with_progress_and_downloads_the_same(world, page):
    sign_in(page, world.ann)
    slow = page.context.new_cdp_session(page)
    rates = {"uploadThroughput": 4 << 20, "downloadThroughput": -1}
    slow.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, **rates})
    upload = """
        const bytes = new Uint8Array(2_000_000).map((_, index) => index * 7);
        const seen = [];
        const onProgress = (sent, total) => seen.push(sent / total);
        const { item, outcome } = await sluice.items.upload(a, new Blob([bytes]), {
          path: "/up/file.bin", metadata: { user: { made: "here" } }, onProgress });
        const again = await sluice.items.upload(a, new Blob([bytes]), { path: "/up/file.bin" });
        let received;
        const blob = await sluice.items.download(item, { onProgress: (...all) => (received = all) });
        const back = new Uint8Array(await blob.arrayBuffer());
        await sluice.items.delete(item);
        return { item, outcome, again: again.outcome, seen, received, same: back.every((byte, index) => byte === bytes[index]) };
        """

    done = run(page, upload, world.dataset)

    assert (done["outcome"], done["again"]) == ("created", "exist")
    assert done["item"]["filename"] == "/up/file.bin"
    assert done["item"]["metadata"]["user"] == {"made": "here"}
    assert len(done["seen"]) > 2 and done["seen"] == sorted(done["seen"]) and done["seen"][-1] == 1
    assert done["received"] == [2_000_000, 2_000_000] and done["same"]


def test_an_upload_can_be_ended(world, ann):
    ended = """
        const leaving = new AbortController();
        const file = new Blob([new Uint8Array(8_000_000)]);
        const upload = sluice.items.upload(a, file, { path: "/left.bin", signal: leaving.signal, onProgress: () => leaving.abort() });
        const failure = await upload.catch((failure) => failure);
        const pages = await Array.fromAsync(sluice.items.query(a, { filter: { filename: "/left.bin" } }));
        return [failure.name, pages.length];
        """

    assert run(ann, ended, world.dataset) == ["AbortError", 0]


def test_what_fails_for_a_while_is_repeated_with_the_same_key(world, ann):
    once(ann, "**/items?mode=skip", "POST", lambda route: route.fulfill(status=503, headers={"Retry-After": "1"}))
    sent = watch(ann, "POST", "/items?mode=skip")

    outcome = "return (await sluice.items.upload(a, new Blob(['x']), { path: '/again.txt' })).outcome"
    assert run(ann, outcome, world.dataset) == "created"

    assert [response.status for response in sent] == [503, 201]
    keys = {response.request.headers["idempotency-key"] for response in sent}
    assert len(keys) == 1


# Edits


def test_a_change_is_made_only_to_what_was_read(world, ann):
    item = put(world, "/read.txt", age=1)
    stale = """
        const item = await sluice.items.get(a);
        await sluice.items.update(item, { metadata: { user: { age: 2 } } });
        return sluice.items.update(item, { metadata: { user: { age: 3 } } }).catch((e) => [e.status, e.passes]);
        """

    assert run(ann, stale, item["id"]) == [412, False]
    assert age(world, item) == 2


def test_what_was_edited_offline_is_sent_when_the_network_is_back(world, ann):
    item = put(world, "/offline.txt", age=1)
    run(ann, "window.item = await sluice.items.get(a)", item["id"])
    ann.context.set_offline(True)
    edit = """
        await sluice.edits.add(item, { metadata: { user: { age: 2 } } });
        await sluice.edits.add(merge(item, { metadata: { user: { age: 2 } } }), { metadata: { user: { name: "Dolly" } } });
        await sluice.edits.send();
        return (await sluice.edits.pending()).map(({ filename, changes }) => [filename, changes.metadata.user]);
        """
    assert run(ann, edit) == [["/offline.txt", {"age": 2}], ["/offline.txt", {"name": "Dolly"}]]
    assert age(world, item) == 1

    ann.context.set_offline(False)

    hear(ann, "sent", times=2)
    assert ok(world.api.get(f"/items/{item['id']}"))["metadata"]["user"] == {"age": 2, "name": "Dolly"}
    assert run(ann, "return told.filter(({ name }) => name === 'conflict').length") == 0


def test_what_was_seen_in_a_list_can_be_edited_offline_too(world, ann):
    item = put(world, "/listed.txt", age=1)
    listed = "[window.item] = await Array.fromAsync(sluice.items.query(a, { filter: { filename: '/listed.txt' } }))"
    run(ann, listed, world.dataset)
    ann.context.set_offline(True)
    run(ann, "await sluice.edits.add(item, { metadata: { user: { age: 2 } } })")

    ann.context.set_offline(False)

    hear(ann, "sent")
    assert age(world, item) == 2


def test_an_edit_whose_answer_was_lost_is_made_once(world, ann):
    item = put(world, "/lost.txt", age=1)
    answers = []

    def lose(route: Route) -> None:
        answers.append(route.fetch())
        route.abort()

    once(ann, "**/items/*", "PATCH", lose)
    repeats = watch(ann, "PATCH", "/items/")
    run(ann, "await sluice.edits.add(await sluice.items.get(a), { metadata: { user: { age: 2 } } })", item["id"])

    sent = hear(ann, "sent")

    assert answers[0].status == repeats[-1].status == 200
    assert repeats[-1].headers["idempotency-replayed"] == "true"
    assert sent["item"]["updatedAt"] == answers[0].json()["updatedAt"]
    assert run(ann, "return told.map(({ name }) => name)").count("conflict") == 0


@pytest.mark.parametrize(
    ("choice", "user"),
    [
        ("mine", {"age": 2, "name": "Dolly"}),
        ("theirs", {"age": 1, "name": "Molly"}),
        ({"metadata": {"user": {"name": "Molly and Dolly"}}}, {"age": 1, "name": "Molly and Dolly"}),
    ],
    ids=["mine", "theirs", "merged"],
)
def test_a_conflict_is_told_and_decided(world, ann, choice, user):
    item = put(world, "/conflict.txt", age=1)
    run(ann, "window.item = await sluice.items.get(a)", item["id"])
    ann.context.set_offline(True)
    run(ann, "await sluice.edits.add(item, { metadata: { user: { age: 2, name: 'Dolly' } } })")
    ok(world.api.patch(f"/items/{item['id']}", json={"metadata": {"user": {"name": "Molly"}}}))

    ann.context.set_offline(False)

    conflict = hear(ann, "conflict")
    assert conflict["edit"]["changes"] == {"metadata": {"user": {"age": 2, "name": "Dolly"}}}
    assert conflict["mine"]["metadata"]["user"] == {"age": 2, "name": "Dolly"}
    assert conflict["theirs"]["metadata"]["user"] == {"age": 1, "name": "Molly"}
    resolve = """
        await told.findLast(({ name }) => name === "conflict").detail.resolve(a);
        await sluice.edits.send();
        return (await sluice.edits.pending()).length;
        """
    assert run(ann, resolve, choice) == 0
    assert ok(world.api.get(f"/items/{item['id']}"))["metadata"]["user"] == user


def test_an_edit_that_the_gate_refuses_is_told_and_stands_in_nobodys_way(world, ann):
    gone, item = put(world, "/gone.txt", age=1), put(world, "/stays.txt", age=1)
    run(ann, "window.items = [await sluice.items.get(a), await sluice.items.get(b)]", gone["id"], item["id"])
    ann.context.set_offline(True)
    run(ann, "for (const item of items) await sluice.edits.add(item, { metadata: { user: { age: 2 } } })")
    ok(world.api.delete(f"/items/{gone['id']}"))

    ann.context.set_offline(False)

    hear(ann, "sent")
    assert age(world, item) == 2
    refused = "const [{ detail }] = told.filter(({ name }) => name === 'refused'); return [detail.edit.filename, detail.error.status]"
    assert run(ann, refused) == ["/gone.txt", 404]
    left = "await sluice.edits.discard((await sluice.edits.pending())[0].id); return (await sluice.edits.pending()).length"
    assert run(ann, left) == 0


def test_a_reload_keeps_the_queue(world, page):
    sign_in(page, world.ann)
    item = put(world, "/reloaded.txt", age=1)
    page.route("**/items/*", lambda route: route.abort() if route.request.method == "PATCH" else route.fallback())
    run(page, "await sluice.edits.add(await sluice.items.get(a), { metadata: { user: { age: 2 } } })", item["id"])
    page.reload()
    page.unroute_all()
    assert age(world, item) == 1

    sign_in(page, world.ann)

    run(page, "await sluice.edits.send()")
    assert age(world, item) == 2


def test_the_queue_of_a_user_is_nobody_elses(world, page):
    sign_in(page, world.ann)
    item = put(world, "/anns.txt", age=1)
    run(page, "window.item = await sluice.items.get(a)", item["id"])
    page.context.set_offline(True)
    assert run(page, "await sluice.edits.add(item, { metadata: { user: { age: 2 } } }); return sluice.signOut()") is False
    page.context.set_offline(False)
    changes = watch(page, "PATCH")

    sent = "await sluice.signIn(a, b); await sluice.edits.send(); return (await sluice.edits.pending()).length"
    assert run(page, sent, *pair(world.bob)) == 0

    assert not changes
    assert run(page, sent, *pair(world.ann)) == 0
    assert age(world, item) == 2


# The sample page


def test_a_person_works_on_a_phone(world, tmp_path):
    put(world, f"/{HOSTILE}", age=9)
    file = tmp_path / "lamb.png"
    file.write_bytes(bytes.fromhex(PIXEL))
    phone = {"viewport": {"width": 360, "height": 640}, "has_touch": True}
    with chromium.opened(world.browser, f"{world.platform.url}/sdk/", **phone) as page:
        page.get_by_label("E-mail address").fill(world.ann.email)
        page.get_by_label("Password").fill(world.ann.password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_label("Dataset", exact=True)).to_have_value(world.dataset)

        expect(page.get_by_text(HOSTILE, exact=True)).to_be_visible()
        page.get_by_label("Drop files here").set_input_files(file)
        page.get_by_role("button", name="lamb.png").scroll_into_view_if_needed()
        expect(page.get_by_role("button", name="lamb.png").locator("img")).to_be_visible()

        page.get_by_role("searchbox").fill("age>8")
        page.get_by_role("searchbox").press("Enter")
        expect(page.get_by_role("list", name="Items").get_by_role("button")).to_have_count(1)
        expect(page.get_by_text(HOSTILE, exact=True)).to_be_visible()

        page.context.set_offline(True)
        page.get_by_text(HOSTILE, exact=True).click()
        expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
        page.get_by_label("Value of age").fill("10")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Offline: 1 change is not sent yet")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "wider than a phone"

        page.context.set_offline(False)
        expect(page.get_by_text("not sent yet")).to_have_count(0)
        page.get_by_text(HOSTILE, exact=True).click()
        expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
        expect(page.get_by_label("Value of age")).to_have_value("10")
        page.keyboard.press("Escape")

        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Password")).to_have_value("")
        expect(page.get_by_text(HOSTILE, exact=True)).to_have_count(0)
        assert page.title() == "Sluice sample"


def test_a_person_creates_a_project_and_decides_a_conflict(world):
    with chromium.opened(world.browser, f"{world.platform.url}/sdk/") as page:
        page.get_by_label("E-mail address").fill(world.bob.email)
        page.get_by_label("Password").fill(world.bob.password)
        page.keyboard.press("Enter")
        page.get_by_label("New project").fill("Bobs")
        page.get_by_role("button", name="Create project").click()
        page.get_by_label("New dataset").fill("Goats")
        page.get_by_role("button", name="Create dataset").click()
        expect(page.get_by_text("0 items")).to_be_visible()
        page.get_by_label("Drop files here").set_input_files(
            {"name": "goat.txt", "mimeType": "text/plain", "buffer": b"meh"}
        )
        page.get_by_role("button", name="goat.txt").click()
        page.get_by_role("button", name="Add a key").click()
        page.get_by_label("Key", exact=True).fill("horns")
        page.get_by_label("Value of the new key").fill("2")
        with wire.client(world.platform.api, sdk.token(world.platform, world.bob)) as api:
            dataset = page.get_by_label("Dataset", exact=True).input_value()
            [item] = ok(api.get(f"/datasets/{dataset}/items"))["items"]
            ok(api.patch(f"/items/{item['id']}", json={"metadata": {"user": {"horns": 1}}}))

            page.get_by_role("button", name="Save").click()

            expect(page.get_by_role("heading", name="Somebody else has changed this item")).to_be_visible()
            page.get_by_role("button", name="Make my change").click()
            expect(page.locator("#state")).to_be_hidden()
            assert ok(api.get(f"/items/{item['id']}"))["metadata"]["user"] == {"horns": 2}
            ok(api.delete(f"/projects/{page.get_by_label('Project', exact=True).input_value()}"))


# A red picture of one pixel.
PIXEL = (
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
