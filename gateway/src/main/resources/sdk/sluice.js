// @ts-self-types="./sluice.d.ts"
/**
 * The client of a Sluice gate for browsers and phones: one file, nothing to install, nothing to build.
 *
 *     import { Sluice } from "https://data.example.org/sdk/sluice.js";
 *
 *     const sluice = await Sluice.connect({ email, password });
 *     for await (const item of sluice.items.query(datasetId, { filter: { "metadata.user.age": { $gt: 5 } } })) …
 *
 * It remembers tokens and what it read in memory only, and forgets both at sign-out. What it keeps longer, in IndexedDB,
 * are edits that could not be sent yet. `sluice.d.ts` says what everything takes and gives.
 */

const API = "/api/v1";
const JSON_TYPE = "application/json";
const MERGE_PATCH = "application/merge-patch+json";

/** A request on which nothing moves for so long is lost; longer than the gate itself waits for a service. Milliseconds. */
const PATIENCE = 90_000;

/** A token is renewed that long before it ends, but not in the first half of its life. Milliseconds. */
const RENEWED_BEFORE = 60_000;

const MOST_ATTEMPTS = 5;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

/** Pauses between attempts to send the queue while the gate does not answer. Milliseconds. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;

const MOST_EDITS = 1_000;
const LARGEST_EDIT = 256 * 1024;

/** A request that failed: the members of the gate's problem (RFC 9457), or status 0 where there was no answer. */
export class SluiceError extends Error {
  constructor(problem, { headers, cause } = {}) {
    super(problem.message ?? problem.detail ?? problem.title ?? `The gate answered ${problem.status}`, { cause });
    this.name = "SluiceError";
    this.status = problem.status;
    this.type = problem.type;
    this.title = problem.title;
    this.errors = Array.isArray(problem.errors) ? problem.errors : [];
    this.field = this.errors[0]?.field;
    this.requestId = headers?.get("x-request-id") ?? undefined;
    this.retryAfter = secondsOf(headers?.get("retry-after"));
  }

  /** Whether the same request may well succeed later. */
  get passes() {
    return [0, 408, 425, 429, 502, 503, 504].includes(this.status) || (this.status === 409 && this.retryAfter >= 0);
  }
}

