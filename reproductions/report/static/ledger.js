"use strict";
// The ledger: searching it, the state in the address, and the ways to a row and from it.
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const fields = { search: one("#search"), document: one("#document"), topic: one("#topic") };
  const buttons = all(".verdicts button");
  const rows = all("#claims-table tbody").map((body) => ({
    body, ...body.dataset,
    details: one("details", body),
    where: one(".where", body),
    parts: all("dt", body).map((label) => ({ label, element: label.nextElementSibling })),
  }));
  const foundIn = one("#found-in");
  const copied = (element) => [...element.childNodes].map((node) => node.cloneNode(true));
  let verdict = "";

  // What a reader of the chosen language sees of an element.
  function shown(element) {
    const copy = element.cloneNode(true);
    all(`.t:not([lang="${root.lang}"])`, copy).forEach((other) => other.remove());
    return copy.textContent.toLowerCase();
  }
  function read() {
    for (const row of rows) {
      row.brief = shown(one(".brief", row.body));
      for (const part of row.parts) part.text = shown(part.element);
      row.text = [row.brief, ...row.parts.map((part) => part.text)].join("\n");
    }
  }

  // A row stays if it has the verdict, the document, the topic, and every word. Where it has a word
  // only among what opens below it, the row says where.
  function filter() {
    const words = fields.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = { document: fields.document.value, topic: fields.topic.value, verdict };
    let count = 0;
    for (const row of rows) {
      const stays = Object.entries(wanted).every(([key, value]) => !value || row[key] === value)
        && words.every((word) => row.text.includes(word));
      row.body.hidden = !stays;
      count += stays;
      const below = words.filter((word) => !row.brief.includes(word));
      const places = row.parts.filter((part) => below.some((word) => part.text.includes(word)));
      row.where.hidden = places.length === 0;
      row.where.replaceChildren(...places.flatMap((part, i) => (
        [i ? ", " : copied(foundIn), copied(part.label)].flat())));
    }
    one("#shown").textContent = count;
    one("#empty").hidden = count > 0;
    for (const button of buttons) {
      button.setAttribute("aria-pressed", button.dataset.verdict === verdict);
    }
  }

  // The address holds what is chosen, once the reader pauses: browsers allow few changes a second.
  const key = (name) => `ledger-${name}`;
  let writing = null;
  function write() {
    const url = new URL(location.href);
    const values = { verdict };
    for (const [name, field] of Object.entries(fields)) values[name] = field.value.trim();
    for (const [name, value] of Object.entries(values)) {
      if (value) url.searchParams.set(key(name), value);
      else url.searchParams.delete(key(name));
    }
    history.replaceState(history.state, "", url);
  }
  function changed() {
    filter();
    clearTimeout(writing);
    writing = setTimeout(write, 400);
  }
  // What the address asks for; a value that there is none of is left out.
  function restore() {
    const asked = new URLSearchParams(location.search);
    for (const [name, field] of Object.entries(fields)) {
      field.value = asked.get(key(name)) ?? "";
      if (field.selectedIndex === -1) field.value = "";
    }
    const value = asked.get(key("verdict"));
    verdict = buttons.some((button) => button.dataset.verdict === value) ? value : "";
  }
  function reset() {
    for (const field of Object.values(fields)) field.value = "";
    verdict = "";
    changed();
  }

  Object.values(fields).forEach((field) => field.addEventListener("input", changed));
  for (const button of buttons) {
    button.addEventListener("click", () => {
      verdict = button.dataset.verdict === verdict ? "" : button.dataset.verdict;
      changed();
    });
  }
  one("#reset").addEventListener("click", reset);
  new MutationObserver(() => { read(); filter(); }).observe(root, { attributeFilter: ["lang"] });

  // Whatever is closed around a place that one goes to is opened before, so that it can be seen; not
  // every browser does that itself.
  function open(hash) {
    const place = document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!place) return null;
    const row = rows.find(({ body }) => body === place);
    if (row?.body.hidden) reset();
    const fold = row ? row.details : one(":scope > .fold", place);
    if (fold) fold.open = true;
    for (let box = place.closest("details"); box; box = box.parentElement.closest("details")) {
      box.open = true;
    }
    return place;
  }
  document.addEventListener("click", ({ target }) => {
    const link = target.closest('a[href^="#"]');
    if (link) open(link.hash);
  });
  addEventListener("hashchange", () => open(location.hash));

  // Paper has nothing to open: the experiments are printed whole.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all(".fold:not([open])");
    for (const fold of opened) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
  });

  restore();
  read();
  filter();
  if (location.hash) open(location.hash)?.scrollIntoView({ behavior: "instant" });
})();
