// On every page: what waits is sent; what a device keeps is wiped as soon as somebody else, or nobody, is signed in.
import * as device from "./device.js";
import { send, waiting } from "./queue.js";

const root = document.documentElement;
const who = root.dataset.who;

// Nobody is held inside by a weak signal or a device that fails: the next page wipes what could not be wiped here.
const soon = (work, otherwise) => Promise.race([
  work.catch(() => otherwise),
  new Promise((done) => { setTimeout(done, 4000, otherwise); }),
]);

async function depart(form) {
  let left = await soon(waiting(who), 0);
  if (left) {
    await soon(send(who));
    left = await soon(waiting(who), left);
  }
  if (left && !window.confirm(form.dataset.unsent.replace("{n}", left))) return;
  await soon(device.leave(who));
  form.submit();
}

// Whose pages lie here is asked when somebody leaves: this page may be the first that kept some, or stand since before.
async function attend() {
  if (!device.able || who === undefined) return;
  const form = document.querySelector("form[data-unsent]");
  form?.addEventListener("submit", (event) => {
    if (device.owner() !== who) return;
    event.preventDefault();
    depart(form);
  });
  if (device.owner() && device.owner() !== who) await device.leave(device.owner());
}
const attended = attend().catch(() => {});
window.yiceDevice = attended; // visits.js begins after it, but not after what waits is sent: on a weak signal that takes long
attended.then(() => device.able && who && device.owner() === who && send(who)).catch(() => {});