/** What a JSON value becomes by a merge patch (RFC 7396). Neither of the two is changed. */
export function merge(target, patch) {
  if (!isObject(patch)) {
    return structuredClone(patch);
  }
  const merged = isObject(target) ? structuredClone(target) : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) {
      delete merged[name];
    } else {
      // Not by assignment, to which the name __proto__ means something else.
      Object.defineProperty(merged, name, {
        value: merge(Object.hasOwn(merged, name) ? merged[name] : undefined, value),
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
  }
  return merged;
}

/** Somebody at a gate. Tells `signedout`, `queue`, `sent`, `conflict` and `refused`. */
export class Sluice extends EventTarget {
  #connection;

  constructor({ gate = new URL("..", import.meta.url).href, cacheBytes = 8 << 20 } = {}) {
    super();
    const tell = (type, detail) => this.dispatchEvent(new CustomEvent(type, { detail }));
    const connection = new Connection(addressOf(gate), cacheBytes, tell);
    this.#connection = connection;
    this.projects = projects(connection);
    this.datasets = datasets(connection);
    this.items = items(connection);
    this.edits = new Edits(connection, this.items);
  }

  static async connect({ email, password, ...options }) {
    const sluice = new Sluice(options);
    await sluice.signIn(email, password);
    return sluice;
  }

  /** Where the gate is, without a slash at the end. */
  get gate() {
    return this.#connection.gate;
  }

  /** The e-mail address of who is signed in, else null. */
  get user() {
    return this.#connection.session?.user ?? null;
  }

  async signIn(email, password) {
    await this.signOut();
    await this.#connection.signIn(email, password);
  }

  signOut() {
    return this.#connection.signOut();
  }

  /** Any other operation of the API: what it answers, parsed. */
  async request(method, path, options) {
    return parsed(await this.#connection.request(method, path, options));
  }
}

/** What is written once: tokens, repeating, the cache. */
class Connection {
  session;
  onStart;
  #etags = new WeakMap();

  constructor(gate, cacheBytes, tell) {
    this.gate = gate;
    this.cacheBytes = cacheBytes;
    this.tell = tell;
  }

  async signIn(username, password) {
    const tokens = await this.#tokens({ type: "user_credentials", username, password });
    const user = claimsOf(tokens.id_token).email;
    const cache = new Cache(this.cacheBytes);
    const session = { user, owner: `${this.gate} ${user}`, cache, ended: new AbortController() };
    remember(session, tokens);
    this.session = session;
    this.onStart(session);
  }

  /** Forgets everything at once; true when the gate has ended the session, too. */
  async signOut() {
    const session = this.session;
    if (!session) {
      return true;
    }
    this.#end(session);
    try {
      const body = new URLSearchParams({ token: session.refreshToken });
      return (await this.#fetch("POST", "/oauth2/revoke", { body })).ok;
    } catch {
      return false; // The refresh token is forgotten here, and runs out there.
    }
  }

  /** Who is signed in; a SluiceError 401 when nobody is. */
  required() {
    if (!this.session) {
      throw signedOut();
    }
    return this.session;
  }

  /** The version of something that was read, for `If-Match`. */
  etagOf(thing) {
    return isObject(thing) ? this.#etags.get(thing) : undefined;
  }

  /**
   * Sends a request as often as it takes. A POST or PATCH carries an idempotency key, so that it happens once; without one
   * (key: null) it must be one that changes nothing.
   */
  async request(method, path, options = {}) {
    const { json, patch, form, accept = JSON_TYPE, ifMatch, ifNoneMatch, key, signal, onProgress, read } = options;
    const session = options.session ?? this.required();
    const stop = either(session.ended.signal, signal);
    const content = patch ?? json;
    const body = form ?? (content === undefined ? undefined : JSON.stringify(content));
    const headers = { accept };
    if (content !== undefined) {
      headers["content-type"] = patch ? MERGE_PATCH : JSON_TYPE;
    }
    if (ifMatch) {
      headers["if-match"] = ifMatch;
    }
    if (ifNoneMatch) {
      headers["if-none-match"] = ifNoneMatch;
    }
    if (key !== null && (method === "POST" || method === "PATCH")) {
      headers["idempotency-key"] = `"${key ?? newKey()}"`;
    }
    const attempt = (token) => {
      const signed = { ...headers, authorization: `Bearer ${token}` };
      return form && globalThis.XMLHttpRequest
        ? posted(this.gate + API + path, signed, form, onProgress, stop)
        : this.#fetch(method, API + path, { headers: signed, body, read }, stop);
    };
    const answer = await repeated(() => this.#signed(session, attempt), stop);
    return { ...answer, session };
  }

  /** Reads JSON; what has not changed costs a 304. Without a network it is what was read last, unless it must be fresh. */
  async get(path, { fresh = false, session = this.required(), signal } = {}) {
    const kept = session.cache.get(path);
    try {
      const answer = await this.request("GET", path, { ifNoneMatch: kept?.etag, session, signal });
      return answer.status === 304 ? this.#seen(kept) : this.keep(path, answer);
    } catch (failure) {
      if (kept && !fresh && failure.status === 0) {
        return this.#seen(kept);
      }
      throw failure;
    }
  }

  /** What an answer shows of the thing at a path, for the next time, too. */
  keep(path, { headers, content, session }) {
    const entry = { etag: headers.get("etag") ?? undefined, text: content };
    session.cache.set(path, entry);
    return this.#seen(entry);
  }

  #seen({ etag, text }) {
    const thing = JSON.parse(text);
    if (isObject(thing) && etag && !etag.startsWith("W/")) {
      this.#etags.set(thing, etag);
    }
    return thing;
  }

  /** An attempt with a token that is good, and another one when the gate thinks it is not. */
  async #signed(session, attempt) {
    if (Date.now() >= session.renewAt) {
      await this.#renew(session).catch((failure) => {
        if (!failure.passes || Date.now() >= session.expires) {
          throw failure;
        }
      });
    }
    const token = session.token;
    const answer = await attempt(token);
    if (answer.status !== 401) {
      return answer;
    }
    if (session.token === token) {
      await this.#renew(session);
    }
    return attempt(session.token);
  }

  /** One renewal for all who wait for it. */
  #renew(session) {
    session.renewing ??= this.#tokens({ type: "refresh_token", refresh_token: session.refreshToken })
      .then((tokens) => remember(session, tokens))
      .catch((failure) => {
        if (failure.status === 400 || failure.status === 401) {
          this.#end(session);
        }
        throw failure;
      })
      .finally(() => (session.renewing = undefined));
    return session.renewing;
  }

  async #tokens(credentials) {
    const options = { headers: { "content-type": JSON_TYPE }, body: JSON.stringify(credentials) };
    return parsed(await repeated(() => this.#fetch("POST", "/token?default", options)));
  }

  #end(session) {
    if (this.session === session) {
      this.session = undefined;
    }
    if (!session.ended.signal.aborted) {
      session.ended.abort(signedOut());
      this.tell("signedout", { user: session.user });
    }
  }

  /** One exchange; `read` may take the body bit by bit and calls what it is given when something has moved. */
  async #fetch(method, path, { headers, body, read = (response) => response.text() }, stop) {
    const lost = new AbortController();
    const { moved, over } = patience(() => lost.abort(new Error(`Nothing has moved for ${PATIENCE / 1000} s`)));
    try {
      const response = await fetch(this.gate + path, {
        method,
        headers,
        body,
        signal: either(lost.signal, stop),
        // The browser's own cache would keep on the disk what the session must forget.
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      moved();
      const content = response.ok ? await read(response, moved) : await response.text();
      return { ok: response.ok, status: response.status, headers: response.headers, content };
    } catch (failure) {
      throw stop?.aborted ? stop.reason : unreachable(failure);
    } finally {
      over();
    }
  }
}

