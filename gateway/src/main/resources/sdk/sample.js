// What a page can do with sluice.js. Everything that comes from the gate is shown as text, never as markup.
import { merge, Sluice } from "./sluice.js";

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];
const LARGEST_PICTURE = 4 << 20;
const AT_ONCE = 3;

const sluice = new Sluice();
const $ = (id) => document.getElementById(id);
/** The tile of each item that is shown, by its id. */
const tiles = new Map();
const tileAt = new WeakMap(); // the same by their buttons
const conflicts = [];
let pages; // what is not shown yet of the search
let total = 0; // what it has found
let searching = new AbortController();
let edited; // the item in the editor, as it was read

/** An element with these properties; whatever is put into it as a string is text. */
function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Does what somebody asked for, and says what went wrong. */
async function attempt(deed) {
  try {
    $("alert").hidden = true;
    await deed();
  } catch (failure) {
    if (failure.name !== "AbortError") {
      $("alert").textContent = failure.message;
      $("alert").hidden = false;
    }
  }
}

function on(id, event, deed) {
  $(id).addEventListener(event, (happened) => {
    if (event === "submit") {
      happened.preventDefault();
    }
    attempt(() => deed(happened));
  });
}

/** Lets a few at a time through. */
function gatekeeper(most) {
  const waiting = [];
  let inside = 0;
  return async (work) => {
    if (inside === most) {
      await new Promise((enter) => waiting.push(enter));
    } else {
      inside++;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) {
        next();
      } else {
        inside--;
      }
    }
  };
}

// ---- Who is there

on("sign-in", "submit", async () => {
  await sluice.signIn($("email").value, $("password").value);
  $("password").value = "";
  $("user").textContent = sluice.user;
  show(true);
  await listProjects();
  await showQueue((await sluice.edits.pending()).length);
});

on("sign-out", "click", () => sluice.signOut());
on("forget", "click", async () => {
  await sluice.edits.clear();
  await sluice.signOut();
});

sluice.addEventListener("signedout", () => {
  searching.abort();
  clearGrid();
  conflicts.length = 0;
  $("editor").close();
  $("conflict").close();
  for (const id of ["project", "dataset", "uploads", "entries"]) {
    $(id).replaceChildren();
  }
  for (const id of ["user", "editor-name", "editor-facts", "conflict-name", "conflict-mine", "conflict-theirs", "count"]) {
    $(id).textContent = "";
  }
  $("terms").value = "";
  show(false);
  showQueue(0);
});

function show(signedIn) {
  $("sign-in").hidden = signedIn;
  $("work").hidden = !signedIn;
  $("who").hidden = !signedIn;
  $("of-dataset").hidden = true;
  (signedIn ? $("project") : $("email")).focus();
}

// ---- Projects and datasets

async function listProjects(chosen) {
  choices($("project"), await sluice.projects.list(), chosen);
  await listDatasets();
}

async function listDatasets(chosen) {
  const project = $("project").value;
  $("new-dataset").hidden = !project;
  choices($("dataset"), project ? await sluice.datasets.list(project) : [], chosen);
  await search();
}

function choices(select, things, chosen) {
  select.replaceChildren(...things.map(({ id, name }) => element("option", { value: id, textContent: name })));
  select.disabled = things.length === 0;
  if (chosen) {
    select.value = chosen;
  }
}

on("project", "change", () => listDatasets());
on("dataset", "change", () => search());
on("new-project", "submit", ({ target }) => create(target, (name) => sluice.projects.create(name), listProjects));
on("new-dataset", "submit", ({ target }) =>
  create(target, (name) => sluice.datasets.create($("project").value, name), listDatasets),
);

async function create(form, make, list) {
  const { id } = await make(form.querySelector("input").value);
  form.reset();
  await list(id);
}

// ---- Items

on("search", "submit", () => search());
on("more", "click", () => showPage());

async function search() {
  searching.abort();
  searching = new AbortController();
  clearGrid();
  const dataset = $("dataset").value;
  $("of-dataset").hidden = !dataset;
  if (dataset) {
    const options = { filter: filterOf($("terms").value), sort: { id: "descending" }, pageSize: 60 };
    pages = sluice.items.pages(dataset, { ...options, signal: searching.signal });
    await showPage();
  }
}

