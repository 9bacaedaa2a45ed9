// The work list: the row whose preview is shown is marked. Works without it; no eval, no markup from strings.
(() => {
  "use strict";
  document.addEventListener("htmx:beforeRequest", (event) => {
    const row = event.target.closest("tr[data-preview]");
    if (!row) return;
    document.querySelectorAll("tr[data-preview][aria-current]").forEach((el) => el.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
  });
})();
// Choosing rows: the head's box chooses all, x the row one stands on.
(() => {
  "use strict";
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-pick-all]")) return;
    document.querySelectorAll("[data-pick]").forEach((box) => { box.checked = event.target.checked; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const row = event.target.closest("tr[data-preview]") || document.querySelector("tr[data-preview][aria-current]");
    const box = row && row.querySelector("[data-pick]");
    if (!box) return;
    box.checked = !box.checked;
    event.preventDefault();
  });
})();
// The call: an answer of the guide, or a key, chooses the outcome; nothing is typed twice. Only the fields
// that the outcome asks for are shown.
(() => {
  "use strict";
  const call = document.querySelector("#composer form:has([name=call-outcome])");
  const outcome = call && call.querySelector("[name=call-outcome]");
  const shown = () => call && call.querySelectorAll("[data-when]").forEach((part) => { part.hidden = part.dataset.when !== outcome.value; });
  const NEXT = { promised: "[name=call-promised_on]", call_back: "[name=call-back_on]", disputes: "[name=call-disputed]" };
  const choose = (code, note, reason) => {
    if (!outcome) return false;
    call.closest("details").open = true;
    outcome.value = code;
    shown();
    const text = call.querySelector("[name=call-note]");
    if (note && text && !text.value) text.value = note;
    const why = call.querySelector("[name=call-reason]");
    if (reason && why) why.value = reason;
    (call.querySelector(NEXT[code] || "[name=call-note]") || outcome).focus();
    return true;
  };
  document.addEventListener("change", (event) => { if (event.target === outcome) shown(); });
  document.addEventListener("click", (event) => {
    const answer = event.target.closest("[data-outcome]");
    if (answer) { choose(answer.dataset.outcome, answer.dataset.note, answer.dataset.reason); return; }
    const short = event.target.closest("[data-choose]");
    if (short && choose(short.dataset.choose, "", "")) event.preventDefault();
  });
  shown();
  const asked = new URLSearchParams(window.location.search);
  if (asked.get("outcome")) choose(asked.get("outcome"), "", "");
  // Opening a form by its key leads to its first field; so does coming here with one open.
  const enter = (part) => {
    const first = part.querySelector("select, textarea, input:not([type=hidden])");
    if (first && !part.contains(document.activeElement.closest("form"))) first.focus();
  };
  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.matches("#composer > details")) enter(event.target);
  }, true);
  // Its key on an open form leads back into it; it does not shut it.
  document.addEventListener("click", (event) => {
    const summary = event.target.closest("#composer > details[open] > summary");
    if (!summary || event.detail || document.activeElement === summary) return;
    event.preventDefault();
    enter(summary.parentElement);
  });
  const open = document.querySelector("#composer > details[open]");
  if (open && !asked.get("outcome") && !document.querySelector("[data-error-summary]")) enter(open);
  // Ctrl-Enter sends the form one is in.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest("form");
    if (form) { event.preventDefault(); form.requestSubmit(); }
  });
  // A visit: the telephone says where it is when the agent asks it to.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-where-ask]");
    if (!button || !navigator.geolocation) return;
    const form = button.closest("form");
    const said = form.querySelector("[data-where-said]");
    navigator.geolocation.getCurrentPosition((found) => {
      form.querySelector("[data-latitude]").value = found.coords.latitude.toFixed(6);
      form.querySelector("[data-longitude]").value = found.coords.longitude.toFixed(6);
      form.querySelector("[data-accuracy]").value = Math.round(found.coords.accuracy);
      said.textContent = button.dataset.kept;
    }, () => { said.textContent = button.dataset.refused; }, { enableHighAccuracy: true, timeout: 15000 });
  });
})();
