// What every page may use; each page works before this arrives.
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { PasswordInput } from "govuk-frontend/dist/govuk/components/password-input/password-input.mjs";
import "./leave.js";

const KINDS = {
  "govuk-error-summary": ErrorSummary,
  "govuk-character-count": CharacterCount,
  "govuk-password-input": PasswordInput, // shows what is typed; spelling help and the form's sending hide it again
};

function start(scope) {
  for (const [name, Kind] of Object.entries(KINDS)) {
    const found = [...scope.querySelectorAll(`[data-module="${name}"]`)];
    if (scope.matches && scope.matches(`[data-module="${name}"]`)) found.push(scope);
    for (const node of found) {
      if (!node.hasAttribute(`data-${name}-init`)) new Kind(node);
    }
  }
}

document.body.classList.add("js-enabled", "govuk-frontend-supported");
start(document);
document.addEventListener("htmx:after:swap", () => start(document));

// A print button has nothing to do without a script, so it is hidden until this runs.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Pressing the button twice must not send a form twice; a form whose answer is a file may be sent again later.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 5000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A table that fits needs no stop for the keyboard; one that scrolls does.
const tables = [...document.querySelectorAll(".y-table[tabindex]")];
if (tables.length && window.ResizeObserver) {
  const fit = new ResizeObserver((seen) => {
    for (const { target } of seen) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
  });
  tables.forEach((table) => fit.observe(table));
}

// Filters are folded away where there is no room beside the work; without a script they stand open above it.
const narrow = window.matchMedia("(max-width: 59.99em)");
const fold = () => {
  for (const node of document.querySelectorAll("details[data-fold]")) node.open = !narrow.matches;
};
fold();
narrow.addEventListener("change", fold);

// Where a page offers keys for its buttons (`data-keys`), a key presses the one it stands on, unless somebody types.
const keys = document.querySelector("[data-keys]");
if (keys) {
  document.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    if (!plain || event.target.closest("input, select, textarea, summary, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    const wanted = [...keys.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key);
    if (wanted) {
      event.preventDefault();
      wanted.click();
    }
  });
}

// Passkeys: the browser is asked with what the site says, and its answer goes back in the form.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const letters = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function opened({ publicKey: asked }) {
  const known = (list) => list && list.map((one) => ({ ...one, id: bytes(one.id) }));
  return {
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      ...(asked.user && { user: { ...asked.user, id: bytes(asked.user.id) } }),
      ...(asked.allowCredentials && { allowCredentials: known(asked.allowCredentials) }),
      ...(asked.excludeCredentials && { excludeCredentials: known(asked.excludeCredentials) }),
    },
  };
}

function closed(made) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = letters(made.response[name]);
  }
  return JSON.stringify({ id: made.id, rawId: letters(made.rawId), type: made.type, response });
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (form.elements.answer.value) return;
      event.preventDefault();
      event.stopPropagation();
      const wrong = form.querySelector("[role=alert]");
      wrong.hidden = true;
      try {
        const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
        const said = await fetch(form.dataset.options, { method: "POST", body });
        const made = await navigator.credentials[form.dataset.passkey](opened(await said.json()));
        form.elements.answer.value = closed(made);
        form.submit();
      } catch {
        wrong.hidden = false;
      }
    });
  }
}

// Two minutes before the sign-in runs out because nobody did anything, say so and let it be extended in place.
const ending = document.querySelector("[data-ends]");
if (ending) {
  let ends = Date.now() + Number(ending.dataset.ends) * 1000;
  setInterval(() => (ending.hidden = ends - Date.now() > 120000), 10000);
  ending.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const form = event.target;
    const done = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!done.redirected || !done.ok) return form.submit();
    ends = Date.now() + Number(ending.dataset.ends) * 1000;
    ending.hidden = true;
  });
}