/** Things that have an id. One that was read is only changed if it still is what was read. */
function collection(connection, path) {
  const at = (thing) => `${path}/${idOf(thing)}`;
  return {
    get: async (thing, options) => connection.get(at(thing), options),

    /** Changes what the changes name (a merge patch: null removes); 412 when the thing is no longer what was read. */
    async update(thing, changes, options) {
      const request = { ifMatch: connection.etagOf(thing), ...options, patch: changes };
      return connection.keep(at(thing), await connection.request("PATCH", at(thing), request));
    },

    async delete(thing, options) {
      await connection.request("DELETE", at(thing), { ifMatch: connection.etagOf(thing), ...options });
      connection.session?.cache.delete(at(thing));
    },
  };
}

const projects = (connection) => ({
  ...collection(connection, "/projects"),

  list: async (options) => connection.get("/projects", options),

  async create(name, options) {
    return parsed(await connection.request("POST", "/projects", { ...options, json: { name } }));
  },
});

const datasets = (connection) => ({
  ...collection(connection, "/datasets"),

  list: async (project, options) => connection.get(`/datasets?projects=${idOf(project)}`, options),

  async create(project, name, options) {
    const json = { name, projects: [idOf(project)], createDefaultRecipe: true };
    return parsed(await connection.request("POST", "/datasets", { ...options, json }));
  },
});

