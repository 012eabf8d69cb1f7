// A day's list and its forms without a network: copies are kept, what is written waits here and is sent.
import * as device from "./device.js";
import { photosOf, show, signature } from "./pictures.js";
import { send } from "./queue.js";

const root = document.documentElement;
const { who, kept } = root.dataset;
const panel = document.querySelector("[data-device]");
const form = document.querySelector("form[data-visit]");
const FRESH = 10 * 60 * 1000; // a copy younger than this is not fetched again
const OLD = 7 * 24 * 3600 * 1000; // a draft nobody came back to

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const moment = (at) => new Date(at).toLocaleString(root.lang, { dateStyle: "short", timeStyle: "short" });

// The panel: how many wait, when the last were sent, what must be put right.
// What came of the last sending stays in it until the next.
let note = "";
const sent = new Set(); // addresses of lines that arrived while this page stood

async function tell() {
  const said = panel.dataset;
  const rows = await device.recordsOf(who);
  const waiting = rows.filter(({ state }) => state === "waiting");
  const refused = rows.filter(({ state }) => state === "refused");
  const last = await device.marked(`sent ${who}`);
  const lines = [
    note,
    kept ? fill(said.kept, { time: moment(Number(kept)) }) : "",
    fill(waiting.length ? said.waiting : said.none, { n: waiting.length }),
    last ? fill(said.last, { time: moment(last) }) : "",
    root.dataset.stored ? said.stored : "",
    refused.length ? fill(said.refused, { n: refused.length }) : "",
  ];
  panel.hidden = false;
  panel.querySelector("[data-now]").hidden = !waiting.length;
  const status = panel.querySelector("[role=status]");
  const text = lines.filter(Boolean).join(" ");
  if (status.textContent !== text) status.textContent = text;
  for (const row of document.querySelectorAll("[data-line]")) {
    const mine = rows.find(({ url }) => url === row.dataset.line);
    const arrived = !mine && sent.has(row.dataset.line);
    row.textContent = mine
      ? { draft: said.isDraft, waiting: said.isWaiting, refused: said.isRefused }[mine.state]
      : arrived ? said.isSent : "";
    row.classList.toggle("y-tag--wait", !arrived);
    row.classList.toggle("y-tag--good", arrived);
    row.hidden = !mine && !arrived;
  }
}

function noted(done) {
  const said = panel.dataset;
  if (done.some(({ what }) => what === "signed-out")) {
    panel.querySelector("[data-sign-in]").hidden = false;
    return said.signedOut;
  }
  panel.querySelector("[data-sign-in]").hidden = true;
  if (done.some(({ what }) => what === "other")) return said.other;
  const taken = done.filter(({ what }) => what === "taken");
  const conflicts = taken.filter((one) => one.said.conflicts).length;
  return [
    taken.length ? fill(said.taken, { n: taken.length }) : "",
    conflicts ? fill(said.conflicts, { n: conflicts }) : "",
  ].join(" ").trim();
}

// What a sending came to, wherever it was begun; one with nothing to send leaves what was said.
async function told(done) {
  if (!done.length) return;
  for (const { url, what } of done) if (what === "taken") sent.add(url);
  note = noted(done);
  await tell();
}

const sendNow = () => send(who);

// Copies of the list and of the forms it leads to, sealed. A form with a record of its own keeps the copy it was
// written on.
async function keep() {
  const until = Number(panel.dataset.until) * 1000;
  const pages = new Map((await device.pagesOf(who)).map((row) => [row.url, row]));
  await device.keepAssets([...document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon]")]
    .map((node) => node.src || node.href));
  const forms = [...document.querySelectorAll("a[data-keep]")].map((node) => new URL(node.href).pathname);
  const version = panel.dataset.version;
  for (const url of [location.pathname, ...forms]) {
    const held = pages.get(url);
    const day = url === location.pathname;
    if (held && !day && held.version === version && Date.now() - held.at < FRESH) continue;
    const answer = await fetch(url, { redirect: "manual", headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) continue;
    const html = await answer.text();
    if (!html.includes(` data-who="${who}"`)) return; // somebody else signed in meanwhile
    const names = ["Content-Security-Policy", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy"];
    const headers = { "Cache-Control": "no-store" };
    for (const name of names) if (answer.headers.get(name)) headers[name] = answer.headers.get(name);
    await device.keepPage(who, url, { until, day, version, html, headers });
  }
  root.dataset.stored = "1";
  await tell();
}

// The form: what is typed is kept as a draft; what is saved waits until the site has it.
function said() {
  const fields = [];
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && name !== "csrfmiddlewaretoken") fields.push([name, value]);
  }
  return fields;
}

function restore({ fields }, touched) {
  const values = new Map();
  for (const [name, value] of fields) values.set(name, [...(values.get(name) || []), value]);
  for (const node of form.elements) {
    if (!node.name || node.type === "file" || node.type === "submit" || !values.has(node.name)) continue;
    if (touched.has(node.name)) continue;
    const given = values.get(node.name);
    if (node.type === "radio" || node.type === "checkbox") node.checked = given.includes(node.value);
    else node.value = given[0];
  }
  for (const node of form.querySelectorAll("details")) {
    const filled = [...node.querySelectorAll("input:not([type=radio]):not([type=checkbox]), textarea, select")]
      .some((one) => one.value && one.type !== "file");
    node.open ||= filled || Boolean(node.querySelector("input:checked:not([value=''])"));
  }
  form.querySelector("[data-signature]")?.dispatchEvent(new Event("yice:restored"));
}

