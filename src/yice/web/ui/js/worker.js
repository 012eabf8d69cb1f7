// Where the network is gone, the day's list and its forms come from what this device keeps sealed. With a network every
// page comes from the site, and none is put into the browser's cache: docs/decisions/0010.
import * as device from "./device.js";

const PATIENCE = 8000; // milliseconds before a weak signal counts as none, where a copy is kept

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url.pathname));
  else if (url.pathname.startsWith("/static/")) event.respondWith(part(request));
});

async function part(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const held = await device.asset(request);
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
    if (held) return shown(held);
    const days = who ? (await device.pagesOf(who)).filter((row) => row.day) : [];
    if (!days.length) throw error;
    days.sort((a, b) => b.at - a.at);
    return Response.redirect(days[0].url);
  }
}

const tooLong = () => new Promise((done, fail) => { setTimeout(() => fail(new Error("slow")), PATIENCE); });

function shown({ html, headers, at }) {
  const marked = html.replace("<html ", `<html data-kept="${at}" `);
  return new Response(marked, { headers: { ...headers, "Content-Type": "text/html; charset=utf-8" } });
}
