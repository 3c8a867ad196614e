"use strict";

/**
 * The words at a panel: its headings, its axes' labels, and those at the ticks. Where they are too
 * long for a narrow box they are broken into lines, turned, or moved.
 */
const labels = (() => {
  const FLAT = 3; // units below a label that is laid flat
  const BETWEEN = 3; // units between words of several lines at neighbouring ticks
  const LEADING = 1.25; // lines of words are that many sizes of their letters apart

  const { SVG, width, height, place, startsWith, named, extent } = boxes;

  const middle = (box) => (box.y0 + box.y1) / 2;

  /** Where the parts of a group are, in its own units. */
  function within(group) {
    const { x, y, width: wide, height: high } = group.getBBox();
    return { x0: x, y0: y, x1: x + wide, y1: y + high };
  }

  /** The axes of a panel that others lie on, or that a colour bar stands beside. */
  const main = (panel) => panel.nodes.find((node) => startsWith(node, "axes_"));

  /** An axis of a panel ("x" or "y"), with its ticks and the words at them. */
  function scale(panel, axis) {
    const groups = main(panel).querySelectorAll(':scope > [id^="matplotlib.axis_"]');
    const group = groups[axis === "x" ? 0 : 1];
    const ticks = group ? named(group, `${axis}tick_`) : [];
    return {
      ticks: ticks.length,
      words: ticks.flatMap((tick) => named(tick, "text_")),
      label: group?.querySelector(':scope > [id^="text_"]'),
    };
  }

  /** What stands above a panel's frame. */
  const headings = (panel) => [...main(panel).children]
    .filter((child) => (startsWith(child, "text_") || panel.added.includes(child))
      && place(child)?.y1 < panel.frame.y0 + 2);

  /** The size of a text's letters; of a formula that of its largest. */
  const size = (text) => Math.max(...[text, ...text.querySelectorAll("tspan")]
    .filter((part) => part.style.fontSize).map((part) => parseFloat(part.style.fontSize)), 0);
  const shown = (element) => element.getClientRects().length > 0;
  const letters = (nodes) => nodes
    .flatMap((node) => [...node.querySelectorAll("text")])
    .filter((text) => text.textContent.trim() && shown(text)).map(size).filter(Boolean);

  /** Moves nodes together: enlarged, their left top corner comes to a place. */
  function moved(nodes, box, x, y, zoom = 1) {
    const group = document.createElementNS(SVG, "g");
    const by = [x - zoom * box.x0, y - zoom * box.y0].map((number) => number.toFixed(2));
    group.setAttribute("transform", `translate(${by.join(" ")}) scale(${zoom.toFixed(4)})`);
    group.append(...nodes);
    return group;
  }

  /** A title, broken into lines that are no longer than there is room. */
  function broken(group, room, svg) {
    const block = document.createElementNS(SVG, "g");
    svg.append(block);
    let y = 0;
    for (const line of [...group.querySelectorAll("text")].filter(shown)) {
      const start = () => {
        const text = document.createElementNS(SVG, "text");
        text.setAttribute("style", `${line.getAttribute("style")}; text-anchor: start`);
        text.setAttribute("y", y += LEADING * size(line));
        block.append(text);
        return text;
      };
      let text = start();
      for (const word of line.textContent.trim().split(/\s+/)) {
        const before = text.textContent;
        text.textContent = before ? `${before} ${word}` : word;
        if (before && text.getComputedTextLength() > room) {
          text.textContent = before;
          text = start();
          text.textContent = word;
        }
      }
    }
    return block;
  }

  /** Breaks what stands above a panel, where it is longer than there is room. */
  function breakHeadings(panel, room, svg) {
    const above = headings(panel), left = extent(panel.nodes, above).x0;
    for (const heading of above) {
      const box = place(heading);
      if (box.x0 >= left && box.x1 - left <= room) continue;
      const stays = box.x0 >= left && box.x0 - left + 0.6 * width(box) < room;
      const start = stays ? box.x0
        : box.x0 < left ? left : Math.max(left, left + room - width(box));
      const lines = broken(heading, room - (start - left), svg), size = place(lines);
      heading.replaceWith(moved([lines], size, start, box.y1 - height(size)));
    }
  }

  /** Words at a tick, broken into lines; null where they are short enough. */
  function brokenTick({ mark, box }, room, svg) {
    if (width(box) <= room) return null;
    const lines = broken(mark, room, svg), wide = width(place(lines));
    for (const text of lines.children) {
      text.style.textAnchor = "end";
      text.setAttribute("x", wide);
    }
    return lines;
  }

  /** Breaks long words at the ticks of the y axis into as many lines as stand between two ticks. If
   * that is only one, the panel becomes taller, for two, unless it shows an image. */
  function breakTicks(panel, over, svg) {
    const all = scale(panel, "y").words.map((mark) => ({ mark, box: within(mark) }))
      .filter(({ mark, box }) => width(box) > 0 && mark.querySelectorAll("text").length <= 6)
      .sort((one, other) => middle(place(one.mark)) - middle(place(other.mark)));
    const widest = Math.max(0, ...all.map(({ box }) => width(box)));
    const least = panel.nodes.some((node) => node.querySelector("image")) ? 1 : 2;
    const gaps = all.slice(1).map(({ mark }, i) =>
      middle(place(mark)) - middle(place(all[i].mark)));
    for (const tick of all) {
      const line = letters([tick.mark])[0];
      const most = Math.max(least, Math.floor(Math.min(...gaps) / (LEADING * line)));
      const room = Math.max(widest - over, width(tick.box) / most + 2 * line, 5 * line);
      tick.lines = brokenTick(tick, room, svg);
      tick.high = height(place(tick.lines ?? tick.mark));
    }
    squeeze.taller(panel, Math.max(1, ...gaps.map((gap, i) =>
      ((all[i].high + all[i + 1].high) / 2 + BETWEEN) / gap)));
    for (const { mark, box, lines } of all.filter((tick) => tick.lines)) {
      const now = place(lines);
      mark.replaceChildren(moved([lines], now, box.x1 - width(now), middle(box) - height(now) / 2));
    }
  }

  /** Lays the label of the y axis flat above the panel, where it takes no room beside it. */
  function layFlat(panel, room, svg) {
    const above = headings(panel);
    const upright = (word) => [...word.querySelectorAll("text")].some((text) =>
      shown(text) && /rotate\(-90/.test(text.getAttribute("transform")));
    const label = [scale(panel, "y").label, ...panel.added]
      .find((word) => word && upright(word) && place(word).x1 <= panel.frame.x0);
    if (!label) return;
    const lines = broken(label, room, svg), box = place(lines), home = label.parentNode;
    label.remove();
    const { x0, y0 } = extent(panel.nodes, above);
    if (y0 < panel.frame.y0 - height(box)) { // something else stands there
      home.append(label);
      lines.remove();
      return;
    }
    const top = y0 - height(box) - FLAT;
    main(panel).append(moved([lines], box, x0, top));
    const by = Math.min(0, top - FLAT - Math.max(...above.map((heading) => place(heading).y1)));
    for (const heading of above) {
      heading.setAttribute("transform",
        `translate(0 ${by.toFixed(2)}) ${heading.getAttribute("transform") ?? ""}`);
    }
  }

  /** Turns long words at the ticks of the x axis upright, so that they can stand closer. */
  function turnTicks(panel) {
    const { words: marks, label } = scale(panel, "x");
    const all = marks.map((mark) => ({ mark, box: place(mark) })).filter(({ box }) => box);
    const longest = Math.max(0, ...all.map(({ box }) => width(box)));
    const high = Math.max(0, ...all.map(({ box }) => height(box)));
    const slants = marks.some((mark) => [...mark.querySelectorAll("text")].some((text) =>
      shown(text) && /rotate\(-?[1-9]/.test(text.getAttribute("transform"))));
    if (slants || all.length < 5 || longest < 3 * Math.max(...letters(marks), 1)) return;
    for (const { mark, box } of all) {
      const inner = document.createElementNS(SVG, "g");
      const [x, y] = [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2];
      inner.setAttribute("transform", `translate(${x.toFixed(2)} ${box.y0.toFixed(2)}) rotate(-90)`
        + ` translate(${(-box.x1).toFixed(2)} ${(-y).toFixed(2)})`);
      inner.append(...mark.childNodes);
      mark.append(inner);
    }
    if (label) {
      const inner = document.createElementNS(SVG, "g");
      inner.setAttribute("transform", `translate(0 ${(longest - high).toFixed(2)})`);
      inner.append(...label.childNodes);
      label.append(inner);
    }
  }

  /** Lets the label of the x axis end where the frame does, if it would stand out on the right; one
   * that is longer than there is room is broken into lines. */
  function tuckLabel(panel, room, svg) {
    const label = scale(panel, "x").label;
    let box = label && place(label);
    if (box && width(box) > room) {
      const lines = broken(label, room, svg);
      label.removeAttribute("transform");
      label.replaceChildren(moved([lines], place(lines), box.x0, box.y0));
      box = place(label);
    }
    const left = extent(panel.nodes).x0;
    const over = box ? Math.min(box.x1 - panel.frame.x1, box.x0 - left) : 0;
    if (over <= 0) return;
    label.setAttribute("transform",
      `translate(${(-over).toFixed(2)} 0) ${label.getAttribute("transform") ?? ""}`);
  }

  return {
    main, scale, headings, shown, letters, moved, broken, breakHeadings, breakTicks, turnTicks,
    tuckLabel, layFlat,
  };
})();