const items = (connection) => ({
  ...collection(connection, "/items"),

  /** Page by page. Sorted by id (the default) no page costs more than the one before it, however many there are. */
  async *pages(dataset, { filter = {}, sort = { id: "ascending" }, pageSize = 100, signal } = {}) {
    const path = `/datasets/${idOf(dataset)}/query`;
    const wanted = { hidden: false, type: "file", ...filter };
    const byId = Object.keys(sort).join() === "id";
    const beyond = sort.id === "descending" ? "$lt" : "$gt";
    let total;
    let last;
    for (let page = 0; ; page++) {
      const rest = last ? { $and: [wanted, { id: { [beyond]: last } }] } : wanted;
      const json = { resource: "items", filter: rest, sort, page: byId ? 0 : page, pageSize };
      const found = parsed(await connection.request("POST", path, { json, key: null, signal }));
      total ??= found.totalItemsCount;
      yield { items: found.items, total };
      if (!found.hasNextPage || found.items.length === 0) {
        return;
      }
      last = byId ? found.items.at(-1).id : undefined;
    }
  },

  async *query(dataset, options) {
    for await (const page of this.pages(dataset, options)) {
      yield* page.items;
    }
  },

  /** Sends a file; `onProgress` hears of bytes sent and bytes in all. It begins again when the network fails. */
  async upload(dataset, file, { path = `/${file.name}`, mode = "skip", metadata, description, ...options } = {}) {
    const form = new FormData();
    form.append("type", "file");
    form.append("path", path);
    if (metadata) {
      form.append("metadata", JSON.stringify(metadata));
    }
    if (description) {
      form.append("description", description);
    }
    // The last part, so that the gate knows all the rest before the first byte.
    form.append("file", file, path.slice(path.lastIndexOf("/") + 1));
    const target = `/datasets/${idOf(dataset)}/items?mode=${encodeURIComponent(mode)}`;
    const answer = await connection.request("POST", target, { ...options, form });
    return { item: parsed(answer), outcome: answer.headers.get("x-item-op") };
  },

  /** All bytes of an item, in memory; `onProgress` hears of bytes received and bytes in all. */
  async download(item, { onProgress, ...options } = {}) {
    const read = async (response, moved) => {
      const total = Number(response.headers.get("content-length")) || undefined;
      const parts = [];
      let received = 0;
      for (const reader = response.body.getReader(); ; ) {
        const { done, value } = await reader.read();
        if (done) {
          return new Blob(parts, { type: response.headers.get("content-type") ?? "" });
        }
        moved();
        parts.push(value);
        received += value.length;
        onProgress?.(received, total);
      }
    };
    const answer = await connection.request("GET", `/items/${idOf(item)}/stream`, { accept: "*/*", ...options, read });
    return answer.content;
  },
});

/**
 * Edits of items that are sent when the network is there, in their order. Each is kept until the gate has it, over reloads
 * too, and can be made for no other version of the item than the one that was seen.
 */
class Edits {
  #connection;
  #items;
  #store = new EditStore();
  #queue = Promise.resolve();
  #asked = false; // whether somebody waits for the next run, which then takes all there is
  /** Items whose next edit waits for a decision: the id of that edit by the item's. */
  #held = new Map();
  #pause = FIRST_PAUSE;
  #timer;

  constructor(connection, items) {
    this.#connection = connection;
    this.#items = items;
    connection.onStart = (session) => this.#start(session);
  }

  /** Keeps the changes of an item as it was read, then sends them if it can. It does not wait for that. */
  async add(item, changes) {
    const { owner } = this.#connection.required();
    const text = JSON.stringify(changes);
    if (text.length > LARGEST_EDIT) {
      throw new RangeError(`An edit may have ${LARGEST_EDIT} characters`);
    }
    const before = await this.#store.all(owner);
    if (before.length >= MOST_EDITS) {
      throw new RangeError(`There are ${MOST_EDITS} edits that could not be sent yet`);
    }
    const seen = item.updatedAt;
    const below = before.findLast((edit) => edit.itemId === item.id && edit.seen === seen);
    const etag = this.#connection.etagOf(item) ?? below?.etag ?? null;
    const made = { key: newKey(), at: new Date().toISOString() };
    const edit = { owner, itemId: idOf(item), filename: item.filename, changes: JSON.parse(text), etag, seen, ...made };
    edit.id = await this.#store.add(edit);
    await this.#tellLength(owner);
    this.send();
    return edit;
  }

  /** What the gate does not have yet, oldest first. */
  async pending() {
    return this.#store.all(this.#connection.required().owner);
  }

