"use strict";

/** The digits of base 85, as Python has them, but `,.:` for the three that HTML needs itself. */
const DIGITS =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%,()*+-;.=:?@^_`{|}~";
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));

/** Unpacks what is packed into the page.
 * @param {string} text base 85 of gzip: five digits for each four bytes, fewer for the last ones
 * @returns {Promise<Blob>}
 */
async function unpack(text) {
  const groups = new DataView(new ArrayBuffer(4 * Math.ceil(text.length / 5)));
  for (let i = 0; i < text.length; i += 5) {
    const digits = [...text.slice(i, i + 5).padEnd(5, "~")];
    groups.setUint32((4 * i) / 5, digits.reduce((sum, digit) => 85 * sum + VALUES.get(digit), 0));
  }
  const bytes = new Uint8Array(groups.buffer, 0, Math.floor((4 * text.length) / 5));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).blob();
}

/**
 * The figures of the page. Each drawing is packed into it once; here it is unpacked, and shown in
 * the page's language and colours and for the room that there is: those near the reader first, all
 * others when the browser has nothing else to do, so that the page can be printed whole.
 */
(() => {
  const NARROW = 0.75; // below this share of a figure's own width it is laid out anew
  const TALL = 900; // CSS pixels; of a taller figure a part is shown first
  const MANY = 8; // choices of a figure that has to be laid out anew
  const PHONE = 500; // in a narrower box, too
  const ALL = document.getElementById("all-panels");
  const NEAR = "800px";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const zoom = document.getElementById("zoom");

  /** A figure of the page.
   * @typedef {{image: HTMLImageElement, box: HTMLElement, width: number, height: number,
   *   paper: HTMLImageElement | null, choice: number | null,
   *   chooser: HTMLElement | null}} Figure
   */
  /** @type {Map<HTMLImageElement, Figure>} */
  const figures = new Map();
  const nearby = new Set();
  const texts = new Map(); // promises of the drawings' texts, by the image that holds them

  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const holder = (image) => (image.dataset.of ? document.getElementById(image.dataset.of) : image);

  /** The text of a figure's drawing. */
  function drawing(image) {
    const held = holder(image);
    if (!texts.has(held)) {
      texts.set(held, unpack(held.dataset.packed).then((blob) => blob.text()));
    }
    return texts.get(held);
  }

  /** A drawing's text with the style sheets of some uses switched on. */
  const withSheets = (text, ...uses) => uses.reduce((result, use) =>
    result.replace(`data-for="${use}" media="not all"`, `data-for="${use}"`), text);
  const sheets = (dark) => (dark ? [root.lang, "dark"] : [root.lang]);

  const address = (text) => URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));

  /** Gives an image another picture, and gives up the one that it had. */
  async function give(image, text) {
    const before = image.src;
    await new Promise((done) => {
      for (const end of ["load", "error"]) image.addEventListener(end, done, { once: true });
      image.src = address(text);
    });
    if (before.startsWith("blob:")) URL.revokeObjectURL(before);
  }

  /** How wide a figure's box is, in CSS pixels; 0 where it is not shown. */
  function room(box) {
    const button = box.firstElementChild, style = getComputedStyle(button);
    const around = ["paddingLeft", "paddingRight", "borderLeftWidth", "borderRightWidth"];
    const frame = around.reduce((sum, side) => sum + parseFloat(style[side]), 0);
    return Math.max(0, Math.floor(box.getBoundingClientRect().width - frame));
  }

  /** How a figure is to be shown: language, colours, what of it, and the room if it is narrow. */
  function look({ box, width, choice }) {
    const wide = room(box);
    const anew = wide > 0 && (choice !== null || wide < NARROW * width);
    return { dark: isDark(), room: anew ? wide : 0, language: root.lang, choice };
  }

  const copies = (element) => [...element.childNodes].map((node) => node.cloneNode(true));

  /** Buttons with which a reader chooses what to see of a figure of many panels. */
  function offer(figure, text) {
    const { box, width, height } = figure;
    const choices = panels.choicesOf(text);
    if (!figure.chooser && choices.length === 0) return;
    if (!figure.chooser) {
      figure.chooser = document.createElement("div");
      figure.chooser.className = "chooser";
      figure.chooser.setAttribute("role", "group");
      box.before(figure.chooser);
      const wide = room(box), tall = height * Math.min(1, wide / width) > TALL;
      const many = wide < NARROW * width && choices.length > MANY;
      if (choices[0].first || tall || many || wide < PHONE) figure.choice = 0;
    }
    const buttons = [...choices.map(({ name }, i) => [[name], i]), [copies(ALL), null]];
    figure.chooser.setAttribute("aria-label", figure.image.alt);
    figure.chooser.replaceChildren(...buttons.map(([name, choice]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...name);
      button.setAttribute("aria-pressed", choice === figure.choice);
      button.addEventListener("click", () => {
        figure.choice = choice;
        for (const other of figure.chooser.children) {
          other.setAttribute("aria-pressed", other === button);
        }
        show(figure).then(() => forPaper(figure));
      });
      return button;
    }));
    figure.offered = root.lang;
  }

  /** Shows a figure as the page is now. */
  async function show(figure) {
    const { image } = figure;
    if (figure.offered !== root.lang && room(figure.box) > 0) {
      const plain = withSheets(await drawing(image), root.lang);
      if (figure.offered !== root.lang) offer(figure, plain);
      figure.offered = root.lang;
    }
    const wanted = look(figure), key = Object.values(wanted).join(" ");
    if (image.dataset.wanted === key) return;
    image.dataset.wanted = key;
    const text = withSheets(await drawing(image), ...sheets(wanted.dark));
    if (image.dataset.wanted !== key) return;
    if (wanted.room) {
      const { text: anew, width, height } = panels.laidOut(text, wanted.room, wanted.choice);
      resize(figure, width, height, wanted.room);
      await give(image, anew);
    } else {
      resize(figure, figure.width, figure.height, Infinity);
      await give(image, text);
    }
    if (image.dataset.wanted === key) image.dataset.shown = key;
  }

  /** A figure's size; where it is wider than its box, the box can be scrolled. */
  function resize({ image, box }, width, height, wide) {
    const before = box.getBoundingClientRect();
    image.style.aspectRatio = `${width} / ${height}`;
    image.style.width = `${width}px`;
    image.style.maxWidth = width > wide ? "none" : "100%";
    if (width > wide) {
      box.tabIndex = 0;
      box.setAttribute("role", "group"); // no landmark: a figure may be there twice
      box.setAttribute("aria-label", image.alt);
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
    // What the reader looks at stays where it is; most browsers see to that themselves.
    if (before.bottom < 0 && !CSS.supports("overflow-anchor", "auto")) {
      scrollBy({ top: box.offsetHeight - before.height, behavior: "instant" });
    }
  }

  /** For the printer: a figure that is dark, narrow, not whole or not open is there a second time,
   * whole and for white paper. */
  async function forPaper(figure) {
    const { dark, room: anew, language } = look(figure);
    if (!dark && !anew && room(figure.box) > 0) {
      if (figure.paper) URL.revokeObjectURL(figure.paper.src);
      figure.paper?.remove();
      figure.paper = null;
      return;
    }
    figure.paper ??= figure.image.parentElement.appendChild(new Image(figure.width, figure.height));
    figure.paper.className = "on-paper";
    figure.paper.alt = figure.image.alt;
    if (figure.paper.dataset.language === language) return;
    figure.paper.dataset.language = language;
    await give(figure.paper, withSheets(await drawing(figure.image), ...sheets(false)));
  }

  const whenIdle = (work) => (window.requestIdleCallback ?? ((each) => setTimeout(each, 50)))(work);
  let waiting = [];

  /** Shows one figure after another while the browser has nothing else to do. */
  async function next() {
    const figure = waiting.shift();
    if (!figure) return;
    if (room(figure.box) > 0) await show(figure);
    await forPaper(figure);
    whenIdle(next);
  }

  /** Shows figures anew: what is near the reader at once. */
  function renew(some) {
    for (const figure of some) if (nearby.has(figure)) show(figure);
    const working = waiting.length > 0;
    waiting = [...new Set([...waiting, ...some])];
    if (!working && waiting.length) whenIdle(next);
  }

  function refresh() {
    renew([...figures.values()]);
    if (zoom.open) enlarge(zoomed);
  }

  // The dialog in which a figure is larger, and from which it is saved.
  let zoomed = null;
  const inside = zoom.querySelector("img");

  /** Shows an image in the dialog: whole, however the page lays it out. */
  async function enlarge(image) {
    zoomed = image;
    inside.alt = image.alt;
    zoom.querySelector(".above span").textContent = image.alt;
    const held = holder(image);
    const isDrawing = "packed" in held.dataset;
    zoom.querySelector('[data-save="svg"]').hidden = !isDrawing;
    zoom.classList.toggle("light", !isDrawing);
    if (isDrawing) await give(inside, withSheets(await drawing(image), ...sheets(isDark())));
    else inside.src = held.src;
  }

  /** A drawing as a file of its own: in the page's language, for a white ground.
   * @param {string} text the drawing as the page holds it
   * @returns {string}
   */
  function file(text) {
    const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    const others = root.lang === "en" ? "[class]:not(.en)" : ".en";
    for (const element of svg.querySelectorAll("style[data-for], .by-night")) element.remove();
    for (const group of svg.querySelectorAll('[id^="text_"]')) {
      for (const element of group.querySelectorAll(others)) {
        if (/\b(en|ko)\b/.test(element.getAttribute("class"))) element.remove();
      }
    }
    svg.querySelector("style").textContent = "*{stroke-linejoin:round;stroke-linecap:butt}";
    for (const element of svg.querySelectorAll("[class]")) element.removeAttribute("class");
    return `<?xml version="1.0" encoding="utf-8"?>\n${new XMLSerializer().serializeToString(svg)}`;
  }

  /** An image as PNG, at twice its size. */
  async function png(source, width, height) {
    const image = new Image(width, height);
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2 * width, 2 * height];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => { canvas.toBlob(done, "image/png"); });
  }

  /** Saves the figure in the dialog. @param {"svg" | "png"} kind */
  async function save(kind) {
    const held = holder(zoomed);
    const size = ["width", "height"].map((name) => Number(held.getAttribute(name)));
    const drawn = "packed" in held.dataset ? address(file(await drawing(zoomed))) : held.src;
    const link = document.createElement("a");
    link.href = kind === "svg" ? drawn : URL.createObjectURL(await png(drawn, ...size));
    link.download = `${held.id.replace("figure-", "")}.${kind}`;
    link.click();
    setTimeout(() => { [drawn, link.href].forEach((url) => URL.revokeObjectURL(url)); }, 10000);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.matches(".larger")) {
      enlarge(button.querySelector("img"));
      zoom.showModal();
    } else if (button?.dataset.save) {
      save(button.dataset.save);
    } else if (button?.closest("#zoom")) {
      zoom.close();
    }
  });

  /** Takes up an image: its box comes between it and the figure, so that it alone scrolls. */
  function adopt(image) {
    const held = holder(image);
    if (!("packed" in held.dataset)) {
      if (image !== held) image.src = held.src;
      return;
    }
    const box = document.createElement("div"), button = image.closest("button");
    const [width, height] = ["width", "height"].map((name) => Number(image.getAttribute(name)));
    const figure = { image, box, width, height, paper: null, choice: null, chooser: null };
    box.className = "figure-box";
    button.replaceWith(box);
    box.append(button);
    resize(figure, width, height, Infinity);
    figures.set(image, figure);
  }

  for (const image of document.querySelectorAll("img[data-packed], img[data-of]")) adopt(image);
  const byBox = new Map([...figures.values()].map((figure) => [figure.box, figure]));
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const figure = byBox.get(target);
      if (isIntersecting) nearby.add(figure);
      else nearby.delete(figure);
      if (isIntersecting) show(figure);
    }
  }, { rootMargin: NEAR });
  const measure = new ResizeObserver((entries) => {
    renew(entries.map(({ target }) => byBox.get(target)).filter(({ box }) => room(box) > 0));
  });
  for (const { box } of figures.values()) {
    watch.observe(box);
    measure.observe(box);
  }
  new MutationObserver(refresh).observe(root, { attributeFilter: ["lang", "data-theme"] });
  system.addEventListener("change", refresh);
  addEventListener("beforeprint", () => {
    for (const figure of figures.values()) if (!figure.paper) show(figure);
  });
  if (document.readyState === "complete") refresh();
  else addEventListener("load", refresh);
})();
