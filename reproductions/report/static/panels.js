"use strict";

/**
 * Lays a drawing of matplotlib's out for a narrow box: not shrunk, but its panels below each other.
 *
 * Each panel keeps its labels, its legend and its colour bar. The labels that panels of a row or a
 * column share, and that stand at one of them, are repeated at each. The figure's title is broken
 * into lines and its legend set anew. Nothing is drawn smaller than letters can be read.
 */
const panels = (() => {
  const NATURAL = 96 / 72; // CSS pixels in a point, which is a drawing's unit
  const LETTERS = 9, LEGEND = 11.5, TITLE = 14; // sizes of letters, the first the least
  const GAP = 14, PAD = 4; // between panels and around all of it
  const ROUND = 0.5; // CSS pixels that nobody sees
  const HOIST = 0.5; // a legend that takes a larger share of a narrow panel stands above it
  const SQUARE = 0.1;
  const MANY = 4; // panels of which a reader can choose
  const LARGE = 1.5; // how much larger than drawn one chosen panel may be
  const NARROWEST = 230; // CSS pixels of a panel that stands beside others
  const ENOUGH = 0.5, LEAST = 0.35; // shares of a frame's width, before and after words are broken
  const TRIES = 4; // words that stand out move less than a frame does
  const MUCH = 8; // units by which a panel is too wide, for words to be turned
  const BAR = 6; // sides that differ by this factor are those of a colour bar

  const { SVG, width, height, union, place, shared, startsWith, named, frame, extent } = boxes;
  const { main, scale, headings, shown, letters, moved, broken } = labels;

  const isBar = (axes, box) => axes.querySelector("image") !== null
    && Math.max(width(box), height(box)) > BAR * Math.min(width(box), height(box));

  /** The panels of a figure: axes that lie on each other are one, and a colour bar goes with its
   * neighbour, unless it stands beside several.
   * @returns {{nodes: Element[], frame: Box}[]} in the order of reading
   */
  function found(figure) {
    const axes = [...figure.children].filter((child) => startsWith(child, "axes_"))
      .map((node) => ({ nodes: [node], frame: frame(node) })).filter((panel) => panel.frame);
    const bars = axes.filter((panel) => isBar(panel.nodes[0], panel.frame));
    const whole = [];
    for (const panel of axes.filter((each) => !bars.includes(each))) {
      const under = whole.find(({ frame: other }) => {
        const common = [shared(panel.frame, other, "x"), shared(panel.frame, other, "y")];
        const areas = [panel.frame, other].map((box) => width(box) * height(box));
        return Math.min(...common) > 0 && common[0] * common[1] > 0.3 * Math.min(...areas);
      });
      if (under) under.nodes.push(...panel.nodes);
      else whole.push(panel);
    }
    whole.sort((a, b) => (shared(a.frame, b.frame, "y") > 0
      ? a.frame.x0 - b.frame.x0 : a.frame.y0 - b.frame.y0));
    for (const bar of bars) {
      const upright = height(bar.frame) > width(bar.frame);
      const [along, across, length] = upright ? ["y", "x", height] : ["x", "y", width];
      const beside = whole.filter((each) => shared(bar.frame, each.frame, along) > 0)
        .sort((a, b) => shared(b.frame, bar.frame, across) - shared(a.frame, bar.frame, across))[0];
      if (beside && length(bar.frame) < 1.4 * length(beside.frame)) beside.nodes.push(...bar.nodes);
      else whole.push(bar);
    }
    return whole;
  }

  /** The spaces of a figure: the ground, the walls and the axes of each are drawn before it. */
  function spaces(parts) {
    const all = [];
    let nodes = [];
    for (const part of parts) {
      if (startsWith(part, "patch_")) part.remove(); // it would hide what is set closer
      else nodes.push(part);
      if (startsWith(part, "axes_")) {
        const walls = nodes.filter((node) => node !== part);
        all.push({ nodes, frame: union(walls.map(place)) ?? frame(part) });
        nodes = [];
      }
    }
    all.at(-1)?.nodes.push(...nodes);
    return all;
  }

  /** The panels whose frames begin and end where a panel's does, along an axis; nearest first. */
  function aligned(panel, all, axis) {
    const other = axis === "x" ? "y" : "x";
    const distance = ({ frame: box }) => Math.abs(box[`${other}0`] - panel.frame[`${other}0`]);
    return all.filter((each) => each !== panel && ["0", "1"].every((end) =>
      Math.abs(each.frame[axis + end] - panel.frame[axis + end]) < 1))
      .sort((a, b) => distance(a) - distance(b));
  }

  /** Takes over words from another panel: they stand by its frame as they do there. */
  function repeat(words, donor, panel, x, y, id = "") {
    for (const word of words) {
      const [outer, inner] = ["g", "g"].map((name) => document.createElementNS(SVG, name));
      inner.setAttribute("transform",
        `translate(${panel.frame[x] - donor.frame[x]} ${panel.frame[y] - donor.frame[y]})`);
      inner.append(word.cloneNode(true));
      outer.append(inner);
      outer.setAttribute("data-repeated", "");
      outer.id = id;
      panel.added.push(outer);
    }
  }

  /** Where repeated words belong in a panel: those at ticks to the axis. */
  const home = (panel, words) => (/^[xy]tick_/.test(words.id)
    ? main(panel).querySelectorAll(':scope > [id^="matplotlib.axis_"]')[words.id[0] === "x" ? 0 : 1]
    : main(panel));

  /** Repeats, at a panel without them, the words at the ticks of an axis that panels share. */
  function repeatLabels(panel, all, axis) {
    const own = scale(panel, axis);
    if (own.ticks === 0) return;
    const said = (words) => words.map((word) => word.textContent).join("|");
    const donor = aligned(panel, all, axis).find((other) => {
      const { ticks, words } = scale(other, axis);
      return ticks === own.ticks && words.length > 0;
    });
    if (!donor) return;
    const given = scale(donor, axis);
    const missing = own.words.length === 0 ? given.words : [];
    const same = missing.length > 0 || said(own.words) === said(given.words);
    const labels = !own.label && given.label && same ? [given.label] : [];
    const y = axis === "x" ? "y1" : "y0";
    repeat(missing, donor, panel, "x0", y, `${axis}tick_repeated`);
    repeat(labels, donor, panel, "x0", y);
  }

  /** Repeats, at a panel without one, the title that a column of panels shares. */
  function repeatTitle(panel, all) {
    if (headings(panel).length > 0) return;
    const donor = aligned(panel, all, "x").find((other) => other.frame.y0 < panel.frame.y0
      && headings(other).length > 0);
    if (donor) repeat(headings(donor), donor, panel, "x0", "y0");
  }

  /** A legend whose entries, each a sign and its words, flow into as many lines as they need. */
  function flowing(legend, room, svg) {
    const block = document.createElementNS(SVG, "g");
    svg.append(block);
    let entry = [], x = 0, y = 0, line = 0;
    for (const child of [...legend.children]) {
      entry.push(child);
      if (!startsWith(child, "text_")) continue;
      let box = union(entry.map(place));
      if (!box) continue;
      if (width(box) > room) {
        const words = place(child), lines = broken(child, room - (words.x0 - box.x0), block);
        entry.splice(-1, 1, moved([lines], place(lines), words.x0, words.y0));
        child.remove();
        block.append(...entry);
        box = union(entry.map(place));
      }
      if (x > 0 && x + width(box) > room) [x, y, line] = [0, y + line + 3, 0];
      block.append(moved(entry, box, x, y));
      x += width(box) + 14;
      line = Math.max(line, height(box));
      if (entry.length === 1) [x, y, line] = [0, y + line + 3, 0]; // the legend's title
      entry = [];
    }
    return block;
  }

  /** A title or a legend, ready to be set in letters of some size. */
  function block(make, element, pixels, room, svg) {
    const zoom = pixels / (letters([element])[0] ?? pixels);
    const made = make(element, room / zoom, svg), box = place(made);
    return box ? [{ nodes: [made], box, zoom, alone: true }] : [];
  }

  /** Sets a panel's legends anew that stand below its frame. */
  function setLegends(panel, room, svg) {
    for (const legend of panel.nodes.flatMap((node) => named(node, "legend_"))) {
      const box = place(legend);
      if (!box || box.y0 < panel.frame.y1) continue;
      const block = flowing(legend, room, svg);
      legend.replaceChildren(moved([block], place(block), extent(panel.nodes).x0, box.y0));
    }
  }

  /** The panels, as large as there is room for, or as letters need. */
  function fitted(all, room, svg, most = NATURAL) {
    const zoomed = () => {
      const widest = Math.max(...all.map((panel) => width(extent(panel.nodes, headings(panel)))));
      const least = LETTERS / Math.min(...letters(all.flatMap(({ nodes }) => nodes)));
      return Math.max(least, Math.min(most, room / widest));
    };
    let zoom = zoomed();
    const over = (panel) => width(extent(panel.nodes, headings(panel))) - room / zoom;
    const narrow = (panel, limit) => {
      for (let i = 0; i < TRIES && over(panel) > 0; i++) {
        squeeze.narrower(panel, over(panel), limit);
      }
    };
    for (const panel of all) {
      if (over(panel) > MUCH) labels.turnTicks(panel);
      if (over(panel) > 0) setLegends(panel, room / zoom, svg);
      narrow(panel, ENOUGH);
      if (over(panel) > ROUND) labels.breakTicks(panel, over(panel), svg);
      narrow(panel, LEAST);
    }
    for (const panel of all) labels.tuckLabel(panel, room / zoom, svg);
    if (all.some((panel) => over(panel) > ROUND)) {
      for (const panel of all) labels.layFlat(panel, room / zoom, svg);
    }
    zoom = zoomed();
    for (const panel of all) labels.breakHeadings(panel, room / zoom, svg);
    const items = all.map(({ nodes }) => ({ nodes, box: extent(nodes), zoom }));
    const left = Math.max(...items.map(({ box }, i) => all[i].frame.x0 - box.x0));
    const flush = items.map((item, i) =>
      ({ ...item, box: { ...item.box, x0: all[i].frame.x0 - left } }));
    return flush.every(({ box }) => width(box) * zoom <= room + ROUND) ? flush : items;
  }

  /** How wide each of some panels may be, so that as many stand beside each other as can be read. */
  function beside(count, room) {
    const most = Math.max(1, Math.floor((room + GAP) / (NARROWEST + GAP)));
    const columns = Math.ceil(count / Math.ceil(count / most));
    return Math.floor((room - (columns - 1) * GAP) / columns);
  }

  /** A colour bar that stands beside several panels: it belongs to each of them. */
  const isAlone = ({ nodes, frame: box }) => nodes.length === 1 && isBar(nodes[0], box);

  const words = (elements) => elements.map((element) => [...element.querySelectorAll("text")]
    .filter(shown).map((text) => text.textContent.trim()).join(" ")).join(" ").trim();

  /** The words with which all of some texts begin, or end: "width 5" of "Glorot, width 5". */
  function common(texts) {
    const [first, ...rest] = texts.map((text) => text.split(/[,:] /));
    for (const end of [(parts) => parts[0], (parts) => parts.at(-1)]) {
      if (rest.every((parts) => end(parts) === end(first))) return end(first);
    }
    return "";
  }

  /** What a reader can choose of many panels: each row, if rows have names of their own, or each
   * panel, if it has a title of its own.
   * @returns {{name: string, panels: Object[], row: boolean}[]} none where there is nothing
   */
  function choices(all) {
    const whole = all.filter((panel) => extent(panel.nodes) && !isAlone(panel));
    if (whole.length < MANY) return [];
    const rows = [];
    for (const panel of whole) {
      const row = rows.find(([first]) => shared(first.frame, panel.frame, "y")
        > 0.5 * height(panel.frame));
      if (row) row.push(panel);
      else rows.push([panel]);
    }
    const titles = (row) => row.map((panel) => words(headings(panel)
      .filter((heading) => !heading.hasAttribute("data-repeated")))).filter(Boolean);
    const label = (panel) => words([scale(panel, "y").label].filter(Boolean));
    const each = (row) => titles(row).length === row.length;
    const names = [
      (row) => (titles(row).length === 1 || each(row)) && common(titles(row)),
      (row) => label(row[0]),
    ].map((name) => rows.map(name));
    const named = names.find((found) => found.every(Boolean)
      && new Set(found).size === found.length);
    if (rows.length > 1 && rows[0].length > 1 && named) {
      return rows.map((row, i) => ({ name: named[i], panels: row, row: true }));
    }
    const own = whole.map((panel) => words(headings(panel)));
    if (!own.every(Boolean) || new Set(own).size < own.length) return [];
    return whole.map((panel, i) => ({ name: own[i], panels: [panel], row: false }));
  }

  /** Sets blocks and panels into lines of a given length; returns how large all of it is. */
  function set(items, room, target) {
    let x = 0, y = 0, line = 0, wide = 0;
    for (const { nodes, box, zoom, alone } of items) {
      const size = [zoom * width(box), zoom * height(box)];
      if (x > 0 && (alone || x + size[0] > room + ROUND)) [x, y, line] = [0, y + line + GAP, 0];
      target.append(moved(nodes, box, x + PAD, y + PAD, zoom));
      wide = Math.max(wide, x + size[0]);
      x = alone ? room : x + size[0] + GAP;
      line = Math.max(line, size[1]);
    }
    return { width: Math.round(wide - ROUND + 2 * PAD), height: Math.ceil(y + line + 2 * PAD) };
  }

  /** Rebuilds a drawing that is being shown.
   * @param {SVGSVGElement} svg
   * @param {number} wide how wide the box is, in CSS pixels
   * @param {number | null} choice which of its choices alone is to be shown; null for all of it
   * @returns {{width: number, height: number}} of the new drawing, in CSS pixels
   */
  function rebuild(svg, wide, choice) {
    const figure = svg.querySelector("#figure_1"), room = wide - 2 * PAD;
    const of = (start) => [...figure.children].filter((child) => startsWith(child, start));
    const [ground] = of("patch_"), titles = of("text_"), legends = of("legend_");
    const rest = [...figure.children].filter((child) => child !== ground
      && !/^(text|legend)_/.test(child.id));
    let all = rest.every((child) => startsWith(child, "axes_")) ? found(figure) : spaces(rest);
    for (const panel of all) panel.added = [];
    for (const panel of all) {
      for (const axis of ["x", "y"]) repeatLabels(panel, all, axis);
      repeatTitle(panel, all);
    }
    for (const panel of all) {
      for (const words of panel.added) home(panel, words).append(words);
    }
    if (choice !== null) {
      const wanted = choices(all)[choice]?.panels ?? all;
      const stays = (panel) => wanted.includes(panel) || isAlone(panel);
      for (const panel of all) if (!stays(panel)) panel.nodes.forEach((node) => node.remove());
      all = all.filter(stays);
    }
    if (all.length === 1) legends.push(...named(main(all[0]), "legend_").filter((legend) =>
      width(place(legend)) > HOIST * room / NATURAL));
    const chosen = all.filter((panel) => !isAlone(panel)).length;
    const pixels = set([
      ...titles.flatMap((title) => block(broken, title, TITLE, room, svg)),
      ...legends.flatMap((legend) => block(flowing, legend, LEGEND, room, svg)),
      ...fitted(all.filter(({ nodes }) => extent(nodes)), choice === null ? room
        : beside(chosen, room), svg, chosen === 1 ? LARGE * NATURAL : NATURAL),
    ], room, svg);
    [...titles, ...legends].forEach((element) => element.remove());
    ground?.querySelector("path").setAttribute("d", `M0 0H${pixels.width}V${pixels.height}H0z`);
    svg.setAttribute("viewBox", `0 0 ${pixels.width} ${pixels.height}`);
    for (const [name, value] of Object.entries(pixels)) svg.setAttribute(name, value);
    return pixels;
  }

  /** Takes out of a drawing whatever could do something. */
  function harmless(svg) {
    for (const element of [svg, ...svg.querySelectorAll("*")]) {
      if (/^(script|foreignObject|a|animate.*|set)$/.test(element.localName)) element.remove();
      for (const { name } of [...element.attributes]) {
        if (/^on/i.test(name)) element.removeAttribute(name);
      }
    }
    return svg;
  }

  /** A drawing's text, laid out anew.
   * @param {string} text the drawing, with the style sheets switched on that it is shown with
   * @param {number} room how wide the box is, in CSS pixels
   * @param {number | null} choice which of its choices alone is to be shown; null for all of it
   * @returns {{text: string, width: number, height: number}} the sizes in CSS pixels
   */
  const laidOut = (text, room, choice) => withDrawing(text, (svg) => {
    const pixels = rebuild(svg, room, choice);
    return { text: new XMLSerializer().serializeToString(svg), ...pixels };
  });

  /** What a reader can choose of a drawing.
   * @param {string} text the drawing, with the style sheets of the page's language
   * @returns {{name: string, first: boolean}[]} and whether one alone is to be shown first: not
   *   where square panels stand beside each other, because a plane and its image belong together
   */
  function choicesOf(text) {
    if ((text.match(/id="axes_/g) ?? []).length < MANY) return [];
    return withDrawing(text, (svg) => {
      const all = found(svg.querySelector("#figure_1"));
      for (const panel of all) panel.added = [];
      const square = all.every(({ frame: box }) =>
        Math.abs(Math.log(width(box) / height(box))) < SQUARE);
      return choices(all).map(({ name, row }) => ({ name, first: row && !square }));
    });
  }

  /** Does something with a drawing while it is on the page, where nobody sees it. */
  function withDrawing(text, work) {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    const host = document.createElement("div");
    host.className = "ruler";
    host.setAttribute("aria-hidden", "true");
    document.body.append(host);
    const svg = document.adoptNode(harmless(parsed));
    host.attachShadow({ mode: "open" }).append(svg); // its ids and styles are its own
    try {
      return work(svg);
    } finally {
      host.remove();
    }
  }

  return { laidOut, choicesOf };
})();
