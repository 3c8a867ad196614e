"use strict";

/**
 * Makes a panel narrower without making its letters smaller: lines, bars and places move together
 * along x, while words, marks and legends keep their size. It stops where words would overlap.
 * A square panel stays as it is, because it may show a plane in which circles are to be round.
 */
const squeeze = (() => {
  const { width, height, union, place, startsWith, named } = boxes;
  const LEAST = 0.35; // of a frame's width
  const APART = 3; // between neighbouring words
  const SQUARE = 0.1;
  const MOST_WORDS = 200;

  /** Where a text is held: its left end, its middle or its right end. */
  function anchor(element) {
    const box = place(element);
    const text = [...element.querySelectorAll("text")]
      .find((each) => each.getClientRects().length > 0);
    const where = { middle: 0.5, end: 1 }[text?.style.textAnchor]
      ?? (/rotate\(-90/.test(text?.getAttribute("transform")) ? 0.5 : 0);
    return box && { box, x: box.x0 + where * width(box) };
  }

  /** The least share of its width to which a frame can be squeezed. */
  function least(words, frame) {
    const placed = words.slice(0, MOST_WORDS).map(anchor)
      .filter((word) => word && word.x > frame.x0 - 1 && word.x < frame.x1 + 1);
    let share = LEAST;
    for (const [i, one] of placed.entries()) {
      for (const other of placed.slice(i + 1)) {
        const beside = Math.min(one.box.y1, other.box.y1) > Math.max(one.box.y0, other.box.y0);
        const [left, right] = one.x < other.x ? [one, other] : [other, one];
        const between = right.box.x0 - left.box.x1, apart = right.x - left.x;
        if (!beside || between < 0 || apart < 1) continue;
        share = Math.max(share, 1 - Math.max(0, between - APART) / apart);
      }
    }
    return share;
  }

  /** Whether a panel may show a plane or a space: it is square, and has numbers at both axes. */
  function isPlane({ nodes, frame }, words) {
    if (nodes.some((node) => node.querySelector('[id^="pane3d"]'))) return true;
    const names = nodes.flatMap((node) => named(node, "ytick_"))
      .filter((tick) => /[a-z가-힣]{2}/i.test(tick.textContent));
    const cells = words.filter((word) => startsWith(word.parentElement, "axes_"));
    return Math.abs(Math.log(width(frame) / height(frame))) < SQUARE && names.length === 0
      && cells.length < 6;
  }

  /** Moves a whole element along x. */
  const shift = (element, by) => element.setAttribute("transform", `translate(${by.toFixed(2)} 0)`);

  /** Whether an element is a disc, which is to stay one. */
  function isRound(element) {
    if (element.localName !== "path" || !/^M[^MLVHZz]*C[^MLVH]*z?\s*$/.test(element.getAttribute("d"))) {
      return false;
    }
    const { width: wide, height: high } = element.getBBox();
    return Math.abs(Math.log(wide / high)) < 0.05;
  }

  /** Moves the corners of a path, all of which stand in it as pairs of numbers. */
  function bend(path, to) {
    let count = 0;
    path.setAttribute("d", path.getAttribute("d").replace(/-?[\d.]+(?:e-?\d+)?/g,
      (number) => (count++ % 2 ? number : to(Number(number)).toFixed(2))));
  }

  /** Moves one part of a panel, and those within it. */
  function move(element, to, frame, clips, shapes) {
    const clip = element.getAttribute("clip-path")?.slice(5, -1);
    if (clip) clips.add(clip);
    if (element.localName === "defs") return;
    if (startsWith(element, "text_") || element.hasAttribute("data-repeated")) {
      const held = anchor(element);
      if (held) shift(element, to(held.x) - held.x);
    } else if (startsWith(element, "legend_")) {
      const box = place(element);
      if (box && box.x0 + box.x1 > frame.x0 + frame.x1) shift(element, to(box.x1) - box.x1);
    } else if (isRound(element)) {
      const { x, width: wide } = element.getBBox();
      const by = to(x + wide / 2) - x - wide / 2;
      bend(element, (each) => each + by); // not moved as a whole, or its clip would move with it
    } else if (element.localName === "path") {
      bend(element, to);
    } else if (element.localName === "use") {
      const x = Number(element.getAttribute("x"));
      if (x) element.setAttribute("x", to(x).toFixed(2));
      else shapes.add(element.getAttribute("xlink:href").slice(1)); // an area, which is in its place
    } else if (["image", "rect"].includes(element.localName)) {
      const [x, wide] = ["x", "width"].map((name) => Number(element.getAttribute(name)));
      element.setAttribute("x", to(x).toFixed(2));
      element.setAttribute("width", (to(x + wide) - to(x)).toFixed(2));
      if (element.localName === "image") element.setAttribute("preserveAspectRatio", "none");
    } else {
      for (const child of element.children) move(child, to, frame, clips, shapes);
    }
  }

  /** Makes a panel narrower by some length, or by as much as its words allow.
   * @param {{nodes: Element[], frame: Object, added: Element[]}} panel
   * @param {number} over in the drawing's units
   */
  return function narrower(panel, over) {
    const { frame } = panel, wide = width(frame);
    const words = panel.nodes.flatMap((node) => [...named(node, "text_")])
      .filter((word) => !word.closest('[id^="legend_"]'));
    if (isPlane(panel, words)) return;
    const inside = panel.nodes.flatMap((node) => named(node, "legend_")).map(place);
    const needed = Math.max(0, ...inside.filter(Boolean).map((box) => width(box) + 8)) / wide;
    const share = Math.max((wide - over) / wide, least(words, frame), needed);
    if (share >= 1) return;
    const to = (x) => (x <= frame.x0 ? x : x >= frame.x1 ? x - (1 - share) * wide
      : frame.x0 + share * (x - frame.x0));
    const clips = new Set(), shapes = new Set(), root = panel.nodes[0].getRootNode();
    for (const node of panel.nodes) move(node, to, frame, clips, shapes);
    for (const id of clips) {
      const rect = root.getElementById(id)?.querySelector("rect");
      if (rect) move(rect, to, frame, clips, shapes);
    }
    for (const id of shapes) bend(root.getElementById(id), to);
    panel.frame = union([{ ...frame, x1: to(frame.x1) }]);
  };
})();