  /** Sends what can be sent. It is called when the network is back, so there is seldom need to. */
  send() {
    clearTimeout(this.#timer);
    if (!this.#asked) {
      this.#asked = true;
      this.#queue = this.#queue.then(() => {
        this.#asked = false;
        const { session } = this.#connection;
        return this.#sendAll(session).catch(() => this.#tryLater(session));
      });
    }
    return this.#queue;
  }

  /** Forgets an edit, unless it is on its way. */
  async discard(id) {
    const { owner } = this.#connection.required();
    await this.#store.change(owner, (edit) => (edit.id === id ? null : undefined));
    await this.#release(owner, id);
  }

  /** Forgets all that was not sent, such as before somebody signs out on a machine of others. */
  async clear() {
    const { owner } = this.#connection.required();
    await this.#store.change(owner, () => null);
    this.#held.clear();
    await this.#tellLength(owner);
  }

  /** For a session that has begun. */
  #start({ ended: { signal } }) {
    this.#held.clear();
    globalThis.addEventListener?.("online", () => this.send(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
    if (globalThis.indexedDB) {
      this.send();
    }
  }

  /** One tab at a time, where the browser can see to that; where it cannot, the idempotency keys make it harmless. */
  async #sendAll(session) {
    if (!session) {
      return;
    }
    const { locks } = globalThis.navigator ?? {};
    const sending = () => this.#sendOpen(session);
    await (locks ? locks.request(`sluice ${session.owner}`, { signal: session.ended.signal }, sending) : sending());
  }

  async #sendOpen(session) {
    for (;;) {
      const edit = (await this.#store.all(session.owner)).find((waiting) => !this.#held.has(waiting.itemId));
      session.ended.signal.throwIfAborted();
      if (!edit) {
        return;
      }
      try {
        await this.#sendOne(edit, session);
        this.#pause = FIRST_PAUSE;
      } catch (failure) {
        if (!(failure instanceof SluiceError) || failure.passes || failure.status === 401 || failure.status >= 500) {
          throw failure;
        }
        this.#held.set(edit.itemId, edit.id);
        this.#connection.tell("refused", { edit, error: failure });
      }
    }
  }

  async #sendOne(edit, session) {
    const current = () => this.#items.get(edit.itemId, { session, fresh: true });
    let ifMatch = edit.etag;
    if (!ifMatch) {
      // Seen in a list, which does not tell versions: it is the same one if it was not changed since.
      const now = await current();
      if (now.updatedAt !== edit.seen) {
        return this.#differs(edit, now);
      }
      ifMatch = this.#connection.etagOf(now);
      // Kept before it is sent, because a repeat must say the same.
      await this.#store.change(edit.owner, (kept) => (kept.id === edit.id ? { ...kept, etag: ifMatch } : undefined));
    }
    try {
      const item = await this.#items.update(edit.itemId, edit.changes, { session, ifMatch, key: edit.key });
      return await this.#done(edit, item);
    } catch (failure) {
      if (failure.passes || ![409, 412].includes(failure.status)) {
        throw failure;
      }
      return this.#differs(edit, await current());
    }
  }

  /** Somebody has changed the item. It may have been this very edit, whose answer was lost. */
  async #differs(edit, theirs) {
    const mine = merge(theirs, edit.changes);
    if (JSON.stringify(mine) === JSON.stringify(theirs)) {
      return this.#done(edit, theirs);
    }
    this.#held.set(edit.itemId, edit.id);
    const resolve = async (choice) => {
      if (this.#held.get(edit.itemId) !== edit.id) {
        return;
      }
      if (choice === "theirs") {
        await this.discard(edit.id);
      } else {
        await this.#rebase(edit, theirs, choice === "mine" ? edit.changes : choice);
        await this.#release(edit.owner, edit.id);
      }
    };
    this.#connection.tell("conflict", { edit, mine, theirs, resolve });
  }

  async #done(edit, item) {
    await this.#rebase(edit, item);
    this.#connection.tell("sent", { edit, item });
    await this.#tellLength(edit.owner);
  }

  /** The edit, with other changes or gone, and those made on top of it are now for this version of the item. */
  #rebase(edit, item, changes) {
    const base = { etag: this.#connection.etagOf(item) ?? null, seen: item.updatedAt, key: newKey() };
    return this.#store.change(edit.owner, (kept) => {
      if (kept.id === edit.id) {
        return changes ? { ...kept, ...base, changes } : null;
      }
      return kept.itemId === edit.itemId && kept.seen === edit.seen ? { ...kept, ...base, key: kept.key } : undefined;
    });
  }

  async #release(owner, id) {
    for (const [itemId, held] of this.#held) {
      if (held === id) {
        this.#held.delete(itemId);
      }
    }
    await this.#tellLength(owner);
    this.send();
  }

  async #tellLength(owner) {
    this.#connection.tell("queue", { pending: (await this.#store.all(owner)).length });
  }

  /** After a failure that passes; without a network the browser says when to. */
  #tryLater(session) {
    if (session && !session.ended.signal.aborted && !isOffline()) {
      this.#timer = setTimeout(() => this.send(), this.#pause);
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    }
  }
}

