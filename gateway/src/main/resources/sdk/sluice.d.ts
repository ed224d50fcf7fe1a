/** Types of sluice.js. What the gate answers has more members than are named here; `/api/v1/docs` has them all. */

/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

/** A change of a resource by RFC 7396: objects merge, null removes, everything else replaces. */
export type MergePatch = JsonObject;

/** A condition, such as `{ "metadata.user.age": { $gt: 5 } }`; all members must hold, `$and` and `$or` combine. */
export type Filter = JsonObject;
export type Sort = { [field: string]: "ascending" | "descending" };

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly [member: string]: unknown;
}

export interface Dataset {
  readonly id: string;
  readonly name: string;
  readonly projects: string[];
  readonly itemsCount: number;
  readonly [member: string]: unknown;
}

export interface Item {
  readonly id: string;
  readonly datasetId: string;
  /** The whole path, such as `/cats/tom.jpg`. */
  readonly filename: string;
  readonly name: string;
  readonly dir: string;
  readonly type: "file" | "dir";
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly description: string | null;
  readonly metadata: {
    readonly system: { readonly size?: number; readonly mimetype?: string; readonly [member: string]: unknown };
    readonly user?: JsonObject;
    readonly [member: string]: unknown;
  };
  readonly [member: string]: unknown;
}

export interface Page {
  items: Item[];
  /** How many there were in all when the first page was read. */
  total: number;
}

/** Something that was read, or its id. */
export type Ref<Thing extends { readonly id: string }> = Thing | string;

export interface Options {
  signal?: AbortSignal;
}

export interface ReadOptions extends Options {
  /** Fail without a network instead of giving what was read last. Default false. */
  fresh?: boolean;
}

export interface ChangeOptions extends Options {
  /** The version to change, or undefined for whichever there is. Default: the one that was read, if a thing is given. */
  ifMatch?: string;
}

export interface WriteOptions extends Options {
  /** The idempotency key. Default: a new one for each call, the same for all its attempts. */
  key?: string;
}

export interface QueryOptions extends Options {
  /** Default: all files that are not hidden. `type` and `hidden` given here replace that. */
  filter?: Filter;
  /** Default: `{ id: "ascending" }`, oldest first. */
  sort?: Sort;
  /** 1 to 1000, default 100. */
  pageSize?: number;
}

export interface UploadOptions extends WriteOptions {
  /** Where it goes, with its name. Default: the name of the file, at the top. */
  path?: string;
  metadata?: JsonObject;
  description?: string;
  /** What to do with an item that is there already: leave it (the default) or replace it. */
  mode?: "skip" | "overwrite";
  onProgress?: (sent: number, total: number) => void;
}

export interface Uploaded {
  item: Item;
  outcome: "created" | "overwrite" | "exist" | null;
}

export interface DownloadOptions extends Options {
  onProgress?: (received: number, total: number | undefined) => void;
}

export interface RequestOptions extends WriteOptions, ChangeOptions {
  /** The body. */
  json?: Json;
  /** The body, as a merge patch. */
  patch?: MergePatch;
  /** Default `application/json`. */
  accept?: string;
  ifNoneMatch?: string;
}

/** Things that have an id. A thing that was read is changed and deleted only if it still is what was read, else 412. */
interface Collection<Thing extends { readonly id: string }> {
  /** Costs a 304 when it has not changed since it was last read. */
  get(thing: Ref<Thing>, options?: ReadOptions): Promise<Thing>;
  update(thing: Ref<Thing>, changes: MergePatch, options?: ChangeOptions & WriteOptions): Promise<Thing>;
  delete(thing: Ref<Thing>, options?: ChangeOptions): Promise<void>;
}

interface Projects extends Collection<Project> {
  list(options?: ReadOptions): Promise<Project[]>;
  create(name: string, options?: WriteOptions): Promise<Project>;
}

interface Datasets extends Collection<Dataset> {
  list(project: Ref<Project>, options?: ReadOptions): Promise<Dataset[]>;
  create(project: Ref<Project>, name: string, options?: WriteOptions): Promise<Dataset>;
}

