// On every page: what waits is sent; what a device keeps is wiped as soon as somebody else, or nobody, is signed in.
import * as device from "./device.js";
import { send, waiting } from "./queue.js";

const root = document.documentElement;
const who = root.dataset.who;

async function attend() {
  if (!device.able || who === undefined || !device.owner()) return;
  if (device.owner() !== who) return device.leave(device.owner());
  const form = document.querySelector("form[data-unsent]");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    let left = await waiting(who).catch(() => 0);
    if (left) {
      await send(who);
      left = await waiting(who);
    }
    if (left && !window.confirm(form.dataset.unsent.replace("{n}", left))) return;
    await device.leave(who);
    form.submit();
  });
}
const attended = attend().catch(() => {});
window.yiceDevice = attended; // visits.js begins after it, but not after what waits is sent: on a weak signal that takes long
attended.then(() => device.able && who && device.owner() === who && send(who)).catch(() => {});