/** Where edits are kept: one table, in the order in which they were made. */
class EditStore {
  #database;

  all(owner) {
    return this.#run("readonly", (edits) => edits.index("owner").getAll(owner));
  }

  add(edit) {
    return this.#run("readwrite", (edits) => edits.add(edit));
  }

  /** Puts what `change` makes of each: null removes it, undefined leaves it. */
  change(owner, change) {
    return this.#run("readwrite", (edits) => {
      edits.index("owner").openCursor(owner).onsuccess = ({ target: { result: cursor } }) => {
        if (cursor) {
          const changed = change(cursor.value);
          if (changed === null) {
            cursor.delete();
          } else if (changed) {
            cursor.update(changed);
          }
          cursor.continue();
        }
      };
    });
  }

  /** What the request that `work` returns has found, once all of it is on the disk. */
  async #run(mode, work) {
    this.#database ??= EditStore.#open().catch((failure) => {
      this.#database = undefined;
      throw failure;
    });
    const transaction = (await this.#database).transaction("edits", mode, { durability: "strict" });
    return new Promise((resolve, reject) => {
      const request = work(transaction.objectStore("edits"));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }

  static #open() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open("sluice", 1);
      request.onupgradeneeded = () => {
        const edits = request.result.createObjectStore("edits", { keyPath: "id", autoIncrement: true });
        edits.createIndex("owner", "owner");
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }
}

/** The answers read last, by path, up to so many bytes; the one not asked for the longest goes first. */
class Cache {
  #entries = new Map();
  #bytes = 0;

  constructor(limit) {
    this.limit = limit;
  }

  get(path) {
    const entry = this.#entries.get(path);
    if (entry) {
      this.#entries.delete(path);
      this.#entries.set(path, entry);
    }
    return entry;
  }

  set(path, entry) {
    this.delete(path);
    this.#entries.set(path, entry);
    this.#bytes += Cache.#sizeOf(path, entry);
    for (const [oldest] of this.#entries) {
      if (this.#bytes <= this.limit) {
        return;
      }
      this.delete(oldest);
    }
  }

  delete(path) {
    const entry = this.#entries.get(path);
    if (entry) {
      this.#entries.delete(path);
      this.#bytes -= Cache.#sizeOf(path, entry);
    }
  }

  static #sizeOf(path, { text }) {
    return 2 * (path.length + text.length);
  }
}

/** Calls `end` when nothing has moved for too long. */
function patience(end) {
  let timer;
  const moved = () => {
    clearTimeout(timer);
    timer = setTimeout(end, PATIENCE);
  };
  moved();
  return { moved, over: () => clearTimeout(timer) };
}

