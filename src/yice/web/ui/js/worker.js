// Where the network is gone, the day's list and its forms come from what this device keeps sealed. With a network every
// page comes from the site, and none is put into the browser's cache: docs/decisions/0010.
import * as device from "./device.js";
import { photosOf } from "./pictures.js";

const VISIT = /^\/visits\/[^/]+\/\d+\/$/; // the form of one line of a day
const PATIENCE = 8000; // milliseconds before a weak signal counts as none, where a copy is kept
const AGAIN = 2000; // in the minute after that
let weak = 0; // the end of that minute; what a copy consists of is not asked for over the same line

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && request.mode === "navigate" && VISIT.test(url.pathname)) event.respondWith(sent(request, url));
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request, url.pathname));
  else if (url.pathname.startsWith("/static/")) event.respondWith(part(request));
});

async function part(request) {
  const held = await device.asset(request).catch(() => null);
  if (held && Date.now() < weak) return held;
  try {
    return await (held ? Promise.race([fetch(request), tooLong()]) : fetch(request));
  } catch (error) {
    if (held) return held;
    throw error;
  }
}

async function page(request, path) {
  const who = await device.marked("who").catch(() => "");
  const held = who ? await device.pageAt(who, path).catch(() => null) : null;
  try {
    return await (held ? Promise.race([fetch(request), tooLong()]) : fetch(request));
  } catch (error) {
    weak = Date.now() + 60000;
    if (held) return shown(held);
    const days = who ? (await device.pagesOf(who)).filter((row) => row.day) : [];
    if (!days.length) throw error;
    days.sort((a, b) => b.at - a.at);
    return Response.redirect(days[0].url);
  }
}

// A visit saved before the form's own script had come, into a network that is gone or silent: it waits as any other,
// for whoever the form was made for. Its answer may be what was lost, so the record follows the one the form would have
// made. Other forms of the page, and those another site sends here, pass.
async function sent(request, { pathname, origin }) {
  const said = await request.clone().formData().catch(() => new FormData());
  const who = said.get("owner");
  const ours = said.get("key") && request.referrer.startsWith(`${origin}/`);
  const answer = fetch(request);
  if (!ours || !(await device.known(who).catch(() => false))) return answer;
  try {
    return await Promise.race([answer, tooLong()]);
  } catch {
    return wait(said, who, pathname).then(() => Response.redirect(new URL("..", request.url), 303), () => answer);
  }
}

async function wait(said, who, url) {
  const photos = await photosOf({ files: said.getAll("photos").filter(({ size }) => size) });
  const follows = [said.get("follows"), said.get("key")].filter(Boolean).join(",");
  const key = crypto.randomUUID().replaceAll("-", "");
  const ours = { key, follows, said_at: new Date().toISOString() };
  const fields = [...said].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken")
    .map(([name, value]) => [name, ours[name] ?? value]);
  await device.keepRecord(who, { key, url, state: "waiting", at: Date.now(), fields, photos });
}

const tooLong = () => new Promise((done, fail) => { setTimeout(() => fail(new Error("slow")), Date.now() < weak ? AGAIN : PATIENCE); });

function shown({ html, headers, at }) {
  const marked = html.replace("<html ", `<html data-kept="${at}" `);
  return new Response(marked, { headers: { ...headers, "Content-Type": "text/html; charset=utf-8" } });
}