function pointOut(problems) {
  const box = document.querySelector("[data-problems]");
  for (const node of form.querySelectorAll("[data-said]")) node.remove();
  for (const group of form.querySelectorAll(".govuk-form-group--error")) group.classList.remove("govuk-form-group--error");
  box.querySelector("ul").replaceChildren(...problems.map(({ target, text }) => {
    const item = document.createElement("li");
    const node = target && document.getElementById(target);
    if (!node) {
      item.textContent = text;
      return item;
    }
    const link = document.createElement("a");
    link.href = `#${target}`;
    link.textContent = text;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      for (let fold = node.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      node.focus();
    });
    item.append(link);
    const beside = document.createElement("p");
    beside.className = "govuk-error-message";
    beside.id = `${target}-said`;
    beside.dataset.said = "";
    beside.textContent = text;
    const group = node.closest(".govuk-form-group");
    group?.classList.add("govuk-form-group--error");
    (node.closest(".govuk-radios, .govuk-date-input") || node).before(beside);
    node.setAttribute("aria-describedby", beside.id);
    return item;
  }));
  box.hidden = false;
  box.focus();
}

// Nobody stands before a button for longer: what is kept is sent from the list.
const slow = () => new Promise((done) => { setTimeout(done, 4000, []); });

// Where the device keeps nothing (a private window, a full disk) the form goes as it would without a script.
function plainly(button) {
  if (button?.name) {
    const pressed = document.createElement("input");
    Object.assign(pressed, { type: "hidden", name: button.name, value: button.value });
    form.append(pressed);
  }
  form.submit();
}

// Each time something is saved it is a record of its own, with the keys of those it follows: one of them may have
// arrived although its answer was lost. The form listens from its first moment and each step waits for `settled`: a tap
// that came before the device had answered would go out as a plain form, into a network that may be gone.
function write(settled) {
  const url = location.pathname;
  const hidden = form.elements;
  const files = form.querySelector("input[type=file]");
  const shelf = form.querySelector("[data-photos]");
  const touched = new Set(); // what somebody filled in before the draft was back holds
  let photos = [];
  let busy = false; // a second tap is the first one; a page that came back may save again

  const follow = (...keys) => {
    const all = [...hidden.follows.value.split(","), ...keys].filter(Boolean);
    hidden.follows.value = [...new Set(all)].join(",");
  };
  const anew = () => { hidden.key.value = crypto.randomUUID().replaceAll("-", ""); };

  async function back() {
    const plain = hidden.key.value; // under it this copy may have gone out as a plain form
    const rows = (await device.recordsOf(who)).filter((row) => row.url === url);
    const newest = rows[rows.length - 1];
    const old = newest?.state === "draft" && Date.now() - newest.at > OLD;
    const held = newest && !old ? await device.recordOf(who, newest.key) : null;
    if (held) {
      if (!touched.has("photos")) show(shelf, photos = held.photos || []);
      restore(held, touched);
      if (held.state !== "draft") follow(held.key);
      if (held.state === "refused") pointOut(held.problems);
    }
    follow(plain);
    anew();
  }

  const ready = settled.then(back);
  let last = ready.catch(() => {});
  const draft = ({ target }) => {
    touched.add(target.name);
    last = last
      .then(() => device.keepRecord(who, { key: `draft ${url}`, url, state: "draft", at: Date.now(), fields: said(), photos }))
      .catch(() => {});
  };
  files?.addEventListener("change", () => {
    last = last.then(async () => show(shelf, photos = await photosOf(files)));
  });
  form.addEventListener("input", draft);
  form.addEventListener("change", draft);
  window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    const { submitter } = event;
    let key;
    try {
      await ready;
      await last;
      key = hidden.key.value;
      const pressed = submitter?.name ? [[submitter.name, submitter.value]] : [];
      const fields = [...said(), ["said_at", new Date().toISOString()], ...pressed];
      await device.keepRecord(who, { key, url, state: "waiting", at: Date.now(), fields, photos });
    } catch {
      return plainly(submitter);
    }
    // What this one follows and holds goes; what another tab wrote waits beside it. What is typed from here on is new.
    for (const held of [`draft ${url}`, ...hidden.follows.value.split(",")]) await device.dropRecord(held).catch(() => {});
    follow(key);
    anew();
    const called = submitter?.textContent;
    if (submitter) submitter.textContent = panel.dataset.keeping;
    const done = await Promise.race([send(who).catch(() => []), slow()]);
    const here = done.find((one) => one.key === key);
    if (here?.what === "refused") {
      busy = false;
      if (submitter) submitter.textContent = called;
      return pointOut(here.said.problems);
    }
    location.assign(here?.what === "taken" && here.said.conflicts ? url : panel.dataset.list);
  });
  return ready;
}

async function start() {
  if (!device.able || !who || !panel) return;
  document.addEventListener("yice:sent", ({ detail }) => told(detail));
  const settled = Promise.resolve(window.yiceDevice).then(() => device.settle(who));
  if (form) {
    const box = form.querySelector("[data-signature]");
    if (box) signature(box);
    await write(settled);
  }
  await settled;
  await tell();
  panel.querySelector("[data-now]").addEventListener("click", sendNow);
  window.addEventListener("online", sendNow);
  const waits = async () => (await device.recordsOf(who)).some(({ state }) => state === "waiting");
  setInterval(async () => { if (await waits()) await sendNow(); }, 20000);
  if (await waits()) await sendNow();
  if (!form && !kept) {
    await navigator.serviceWorker?.register("/worker.js", { scope: "/" });
    await keep();
  }
}
start();