/** As fetch, which does not tell how much it has sent; but not every kind of worker has it. */
function posted(url, headers, body, onProgress, stop) {
  return new Promise((resolve, reject) => {
    stop.throwIfAborted();
    const xhr = new XMLHttpRequest();
    const abort = () => xhr.abort();
    const { moved, over } = patience(abort);
    xhr.open("POST", url);
    Object.entries(headers).forEach(([name, value]) => xhr.setRequestHeader(name, value));
    xhr.upload.onprogress = ({ loaded, total }) => {
      moved();
      onProgress?.(loaded, total);
    };
    xhr.onload = () =>
      resolve({
        ok: xhr.status >= 200 && xhr.status < 300,
        status: xhr.status,
        headers: { get: (name) => xhr.getResponseHeader(name) },
        content: xhr.responseText,
      });
    xhr.onerror = xhr.onabort = () => reject(stop.aborted ? stop.reason : unreachable());
    xhr.onloadend = () => {
      over();
      stop.removeEventListener("abort", abort);
    };
    stop.addEventListener("abort", abort);
    xhr.send(body);
  });
}

/** Tries again after what passes, as long as the gate says or a little longer each time. */
async function repeated(attempt, stop) {
  for (let tried = 1, wait = FIRST_WAIT; ; tried++, wait *= 2) {
    let failure;
    stop?.throwIfAborted();
    try {
      const answer = await attempt();
      if (answer.ok || answer.status === 304) {
        return answer;
      }
      failure = problemOf(answer);
    } catch (thrown) {
      if (stop?.aborted || !(thrown instanceof SluiceError)) {
        throw thrown;
      }
      failure = thrown;
    }
    const asked = (failure.retryAfter ?? 0) * 1000;
    if (!failure.passes || tried === MOST_ATTEMPTS || asked > LONGEST_WAIT || isOffline()) {
      throw failure;
    }
    await pause(Math.max(asked, wait * (0.5 + Math.random() / 2)), stop);
  }
}

function pause(milliseconds, stop) {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      clearTimeout(timer);
      reject(stop.reason);
    };
    const timer = setTimeout(() => {
      stop?.removeEventListener("abort", giveUp);
      resolve();
    }, milliseconds);
    stop?.addEventListener("abort", giveUp, { once: true });
  });
}

function remember(session, tokens) {
  const life = tokens.expires_in * 1000;
  session.token = tokens.id_token;
  session.refreshToken = tokens.refresh_token ?? session.refreshToken;
  session.expires = Date.now() + life;
  session.renewAt = Date.now() + Math.max(life / 2, life - RENEWED_BEFORE);
}

function claimsOf(token) {
  const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (byte) => byte.charCodeAt(0))));
}

function parsed(answer) {
  return answer.content ? JSON.parse(answer.content) : undefined;
}

function problemOf({ status, headers, content }) {
  try {
    return new SluiceError({ ...JSON.parse(content), status }, { headers });
  } catch {
    return new SluiceError({ status }, { headers }); // It came from something between the gate and us.
  }
}

function unreachable(cause) {
  return new SluiceError({ status: 0, message: "The gate cannot be reached" }, { cause });
}

function signedOut() {
  return new SluiceError({ status: 401, message: "Nobody is signed in" });
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function secondsOf(retryAfter) {
  if (!retryAfter) {
    return undefined;
  }
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

function addressOf(gate) {
  const { protocol, origin, pathname } = new URL(gate, globalThis.location?.href);
  if (protocol !== "https:" && protocol !== "http:") {
    throw new TypeError("A gate has an address that starts with https:// or http://");
  }
  return origin + pathname.replace(/\/+$/, "");
}

/** Nothing that could lead to another path. */
function idOf(thing) {
  const id = isObject(thing) ? thing.id : thing;
  if (typeof id !== "string" || !/^[\w-]{1,64}$/.test(id)) {
    throw new TypeError(`Not an id: ${id}`);
  }
  return id;
}

/** 128 random bits; crypto.randomUUID is not there without https. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function either(first, second) {
  return second ? AbortSignal.any([first, second]) : first;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOffline() {
  return globalThis.navigator?.onLine === false;
}