interface Items extends Collection<Item> {
  pages(dataset: Ref<Dataset>, options?: QueryOptions): AsyncGenerator<Page, void>;
  query(dataset: Ref<Dataset>, options?: QueryOptions): AsyncGenerator<Item, void>;
  upload(dataset: Ref<Dataset>, file: Blob, options?: UploadOptions): Promise<Uploaded>;
  download(item: Ref<Item>, options?: DownloadOptions): Promise<Blob>;
}

/** An edit that the gate may not have yet. */
export interface Edit {
  readonly id: number;
  readonly itemId: string;
  readonly filename: string;
  readonly changes: MergePatch;
  /** When it was made. */
  readonly at: string;
}

/** The queue of edits: kept in IndexedDB until the gate has them, each user's own, sent in their order. */
interface Edits {
  /** Keeps the changes of an item as it was read, then sends them if it can, for which it does not wait. */
  add(item: Item, changes: MergePatch): Promise<Edit>;
  /** What the gate does not have yet, oldest first. */
  pending(): Promise<Edit[]>;
  /** Sends what can be sent. It happens by itself after `add`, after signing in, and when the network is back. */
  send(): Promise<void>;
  /** Forgets an edit, unless it is on its way. */
  discard(id: number): Promise<void>;
  /** Forgets all that was not sent. */
  clear(): Promise<void>;
}

/** Nobody is signed in any more, by `signOut()` or because the session has ended. */
export type SignedOutEvent = CustomEvent<{ user: string }>;
/** The length of the queue has changed. */
export type QueueEvent = CustomEvent<{ pending: number }>;
/** The gate has an edit. */
export type SentEvent = CustomEvent<{ edit: Edit; item: Item }>;
/** The gate will not have an edit. It stays, and those of the same item behind it, until it is discarded. */
export type RefusedEvent = CustomEvent<{ edit: Edit; error: SluiceError }>;
/** Somebody else has changed the item. The edit stays until `resolve` is called, now or after the next sign-in. */
export type ConflictEvent = CustomEvent<{
  edit: Edit;
  /** The item as it would be with the edit. */
  mine: Item;
  /** The item as it is. */
  theirs: Item;
  /** The edit as it is, none, or other changes in its place. */
  resolve(choice: "mine" | "theirs" | MergePatch): Promise<void>;
}>;

export interface SluiceEventMap {
  signedout: SignedOutEvent;
  queue: QueueEvent;
  sent: SentEvent;
  refused: RefusedEvent;
  conflict: ConflictEvent;
}

export interface SluiceOptions {
  /** Where the gate is, such as `https://data.example.org`. Default: where this file came from. */
  gate?: string;
  /** How much of what was read is remembered. Default 8 MiB. */
  cacheBytes?: number;
}

export declare class Sluice extends EventTarget {
  constructor(options?: SluiceOptions);
  static connect(options: SluiceOptions & { email: string; password: string }): Promise<Sluice>;

  readonly gate: string;
  /** The e-mail address of who is signed in, else null. */
  readonly user: string | null;
  readonly projects: Projects;
  readonly datasets: Datasets;
  readonly items: Items;
  readonly edits: Edits;

  /** Whoever was signed in before is signed out. */
  signIn(email: string, password: string): Promise<void>;
  /** Forgets tokens and what was read at once; false when the gate could not be told. Edits that were not sent stay. */
  signOut(): Promise<boolean>;
  /** Any other operation of the API by its path below `/api/v1`. */
  request(method: string, path: string, options?: RequestOptions): Promise<any>;

  addEventListener<Type extends keyof SluiceEventMap>(
    type: Type,
    listener: (event: SluiceEventMap[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

export declare class SluiceError extends Error {
  constructor(problem: { status: number; [member: string]: unknown }, options?: { headers?: Headers; cause?: unknown });
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly type: string | undefined;
  readonly title: string | undefined;
  /** All fields that are wrong. */
  readonly errors: { field: string; message: string }[];
  /** The first of them. */
  readonly field: string | undefined;
  /** What the gate's operator finds the request by. */
  readonly requestId: string | undefined;
  /** Seconds. */
  readonly retryAfter: number | undefined;
  /** Whether the same request may well succeed later. */
  readonly passes: boolean;
}

/** What a JSON value becomes by a merge patch. Neither of the two is changed. */
export declare function merge<Target>(target: Target, patch: MergePatch): Target;
