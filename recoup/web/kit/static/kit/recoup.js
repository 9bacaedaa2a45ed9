// The kit's behaviour: theme, menus, shortcuts, search, drop zone, copy, undo toast, live badge.
// Every page works without it. No eval, no inline handlers, no markup from strings.
(() => {
  "use strict";
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (el) => el.closest("input, textarea, select, [contenteditable]");

  // Theme: <button data-theme-choice="light|dark|system">
  const showTheme = () => {
    const now = window.recoupTheme.chosen() || "system";
    $$("[data-theme-choice]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.themeChoice === now)));
  };
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-theme-choice]");
    if (!choice) return;
    window.recoupTheme.choose(choice.dataset.themeChoice);
    showTheme();
  });

  // <select data-own-zone>: the browser's own time zone, unless the form has come back with another.
  $$("select[data-own-zone]").forEach((select) => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const back = document.querySelector("[data-error-summary]");
    if (!back && [...select.options].some((option) => option.value === own)) select.value = own;
  });

  // Menus and Why panels are <details>: one open at a time, Escape and a click outside close them.
  const floating = "details.why[open], details.k-menu[open]";
  const closeAll = (except) => $$(floating).forEach((d) => { if (!except || !d.contains(except)) d.open = false; });
  document.addEventListener("click", (event) => closeAll(event.target));
  // A Why panel floats beside its word, out of tables that scroll; on a phone the style sheet makes it a sheet.
  const place = (why) => {
    const word = why.querySelector("summary").getBoundingClientRect();
    const box = why.querySelector(".why-panel");
    const { clientWidth: wide, clientHeight: high } = document.documentElement;
    const below = high - word.bottom - 16;
    box.style.maxHeight = "";
    const tall = box.offsetHeight;
    const above = tall > below && word.top > below;
    box.style.maxHeight = `${Math.max(160, above ? word.top - 16 : below)}px`;
    box.style.left = `${Math.max(16, Math.min(word.left, wide - box.offsetWidth - 16))}px`;
    box.style.top = `${above ? Math.max(8, word.top - Math.min(tall, word.top - 16) - 6) : word.bottom + 6}px`;
  };
  const placeOpen = () => $$("details.why[open]").forEach(place);
  document.addEventListener("toggle", (event) => { if (event.target.open && event.target.matches("details.why")) place(event.target); }, true);
  document.addEventListener("scroll", placeOpen, { capture: true, passive: true });
  window.addEventListener("resize", placeOpen);
  let openBeforePrint = [];
  window.addEventListener("beforeprint", () => { openBeforePrint = $$("details:not([open])"); openBeforePrint.forEach((d) => { d.open = true; }); });
  window.addEventListener("afterprint", () => openBeforePrint.forEach((d) => { d.open = false; }));

  // Shortcuts: data-key="n" on a link, button or field; "g c" is one key after another. Never while typing.
  // On a table or list: data-rows makes j and k walk its rows' first link; Enter is the link's own.
  let before = "";
  const strike = (key) => {
    const wanted = [`${before} ${key}`.trim(), key];
    before = key;
    window.setTimeout(() => { before = ""; }, 900);
    for (const name of wanted) {
      const target = $$("[data-key]").find((el) => el.dataset.key === name && el.offsetParent !== null);
      if (!target) continue;
      if (target.matches("input, textarea, select")) target.focus(); else target.click();
      return true;
    }
    return false;
  };
  const walk = (step) => {
    const links = $$("[data-rows] [data-row]");
    if (!links.length) return false;
    const at = links.indexOf(document.activeElement);
    const next = links[Math.min(links.length - 1, Math.max(0, at + step))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  };
  // ? lists every key that does something on this page, by the words of what it does.
  const showKeys = () => {
    const box = document.querySelector("dialog#keys");
    const list = box && box.querySelector("[data-keys-list]");
    if (!list) return false;
    list.querySelectorAll("[data-found]").forEach((el) => el.remove());
    $$("[data-key]").filter((el) => el.offsetParent !== null).forEach((el) => {
      const key = document.createElement("dt");
      const what = document.createElement("dd");
      const name = el.getAttribute("aria-label") || (el.labels && el.labels[0] && el.labels[0].textContent) || el.textContent;
      key.dataset.found = what.dataset.found = "";
      key.append(...el.dataset.key.split(" ").map((part) => { const k = document.createElement("kbd"); k.textContent = part; return k; }));
      what.textContent = name.replace(el.dataset.key, "").trim();
      list.append(key, what);
    });
    box.showModal();
    return true;
  };
  document.addEventListener("click", (event) => { const shut = event.target.closest("[data-keys-close]"); if (shut) shut.closest("dialog").close(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = event.target.closest(floating) || document.querySelector(floating);
      if (open) { open.open = false; open.querySelector("summary").focus(); }
      else if (typing(event.target)) event.target.blur(); // out of the field: the keys count again
      return;
    }
    const search = document.querySelector("[data-search]");
    if (search && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      search.focus(); search.select();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (search && event.key === "/") { event.preventDefault(); search.focus(); return; }
    if (event.key === "?" && showKeys()) { event.preventDefault(); return; }
    const done = event.key === "j" ? walk(1) || strike("j") : event.key === "k" ? walk(-1) : strike(event.key);
    if (done) event.preventDefault();
  });

  // Drop zone: <div class="k-drop" data-drop><input type="file">…<ul data-drop-list></div>
  const size = (bytes) => new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: bytes < 1e6 ? "kilobyte" : "megabyte", maximumFractionDigits: 1 }).format(bytes / (bytes < 1e6 ? 1e3 : 1e6));
  const listFiles = (zone) => {
    const list = zone.querySelector("[data-drop-list]");
    if (!list) return;
    list.replaceChildren(...[...zone.querySelector('input[type="file"]').files].map((file) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      const bytes = document.createElement("span");
      name.textContent = file.name;
      bytes.textContent = size(file.size);
      item.append(name, bytes);
      return item;
    }));
  };
  ["dragenter", "dragover", "dragleave", "drop"].forEach((kind) => document.addEventListener(kind, (event) => {
    const zone = event.target.closest && event.target.closest("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    if (kind === "dragenter" || kind === "dragover") zone.dataset.over = ""; else delete zone.dataset.over;
    if (kind !== "drop" || !event.dataTransfer.files.length) return;
    const input = zone.querySelector('input[type="file"]');
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }));
  document.addEventListener("change", (event) => {
    const zone = event.target.closest("[data-drop]");
    if (zone) listFiles(zone);
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  // Copy: <button data-copy="text"> or data-copy-from="#id"; data-copied is the word shown afterwards.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from], [data-print]");
    if (!button) return;
    if ("print" in button.dataset) { window.print(); return; }
    const panel = button.dataset.copyFrom === "panel" ? button.closest(".why-panel") : button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
    await navigator.clipboard.writeText(panel ? panel.innerText : button.dataset.copy);
    const label = button.querySelector("[data-label]") || button;
    const word = label.textContent;
    label.textContent = button.dataset.copied || word;
    window.setTimeout(() => { label.textContent = word; }, 1600);
  });

  // Toasts: gone after data-seconds (10 unless told), never while pointed at or focused.
  const watchToasts = () => $$(".k-toast:not([data-watched])").forEach((toast) => {
    toast.dataset.watched = "";
    let left = Number(toast.dataset.seconds || 10);
    const timer = window.setInterval(() => {
      if (toast.matches(":hover, :focus-within")) return;
      left -= 1;
      if (left > 0) return;
      window.clearInterval(timer);
      toast.remove();
    }, 1000);
  });
  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-dismiss]");
    if (close) close.closest(".k-toast, .k-note").remove();
  });

  // Live badge: <span class="k-live" data-live> follows the page's event stream (htmx's sse extension).
  const live = (state) => $$("[data-live]").forEach((badge) => { badge.dataset.state = state; });
  document.addEventListener("htmx:sseOpen", () => live("on"));
  document.addEventListener("htmx:sseError", () => live("off"));
  document.addEventListener("htmx:sseClose", () => live("off"));

  // A word came and what it tells of could not be fetched (the line broke between the two): asked for again,
  // with growing pauses, and at once when the line is back. Otherwise the page would stay behind.
  const behind = new Map();
  const listens = (elt) => (elt && elt.getAttribute && elt.getAttribute("hx-trigger") || "").includes("sse:timeline");
  const again = (elt) => { if (elt.isConnected && behind.has(elt)) htmx.trigger(elt, "sse:timeline"); };
  const missed = (e) => {
    const elt = e.detail.elt;
    if (!listens(elt) || (e.detail.xhr && e.detail.xhr.status >= 400 && e.detail.xhr.status < 500)) return;
    const times = behind.get(elt) || 0;
    behind.set(elt, times + 1);
    setTimeout(() => again(elt), Math.min(1000 * 2 ** times, 60000));
  };
  ["htmx:sendError", "htmx:responseError", "htmx:timeout"].forEach((name) => document.addEventListener(name, missed));
  document.addEventListener("htmx:afterRequest", (e) => { if (e.detail.successful) behind.delete(e.detail.elt); });
  addEventListener("online", () => [...behind.keys()].forEach(again));
  document.addEventListener("htmx:load", watchToasts);
  document.addEventListener("htmx:afterSwap", watchToasts);

  // A form is sent once: a second press while the first is under way does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.target) return;
    if ("sent" in form.dataset) { event.preventDefault(); return; }
    if (!event.defaultPrevented && !form.hasAttribute("hx-post")) form.dataset.sent = "";
  });
  window.addEventListener("pageshow", () => $$("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));

  // Waiting: nothing for 300 ms; then a bar at the top, the part to be replaced pale, the pressed button busy.
  // What the page fetches by itself (live events) shows nothing, nor does a download: it never leaves the page.
  const FILES = /\/(documents?|files?)\/|\.(pdf|csv|xlsx|xml|zip|json)$/;
  const bar = document.getElementById("progress");
  let waits = 0;
  const wait = (marked) => {
    const timer = window.setTimeout(() => {
      waits += 1;
      bar.hidden = false;
      marked.forEach((el) => { el.dataset.busy = ""; el.setAttribute("aria-busy", "true"); });
    }, 300);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      window.clearTimeout(timer);
      if (!marked.some((el) => "busy" in el.dataset) && bar.hidden) return;
      waits = Math.max(0, waits - 1);
      bar.hidden = waits === 0;
      marked.forEach((el) => { delete el.dataset.busy; el.removeAttribute("aria-busy"); });
    };
  };
  const asked = new Map();
  document.addEventListener("htmx:beforeRequest", (event) => {
    const cause = event.detail.requestConfig.triggeringEvent;
    if (cause && cause.type.startsWith("sse:")) return;
    asked.set(event.detail.xhr, wait([event.detail.target]));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const done = asked.get(event.detail.xhr);
    asked.delete(event.detail.xhr);
    if (done) done();
  });
  let leaving = null;
  const leave = (marked) => { if (leaving) leaving(); leaving = wait(marked); window.setTimeout(leaving, 20000); };
  window.addEventListener("pageshow", () => { if (leaving) leaving(); leaving = null; });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (link.target || link.hasAttribute("download") || FILES.test(link.pathname) || link.origin !== window.location.origin) return;
    if (link.pathname === window.location.pathname && link.search === window.location.search) return;
    leave([]);
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.target || event.target.matches("[hx-get], [hx-post]")) return;
    leave(event.submitter ? [event.submitter] : []);
  });

  // A day in figures is read in two ways: beside it it stands in words, with the weekday and the month's name.
  const inWords = (field) => {
    let said = field.nextElementSibling;
    if (!said || !said.matches("output.k-day")) {
      said = document.createElement("output");
      said.className = "k-day k-hint";
      if (field.id) said.htmlFor = field.id;
      field.after(said);
    }
    const day = field.valueAsDate;
    const form = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
    said.textContent = day ? new Intl.DateTimeFormat(document.documentElement.lang || undefined, form).format(day) : "";
  };
  $$("input[type=date]").forEach(inWords);
  document.addEventListener("input", (event) => { if (event.target.matches("input[type=date]")) inWords(event.target); });

  $$("[hidden][data-needs-js]").forEach((el) => { el.hidden = false; });
  // Navigation and tabs that scroll sideways on a phone show where one is.
  $$(".k-top nav, .k-tabs").forEach((bar) => {
    const here = bar.querySelector("[aria-current]");
    if (here) bar.scrollLeft = here.offsetLeft - bar.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  });
  const bad = document.querySelector("[data-error-summary]");
  if (bad) bad.focus();
  showTheme();
  watchToasts();
})();
