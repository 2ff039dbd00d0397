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

// What is being written is kept on the server, for the one who writes it, where the form has drafts …
const PAUSE = 1200; // milliseconds after the last key
const written = (form) => `written ${new URL(form.action).pathname}`;
const texts = (form) => [...form.elements].filter((e) => e.name && e.matches("textarea, input[type=text], input[type=date], select"));
const putAside = (form) => sessionStorage.setItem(written(form), JSON.stringify(Object.fromEntries(texts(form).map((e) => [e.name, e.value]))));
for (const form of document.querySelectorAll("form[data-draft]")) {
  const told = form.querySelector("[data-kept]");
  let waiting, sending;
  const keep = async (last = false) => {
    clearTimeout(waiting);
    waiting = undefined;
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    body.set("_place", form.dataset.draft);
    sending?.abort();
    const mine = (sending = new AbortController());
    const signal = last ? undefined : mine.signal;
    try {
      const answer = await fetch("/drafts", { method: "POST", body, credentials: "same-origin", keepalive: last, signal });
      told.textContent = answer.ok ? told.dataset.kept : told.dataset.lost;
      told.hidden = false;
      if (!last) sessionStorage.removeItem(written(form));
    } catch {
      // the network is away, or the form itself is: the next key tries again
    } finally {
      if (sending === mine) sending = undefined;
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    waiting = undefined;
    sending?.abort();
    sending = undefined;
  });
  // Who leaves in the middle of a word may be back before the server has it: this tab knows it too, until then.
  window.addEventListener("pagehide", () => {
    if (!waiting && !sending) return;
    putAside(form);
    keep(true);
  });
  const aside = sessionStorage.getItem(written(form));
  if (aside && !document.querySelector(".ds-error-summary")) {
    const values = JSON.parse(aside);
    for (const field of texts(form)) field.value = values[field.name] ?? field.value;
    keep();
  }
}

// … and elsewhere outlives a slip of the mouse: kept in this tab until the form has been taken.
for (const form of document.querySelectorAll("form[data-form]:not([data-draft])")) {
  const kept = JSON.parse(sessionStorage.getItem(written(form)) ?? "{}");
  const fresh = !document.querySelector(".ds-error-summary");
  for (const field of texts(form)) {
    if (fresh && kept[field.name] && (field.value === "" || field.tagName === "SELECT")) field.value = kept[field.name];
  }
  form.addEventListener("input", () => putAside(form));
}
if (document.querySelector("[data-taken]")) {
  const path = document.querySelector("[data-taken]").dataset.taken;
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(`written ${path}`)) sessionStorage.removeItem(key);
}

// ---------------------------------------------------------------- what changes while one looks

const EVERY = 1500; // milliseconds; a tab in the background asks nothing
let known = main?.dataset.version;

// What somebody has ticked, chosen or written in a part outlives it: by name, and for boxes by value.
const touched = new Map();
const mark = (e) => (e.type === "checkbox" ? `${e.name} ${e.value}` : e.name);
const controls = (part) => [...part.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((e) => e.name);
document.addEventListener("input", ({ target: e }) => {
  if (e.name && e.closest("[data-fresh]")) touched.set(mark(e), e.type === "checkbox" ? e.checked : e.value);
});
const bare = (part) => part.innerHTML.replace(/ (checked|selected)=""/g, ""); // what is ticked is the reader's own
function restore(part) {
  for (const e of controls(part)) {
    if (!touched.has(mark(e))) continue;
    const was = touched.get(mark(e));
    if (e.type === "checkbox") e.checked = was;
    else if (e.type === "radio") e.checked = e.value === was;
    else if (e.tagName !== "SELECT" || [...e.options].some((o) => o.value === was)) e.value = was;
  }
}

const isBusy = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select, button");

async function freshen() {
  const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok || answer.redirected) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  let changed = false;
  let held = false; // back: what somebody is at work in waits, and "last", which says what all the others are made from
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const now = page.getElementById(part.id);
    if (!now || bare(now) === bare(part)) continue;
    if (isBusy(part) || (held && part.dataset.fresh === "last")) {
      held = true;
      continue;
    }
    const open = [...part.querySelectorAll("details")].map((d) => d.open);
    part.innerHTML = now.innerHTML;
    [...part.querySelectorAll("details")].forEach((d, n) => (d.open = open[n] ?? d.open));
    restore(part);
    changed = true;
  }
  if (changed) document.getElementById("told").textContent = main.dataset.told;
  return !held;
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

