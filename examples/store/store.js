// A store is a dataset, its items have price and tags in their metadata, its users are the platform's users.
import { Sluice } from "http://localhost:8080/sdk/sluice.js";

const sluice = new Sluice(); // at the gate that the client came from
const $ = (id) => document.getElementById(id);
const fields = (form) => Object.fromEntries(new FormData(form));
let project;

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Does what somebody asked for, and says what went wrong. */
async function attempt(deed) {
  try {
    $("alert").textContent = "";
    await deed();
  } catch (failure) {
    $("alert").textContent = failure.message;
  }
}

function onSubmit(id, deed) {
  $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      await deed(fields(event.target));
      event.target.reset();
    });
  });
}

// ---- Users

onSubmit("sign-in", async ({ email, password }) => {
  await sluice.signIn(email, password);
  const projects = await sluice.projects.list();
  project = projects.find(({ name }) => name === "Stores") ?? (await sluice.projects.create("Stores"));
  $("user").textContent = sluice.user;
  $("sign-in").hidden = true;
  $("shop").hidden = false;
  await listStores();
});

$("sign-out").addEventListener("click", () => sluice.signOut());
sluice.addEventListener("signedout", () => {
  $("sign-in").hidden = false;
  $("shop").hidden = true;
  $("store").replaceChildren();
  $("items").replaceChildren();
  $("search").reset();
});

// ---- Stores

async function listStores(chosen) {
  const stores = await sluice.datasets.list(project);
  $("store").replaceChildren(...stores.map(({ id, name }) => element("option", { value: id, textContent: name })));
  if (chosen) {
    $("store").value = chosen.id;
  }
  $("stock").hidden = stores.length === 0;
  await listItems();
}

$("store").addEventListener("change", () => attempt(listItems));
onSubmit("new-store", async ({ name }) => listStores(await sluice.datasets.create(project, name)));

// ---- Items

async function listItems() {
  const store = $("store").value;
  const { tag, from, to } = fields($("search"));
  const price = { $gte: Number(from), ...(to && { $lte: Number(to) }) };
  const filter = { "metadata.user.price": price, ...(tag && { "metadata.user.tags": tag }) };
  const rows = [];
  if (store) {
    for await (const item of sluice.items.query(store, { filter })) {
      rows.push(rowOf(item));
    }
  }
  $("items").replaceChildren(...rows);
  $("count").textContent = rows.length === 1 ? "1 item" : `${rows.length} items`;
}

$("search").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(listItems);
});

onSubmit("new-item", async ({ name, price, tags }) => {
  const metadata = { user: { price: Number(price), tags: tags.split(",").map((tag) => tag.trim()).filter(Boolean) } };
  // An item is a file, too; a picture of the thing would do as well.
  const { outcome } = await sluice.items.upload($("store").value, new Blob([name]), { path: `/${name}`, metadata });
  if (outcome === "exist") {
    throw new Error(`There is ${name} already`);
  }
  await listItems();
});

function rowOf(item) {
  const { price, tags } = item.metadata.user;
  const input = element("input", { type: "number", min: "0", step: "0.01", value: price, ariaLabel: `Price of ${item.name}` });
  const remove = element("button", { type: "button", textContent: "Remove", ariaLabel: `Remove ${item.name}` });
  // Offline it waits, and is sent later; never over what somebody else has changed.
  input.addEventListener("change", () =>
    attempt(() => input.reportValidity() && sluice.edits.add(item, { metadata: { user: { price: input.valueAsNumber } } })),
  );
  remove.addEventListener("click", () =>
    attempt(async () => {
      await sluice.items.delete(item);
      await listItems();
    }),
  );
  const cells = [item.name, [tags].flat().join(", "), input, remove];
  return element("tr", {}, ...cells.map((cell) => element("td", {}, cell)));
}

sluice.addEventListener("sent", () => attempt(listItems));
sluice.addEventListener("refused", ({ detail: { edit, error } }) =>
  attempt(async () => {
    await sluice.edits.discard(edit.id);
    throw new Error(`${edit.filename}: ${error.message}`);
  }),
);
sluice.addEventListener("conflict", ({ detail: { theirs, resolve } }) =>
  attempt(async () => {
    await resolve("theirs");
    await listItems();
    throw new Error(`Somebody else has changed ${theirs.name} meanwhile: look again`);
  }),
);
