"use strict";
// What all demonstrations share. Each is a form: its fields are its state, which the address keeps
// where it differs from the form's own, and which the form's reset restores.
const demonstrations = (() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("demonstration-data").textContent);
  const started = new Map();

  // The address changes once the reader pauses: browsers allow few changes a second.
  const kept = new Map();
  let writing = null;
  function write() {
    const url = new URL(location.href);
    for (const [key, value] of kept) {
      if (value === null) url.searchParams.delete(key);
      else url.searchParams.set(key, value);
    }
    kept.clear();
    history.replaceState(history.state, "", url);
  }

  class Demonstration {
    constructor(form) {
      this.form = form;
      this.name = form.dataset.demonstration;
      this.data = data[this.name] ?? {};
      this.fields = [...form.elements].filter((element) => element.name);
      const asked = new URLSearchParams(location.search);
      for (const field of this.fields) {
        const value = asked.get(this.key(field));
        if (value !== null) this.put(field, value);
      }
      form.addEventListener("submit", (event) => event.preventDefault());
      form.addEventListener("input", ({ target }) => target.name && this.changed(target.name));
      form.addEventListener("reset", () => setTimeout(() => this.changed("")));
    }

    key(field) {
      return `${this.name}-${field.name}`;
    }

    // A value that a field does not take, as a seed of letters, leaves the field as it is.
    put(field, value) {
      if (["number", "range"].includes(field.type) && !/^-?[\d.]+(e-?\d+)?$/.test(value)) return;
      const before = field.value;
      field.value = value;
      const refused = field.tagName === "SELECT" ? field.selectedIndex < 0
        : String(field.value) !== String(value) || !field.checkValidity();
      if (refused) field.value = before;
    }

    field(name) {
      return this.fields.find((field) => field.name === name);
    }

    // A field's value; a number where the field takes numbers.
    get(name) {
      const field = this.field(name);
      return ["number", "range"].includes(field.type) ? field.valueAsNumber : field.value;
    }

    set(values) {
      for (const [name, value] of Object.entries(values)) this.put(this.field(name), value);
      this.changed("");
    }

    // The first field whose value cannot be used, and what it takes.
    get refusal() {
      for (const field of this.fields) {
        const wrong = !field.checkValidity();
        field.setAttribute("aria-invalid", wrong);
        if (wrong) return said("demonstrations", "range", field.min, field.max, field.value);
      }
      return "";
    }

    changed(name) {
      for (const field of this.fields) {
        const options = field.tagName === "SELECT" ? [...field.options] : [];
        const start = options.length
          ? (options.find((option) => option.defaultSelected) ?? options[0]).value
          : field.defaultValue;
        kept.set(this.key(field), field.value === start ? null : field.value);
      }
      clearTimeout(writing);
      writing = setTimeout(write, 400);
      this.moved?.(name);
    }

    pick(name) {
      return this.form.querySelector(`.${name}`);
    }

    word(key, ...values) {
      return said(this.name, key, ...values);
    }
  }

  // A text of the page in its language, with {0}, {1} … replaced.
  function said(section, key, ...values) {
    const text = data.words[root.lang][section][key];
    return values.reduce((line, value, i) => line.replaceAll(`{${i}}`, value), text);
  }

  const functionName = (name) => data.functions[name]?.[root.lang] ?? name;
  const colourOf = (name) => {
    const colour = data.functions[name]?.colour ?? "#0072B2";
    return colour === "#000000" ? "currentColor" : colour;
  };

  const makers = new Map();
  // Says how a demonstration works: `start` is given it, and gives what draws it anew.
  const add = (name, start) => makers.set(name, start);

  function begin(form) {
    if (started.has(form.dataset.demonstration)) return started.get(form.dataset.demonstration);
    const demonstration = new Demonstration(form);
    started.set(demonstration.name, demonstration);
    demonstration.draw = makers.get(demonstration.name)(demonstration);
    demonstration.draw();
    let width = form.clientWidth;
    new ResizeObserver(() => {
      if (form.clientWidth !== width) demonstration.draw();
      width = form.clientWidth;
    }).observe(form);
    return demonstration;
  }
  const named = (name) => begin(document.querySelector(`[data-demonstration="${name}"]`));

  // Leads to another demonstration, which then shows these values.
  function go(name, values) {
    const other = named(name);
    other.set(values);
    other.form.scrollIntoView();
    other.form.querySelector("select").focus({ preventScroll: true });
  }

  // Each starts when it comes near, so that the top of the page is there at once.
  function watch() {
    const near = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        begin(target);
      }
    }, { rootMargin: "300px" });
    document.querySelectorAll("[data-demonstration]").forEach((form) => near.observe(form));
    const again = () => started.forEach((demonstration) => demonstration.draw());
    new MutationObserver(again).observe(root, { attributeFilter: ["lang", "data-theme"] });
  }

  const three = (value) => (Number.isFinite(value)
    ? String(Number(value.toPrecision(3))).replace("-", "−") : Number.isNaN(value) ? "NaN"
      : value < 0 ? "−∞" : "∞");

  return { add, colourOf, data, functionName, go, said, three, watch };
})();