// A person's own choice, or this browser's where nobody is signed in.
const areOn = () => (document.body.dataset.shortcuts ?? localStorage.getItem(KEYS)) !== "off";

document.addEventListener("keydown", (event) => {
  if (!areOn()) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    if (openPalette()) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  const search = document.querySelector("input[type=search]");
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "?" && dialog) dialog.showModal();
  else if (event.key === "/" && search) search.focus();
  else if (event.key !== "/" || !openPalette()) return;
  event.preventDefault();
});
if (dialog) {
  const off = dialog.querySelector("input");
  if (off) {
    off.checked = areOn();
    off.addEventListener("change", () => localStorage.setItem(KEYS, off.checked ? "on" : "off"));
  }
  const opener = document.getElementById("keys-open");
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
}

// ---------------------------------------------------------------- where to go, over any page

const palette = document.getElementById("palette");
const going = document.getElementById("go"); // leads to the same list as a page
const asked = document.getElementById("palette-words");
const list = document.getElementById("palette-list");
let places; // a promise of [{group, words, under, href}], asked for whenever the palette is opened

function openPalette() {
  if (!palette || !going || document.querySelector("dialog[open]")) return false;
  asked.value = "";
  palette.showModal();
  asked.focus();
  places = gather();
  offer();
  return true;
}

async function gather() {
  const answer = await fetch(going.href, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new Error("no list");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [...page.querySelectorAll("[data-places]")].flatMap((section) =>
    [...section.querySelectorAll("li")].map((item) => ({
      group: section.querySelector("h2").textContent,
      words: item.querySelector("a").textContent,
      under: item.querySelector(".under")?.textContent ?? "",
      href: item.querySelector("a").getAttribute("href"),
    })),
  );
}

async function offer() {
  let all;
  try {
    all = await places;
  } catch {
    location.href = going.href; // the page itself says what is wrong
    return;
  }
  const typed = asked.value.trim();
  const words = typed.toLowerCase().split(/\s+/);
  const found = all.filter((p) => words.every((w) => `${p.group} ${p.words} ${p.under}`.toLowerCase().includes(w)));
  const count = found.length;
  if (typed) {
    const address = new URL(palette.dataset.register, location.href);
    address.searchParams.set("q", typed);
    found.push({ group: "", words: palette.dataset.search.replace("%", () => typed), under: "", href: address.href });
  }
  list.replaceChildren(...grouped(found));
  asked.setAttribute("aria-expanded", String(found.length > 0));
  document.getElementById("palette-told").textContent = count ? palette.dataset.count.replace("%", count) : palette.dataset.none;
  choose(list.querySelector("[role=option]"));
}

function grouped(found) {
  const made = (tag, name, text) => Object.assign(document.createElement(tag), { className: name, textContent: text });
  return [...new Set(found.map((p) => p.group))].map((group, g) => {
    const part = made("div", "", "");
    if (group) {
      const title = made("p", "group", group);
      title.id = `palette-group-${g}`;
      part.setAttribute("role", "group");
      part.setAttribute("aria-labelledby", title.id);
      title.setAttribute("role", "presentation");
      part.append(title);
    } else part.setAttribute("role", "presentation");
    for (const place of found.filter((p) => p.group === group)) {
      const option = made("div", "", "");
      option.id = `palette-${g}-${part.childElementCount}`;
      option.setAttribute("role", "option");
      option.dataset.href = place.href;
      option.append(made("span", "", place.words), ...(place.under ? [made("span", "under", place.under)] : []));
      part.append(option);
    }
    return part;
  });
}

function choose(option) {
  for (const other of list.querySelectorAll("[role=option]")) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    asked.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else asked.removeAttribute("aria-activedescendant");
}

if (palette && going) {
  const chosen = () => list.querySelector("[aria-selected=true]");
  const onto = (option) => option && location.assign(option.dataset.href);
  if (!areOn()) going.removeAttribute("aria-keyshortcuts");
  going.addEventListener("click", (event) => {
    if (!(event.ctrlKey || event.metaKey || event.shiftKey) && openPalette()) event.preventDefault();
  });
  asked.addEventListener("input", offer);
  asked.addEventListener("keydown", (event) => {
    const all = [...list.querySelectorAll("[role=option]")];
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all[(at - 1 + all.length) % all.length]);
    else if (event.key === "Enter") onto(chosen());
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // what is typed in keeps the focus
  list.addEventListener("click", (event) => onto(event.target.closest("[role=option]")));
}
