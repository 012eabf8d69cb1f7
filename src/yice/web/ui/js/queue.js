// Records that wait are sent one after the other until the site has acknowledged each; the site takes each once.
import * as device from "./device.js";

const PATIENCE = 30000; // milliseconds for one record on a weak signal

function token() {
  return document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]*)/)?.[1] || "";
}

function bodyOf(record) {
  const body = new FormData();
  for (const [name, value] of record.fields) body.append(name, value);
  for (const [at, photo] of (record.photos || []).entries()) {
    const bytes = Uint8Array.from(atob(photo.data), (letter) => letter.charCodeAt(0));
    body.append("photos", new Blob([bytes], { type: photo.type }), `${at + 1}.jpg`);
  }
  return body;
}

// What came of one: "taken", "refused" (with problems), "signed-out", "other"; "later" where the site is out of reach,
// "stuck" where it alone did not get through: too large for the signal or for whatever stands before the site, or the
// site failed at it.
async function deliver(record) {
  let answer;
  try {
    answer = await fetch(record.url, {
      method: "POST",
      body: bodyOf(record),
      redirect: "manual",
      headers: { Accept: "application/json", "X-CSRFToken": token() },
      signal: AbortSignal.timeout?.(PATIENCE),
    });
  } catch (error) {
    return { what: error.name === "TimeoutError" ? "stuck" : "later" };
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) return { what: "signed-out" };
  if (answer.status >= 500 || answer.status === 429) return { what: answer.status === 500 ? "stuck" : "later" };
  const said = await answer.json().catch(() => null);
  if (!said) return { what: answer.status === 403 ? "signed-out" : answer.status >= 400 ? "stuck" : "later" };
  if (answer.ok) return { what: "taken", said };
  return answer.status === 409 ? { what: "other" } : { what: "refused", said };
}

// Sends everything of `who` that waits, oldest first; gives what came of each, and stops where the network does.
export async function send(who) {
  const work = async () => {
    const done = [];
    let stuck = 0;
    for (const { key, state } of await device.recordsOf(who)) {
      if (state !== "waiting") continue;
      const record = await device.recordOf(who, key);
      if (!record) continue;
      const { what, said } = await deliver(record);
      done.push({ key, url: record.url, what, said });
      if (what === "taken") {
        await device.dropRecord(key);
        await device.dropPage(who, record.url); // the copy shows the line as it was before
        await device.mark(`sent ${who}`, Date.now());
      } else if (what === "refused") {
        await device.keepRecord(who, { ...record, state: "refused", problems: said.problems });
      } else if (what !== "stuck" || ++stuck > 1) break; // one that is stuck holds up nobody behind it
    }
    return done;
  };
  const done = await (navigator.locks ? navigator.locks.request("yice-send", work) : work());
  document.dispatchEvent(new CustomEvent("yice:sent", { detail: done }));
  return done;
}

export async function waiting(who) {
  return (await device.recordsOf(who)).filter(({ state }) => state !== "draft").length;
}
