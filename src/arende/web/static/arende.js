// Conveniences. Every page works without this file, and nothing is decided here.

const main = document.getElementById("main");

// ---------------------------------------------------------------- forms

// One press is one: a form that is on its way is not sent a second time.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});

// What is being written outlives a slip of the mouse: kept in this tab until the form has been taken.
const written = (form) => `written ${new URL(form.action).pathname}`;
const texts = (form) => [...form.elements].filter((e) => e.name && e.matches("textarea, input[type=text], input[type=date], select"));
for (const form of document.querySelectorAll("form[data-form]")) {
  const kept = JSON.parse(sessionStorage.getItem(written(form)) ?? "{}");
  const fresh = !document.querySelector(".ds-error-summary");
  for (const field of texts(form)) {
    if (fresh && kept[field.name] && (field.value === "" || field.tagName === "SELECT")) field.value = kept[field.name];
  }
  form.addEventListener("input", () => {
    const values = Object.fromEntries(texts(form).map((e) => [e.name, e.value]));
    sessionStorage.setItem(written(form), JSON.stringify(values));
  });
}
if (document.querySelector("[data-taken]")) {
  const path = document.querySelector("[data-taken]").dataset.taken;
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(`written ${path}`)) sessionStorage.removeItem(key);
}

// ---------------------------------------------------------------- what changes while one looks

const EVERY = 1500; // milliseconds; a tab in the background asks nothing
let known = main?.dataset.version;

const isBusy = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select, button");

async function freshen() {
  const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok || answer.redirected) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  let changed = false;
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const now = page.getElementById(part.id);
    if (!now || now.innerHTML === part.innerHTML) continue;
    if (isBusy(part)) return false;
    const open = [...part.querySelectorAll("details")].map((d) => d.open);
    const ticked = new Set([...part.querySelectorAll("input:checked")].map((i) => i.value));
    part.innerHTML = now.innerHTML;
    [...part.querySelectorAll("details")].forEach((d, n) => (d.open = open[n] ?? d.open));
    for (const box of part.querySelectorAll("input[type=checkbox]")) box.checked = ticked.has(box.value);
    changed = true;
  }
  if (changed) document.getElementById("told").textContent = main.dataset.told;
  return true;
}

async function look() {
  let pause = EVERY;
  try {
    if (!document.hidden) {
      const answer = await fetch(main.dataset.live, { cache: "no-store", headers: { "If-None-Match": `"${known}"` } });
      if (answer.status === 200) {
        const now = (await answer.json()).version;
        if (now === known || (await freshen())) known = now;
      } else if (answer.status !== 304) pause = 30000;
    }
  } catch {
    pause = 10000; // the network or the server is away; the page stands as it is
  }
  setTimeout(look, pause);
}
if (main?.dataset.live) setTimeout(look, EVERY);

// ---------------------------------------------------------------- keys

const KEYS = "arende keys";
const dialog = document.getElementById("keys");
const rows = () => [...document.querySelectorAll("[data-row]")];

function step(by) {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  all[Math.min(Math.max(at + by, 0), all.length - 1)]?.querySelector("a")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(KEYS) === "off") return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  const search = document.querySelector("input[type=search]");
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "/" && search) search.focus();
  else if (event.key === "?" && dialog) dialog.showModal();
  else return;
  event.preventDefault();
});
if (dialog) {
  const off = dialog.querySelector("input");
  off.checked = localStorage.getItem(KEYS) !== "off";
  off.addEventListener("change", () => localStorage.setItem(KEYS, off.checked ? "on" : "off"));
  const opener = document.getElementById("keys-open");
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
}
