// What a device keeps for whoever visits without a network: sealed, in one database, apart for each person who signs in.
// `who` is a digest of the account. The key of AES-GCM cannot be read out by any script, only used; what that protects
// against, and what not, stands in docs/security.md and decision 10.
const NAME = "yice-device";
const FLAG = "yice-device"; // in localStorage: for whom pages are kept; the database is not made for everybody
const ASSETS = "yice-assets";
const PATIENCE = 5000; // milliseconds for a database that never opens: what waits for it goes without it

export const able = Boolean(globalThis.indexedDB && globalThis.crypto?.subtle);

let opening;
function open() {
  opening ||= new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("keys", { keyPath: "who" });
      asked.result.createObjectStore("pages", { keyPath: ["who", "url"] });
      asked.result.createObjectStore("queue", { keyPath: "key" });
      asked.result.createObjectStore("marks", { keyPath: "name" });
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => { asked.result.close(); opening = undefined; };
      done(asked.result);
    };
    asked.onerror = () => { opening = undefined; fail(asked.error); };
    setTimeout(() => fail(new Error("silent")), PATIENCE);
  });
  return opening;
}

// One step in one store. What is written is on the disk before anybody is told so.
async function inside(store, mode, step) {
  const db = await open();
  return new Promise((done, fail) => {
    const work = db.transaction(store, mode, mode === "readwrite" ? { durability: "strict" } : undefined);
    const asked = step(work.objectStore(store));
    work.oncomplete = () => done(asked?.result);
    work.onerror = work.onabort = () => fail(work.error);
  });
}
const get = (store, key) => inside(store, "readonly", (rows) => rows.get(key));
const all = (store) => inside(store, "readonly", (rows) => rows.getAll());
const put = (store, row) => inside(store, "readwrite", (rows) => rows.put(row));
const drop = (store, key) => inside(store, "readwrite", (rows) => rows.delete(key));

async function keyOf(who) {
  const held = await get("keys", who);
  if (held) return held.key;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await inside("keys", "readwrite", (rows) => rows.add({ who, key })).catch(() => {}); // another tab was quicker
  return (await get("keys", who)).key;
}

const about = (who, name) => new TextEncoder().encode(`${who} ${name}`);
async function seal(who, name, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  const way = { name: "AES-GCM", iv, additionalData: about(who, name) };
  return { iv, data: await crypto.subtle.encrypt(way, await keyOf(who), text) };
}
async function unseal(who, name, row) {
  const way = { name: "AES-GCM", iv: row.iv, additionalData: about(who, name) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(way, await keyOf(who), row.data)));
}

// Whether something was ever sealed here for `who`, and not wiped since.
export const known = async (who) => Boolean(who && (await get("keys", who)));

// Pages: the day's list and its forms, as the server sent them, until the sign-in would have ended. What arrives after
// its reader has left is not kept.
export async function keepPage(who, url, { until, day, version, ...page }) {
  if ((await marked("who")) !== who) return;
  const row = { who, url, until, day, version, at: Date.now(), ...(await seal(who, url, page)) };
  if ((await marked("who")) === who) await put("pages", row);
}
export async function pageAt(who, url) {
  const row = await get("pages", [who, url]);
  if (!row) return null;
  if (row.until < Date.now()) return drop("pages", [who, url]).then(() => null);
  return { at: row.at, ...(await unseal(who, url, row)) };
}
export async function pagesOf(who) {
  return (await all("pages")).filter((row) => row.who === who && row.until > Date.now());
}
export const dropPage = (who, url) => drop("pages", [who, url]);

// Records: `state` is draft, waiting or refused; everything said lies sealed.
export async function keepRecord(who, { key, url, state, at, ...said }) {
  await put("queue", { key, who, url, state, at, ...(await seal(who, key, said)) });
}
export async function recordsOf(who) {
  const rows = (await all("queue")).filter((row) => row.who === who).sort((a, b) => a.at - b.at);
  return rows.map(({ key, url, state, at }) => ({ key, url, state, at }));
}
export async function recordOf(who, key) {
  const row = await get("queue", key);
  if (!row || row.who !== who) return null;
  return { key, url: row.url, state: row.state, at: row.at, ...(await unseal(who, key, row)) };
}
export const dropRecord = (key) => drop("queue", key);

export const mark = async (name, value) => put("marks", { name, value });
export const marked = async (name) => (await get("marks", name))?.value;

// Whose pages lie here.
export const owner = () => globalThis.localStorage?.getItem(FLAG) || "";
export async function settle(who) {
  localStorage.setItem(FLAG, who);
  await mark("who", who);
  navigator.storage?.persist?.().catch(() => {}); // or a full disk may cost what was not sent; one may be asked first
}

// Nothing of `who` can be looked at any more. Records that were not sent stay sealed for their writer; without any, the
// key goes too, and with the last one everything.
export async function leave(who) {
  await mark("who", "");
  for (const row of await all("pages")) await drop("pages", [row.who, row.url]);
  const left = await all("queue");
  if (left.some((row) => row.who === who)) return;
  await drop("keys", who);
  localStorage.removeItem(FLAG);
  if (left.length) return;
  (await open()).close();
  opening = undefined;
  indexedDB.deleteDatabase(NAME);
  await globalThis.caches?.delete(ASSETS);
  const worker = await navigator.serviceWorker?.getRegistration("/");
  await worker?.unregister();
}

export const keepAssets = async (urls) => {
  const held = await caches.open(ASSETS);
  const wanted = new Set(urls.map((url) => new URL(url, location.href).href));
  await held.addAll([...wanted]); // before the old ones go: copies already here still need those
  for (const asked of await held.keys()) if (!wanted.has(asked.url)) await held.delete(asked);
};
export const asset = (request) => caches.match(request, { cacheName: ASSETS });