/** `tom age>5 breed=Merino`: all of it must hold. */
function filterOf(terms) {
  const operators = { ">": "$gt", "<": "$lt", "=": "$eq" };
  const conditions = terms
    .split(/\s+/)
    .filter(Boolean)
    .map((term) => {
      const [, key, operator, value] = /^([^<=>]+)([<=>])(.+)$/.exec(term) ?? [];
      return key ? { [`metadata.user.${key}`]: { [operators[operator]]: valueOf(value) } } : { name: `*${term}*` };
    });
  return conditions.length ? { $and: conditions } : {};
}

async function showPage() {
  const of = pages;
  const { value: page, done } = await of.next();
  if (of !== pages || done) {
    return;
  }
  for (const item of page.items) {
    $("grid").append(tileOf(item));
  }
  showCount(page.total);
  $("more").hidden = tiles.size >= page.total;
  await markWaiting();
}

function showCount(count) {
  total = count;
  $("count").textContent = count === 1 ? "1 item" : `${count} items`;
}

function clearGrid() {
  pages = undefined;
  tiles.clear();
  $("grid").replaceChildren();
  $("more").hidden = true;
}

function tileOf(item) {
  const picture = element("span", { className: "picture", textContent: item.metadata.system.mimetype ?? "" });
  const button = element("button", { type: "button" }, picture, element("span", { className: "name", textContent: item.name }));
  const tile = { item, button, picture };
  button.addEventListener("click", () => attempt(() => edit(tile)));
  tiles.set(item.id, tile);
  tileAt.set(button, tile);
  nearby.observe(button);
  return element("li", {}, button);
}

/** Pictures are fetched when they come near, a few at a time. */
const nearby = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) {
      nearby.unobserve(target);
      showPicture(tileAt.get(target));
    }
  }
});
const picturesAtOnce = gatekeeper(AT_ONCE);

async function showPicture({ item, picture }) {
  const { mimetype, size } = item.metadata.system;
  const { signal } = searching;
  if (PICTURES.includes(mimetype) && size <= LARGEST_PICTURE) {
    try {
      const bytes = await picturesAtOnce(() => sluice.items.download(item, { signal }));
      const address = URL.createObjectURL(new Blob([bytes], { type: mimetype }));
      const image = element("img", { alt: "", src: address });
      image.onload = image.onerror = () => URL.revokeObjectURL(address);
      picture.replaceChildren(image);
    } catch {
      // It stays as it is; its name tells enough.
    }
  }
}

// ---- Uploads

const uploadsAtOnce = gatekeeper(AT_ONCE);

on("files", "change", async ({ target }) => {
  const files = [...target.files];
  target.value = "";
  await upload(files);
});
on("drop", "dragover", (event) => {
  event.preventDefault();
  $("drop").classList.add("over");
});
on("drop", "dragleave", () => $("drop").classList.remove("over"));
on("drop", "drop", async (event) => {
  event.preventDefault();
  $("drop").classList.remove("over");
  await upload([...event.dataTransfer.files]);
});

async function upload(files) {
  const dataset = $("dataset").value;
  await Promise.allSettled(files.map((file) => uploadOne(dataset, file)));
}

async function uploadOne(dataset, file) {
  const leaving = new AbortController();
  const progress = element("progress", { max: 1, value: 0 });
  progress.setAttribute("aria-label", file.name);
  const stop = element("button", { type: "button", textContent: "Stop" });
  const row = element("li", {}, element("span", { textContent: file.name }), progress, stop);
  stop.addEventListener("click", () => leaving.abort());
  $("uploads").append(row);
  try {
    const { item } = await uploadsAtOnce(() =>
      sluice.items.upload(dataset, file, {
        signal: leaving.signal,
        onProgress: (sent, total) => (progress.value = sent / total),
      }),
    );
    row.remove();
    if (dataset === $("dataset").value && !tiles.has(item.id)) {
      $("grid").prepend(tileOf(item));
      showCount(total + 1);
    }
  } catch (failure) {
    progress.replaceWith(element("span", { textContent: failure.name === "AbortError" ? "stopped" : failure.message }));
    stop.textContent = "Close";
    stop.addEventListener("click", () => row.remove());
  }
}

// ---- Metadata

async function edit(tile) {
  edited = await read(tile);
  const waiting = (await sluice.edits.pending()).filter(({ itemId }) => itemId === edited.id);
  const item = waiting.reduce((before, { changes }) => merge(before, changes), edited);
  const { size, mimetype } = item.metadata.system;
  $("editor-name").textContent = item.filename;
  $("editor-facts").textContent = `${mimetype ?? "unknown type"}, ${size ?? 0} bytes`;
  $("entries").replaceChildren(...Object.entries(item.metadata.user ?? {}).map(entryOf));
  $("edit").before = item.metadata.user ?? {};
  $("editor").showModal();
}

