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
  await send(who);
}
window.yiceDevice = attend().catch(() => {}); // visits.js begins after it