/** Offline it is what was read last, and that may be the list. */
async function read({ item }) {
  try {
    return await sluice.items.get(item);
  } catch (failure) {
    if (failure.status === 0) {
      return item;
    }
    throw failure;
  }
}

function entryOf([key, value]) {
  const text = typeof value === "string" && valueOf(value) === value ? value : JSON.stringify(value);
  const remove = element("button", { type: "button", textContent: "Remove" });
  remove.setAttribute("aria-label", `Remove ${key || "this key"}`);
  const entry = element(
    "div",
    { className: "entry" },
    element("input", { name: "key", value: key, ariaLabel: "Key", required: true, autocomplete: "off" }),
    element("input", { name: "value", value: text, ariaLabel: `Value of ${key || "the new key"}`, autocomplete: "off" }),
    remove,
  );
  remove.addEventListener("click", () => entry.remove());
  return entry;
}

/** What is typed is JSON if it can be, else a text. */
function valueOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

on("add-entry", "click", () => {
  const entry = entryOf(["", ""]);
  $("entries").append(entry);
  entry.querySelector("input").focus();
});
on("cancel", "click", () => $("editor").close());

on("edit", "submit", async ({ target }) => {
  const after = Object.fromEntries(
    [...$("entries").children].map((entry) => [
      entry.querySelector("[name=key]").value,
      valueOf(entry.querySelector("[name=value]").value),
    ]),
  );
  const changes = changesBetween(target.before, after);
  if (Object.keys(changes).length > 0) {
    await sluice.edits.add(edited, { metadata: { user: changes } });
  }
  $("editor").close();
});

/** The merge patch that makes one object the other, as far as null can be said: to a merge patch it means to remove. */
function changesBetween(before, after) {
  const removed = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const changed = Object.entries(after).filter(([key, value]) => JSON.stringify(before[key]) !== JSON.stringify(value));
  return Object.fromEntries([...removed.map((key) => [key, null]), ...changed]);
}

on("download", "click", async () => {
  const bytes = await sluice.items.download(edited);
  // Never opened by this page, whatever it says it is.
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  element("a", { href: address, download: edited.name }).click();
  URL.revokeObjectURL(address);
});

// ---- The queue

sluice.addEventListener("queue", ({ detail }) => attempt(() => showQueue(detail.pending)));
sluice.addEventListener("sent", ({ detail }) => {
  const tile = tiles.get(detail.item.id);
  if (tile) {
    tile.item = detail.item;
  }
});
sluice.addEventListener("refused", ({ detail }) =>
  attempt(async () => {
    await sluice.edits.discard(detail.edit.id);
    throw new Error(`${detail.edit.filename} was not changed: ${detail.error.message}`);
  }),
);
sluice.addEventListener("conflict", ({ detail }) => {
  conflicts.push(detail);
  nextConflict();
});

function nextConflict() {
  const [conflict] = conflicts;
  if (conflict && !$("conflict").open) {
    $("conflict-name").textContent = conflict.theirs.filename;
    $("conflict-mine").textContent = JSON.stringify(conflict.mine.metadata.user, null, 2);
    $("conflict-theirs").textContent = JSON.stringify(conflict.theirs.metadata.user, null, 2);
    $("conflict").showModal();
  }
}

for (const choice of ["mine", "theirs"]) {
  on(`keep-${choice}`, "click", async () => {
    $("conflict").close();
    await conflicts.shift().resolve(choice);
    nextConflict();
  });
}
// It has to be decided, if not now then later.
$("conflict").addEventListener("close", () => setTimeout(nextConflict));

addEventListener("online", () => showQueue());
addEventListener("offline", () => showQueue());

let length = 0;
async function showQueue(pending = length) {
  length = pending;
  const waiting = pending === 1 ? "1 change is not sent yet" : `${pending} changes are not sent yet`;
  const words = [navigator.onLine ? "" : "Offline", pending ? waiting : ""].filter(Boolean);
  $("state").textContent = words.join(": ");
  $("state").hidden = words.length === 0;
  $("forget").hidden = pending === 0;
  await markWaiting();
}

async function markWaiting() {
  if (sluice.user) {
    const waiting = new Set((await sluice.edits.pending()).map(({ itemId }) => itemId));
    tiles.forEach(({ button }, id) => button.classList.toggle("waiting", waiting.has(id)));
  }
}
