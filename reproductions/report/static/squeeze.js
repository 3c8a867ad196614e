"use strict";

/**
 * Makes a panel narrower or taller without changing the size of its letters: lines, bars and places
 * move together along an axis, while words, marks and legends keep their size. It gets no narrower
 * than its words allow. A square panel stays as it is, because it may show a plane in which circles
 * are to be round.
 */
const squeeze = (() => {
  const { width, height, union, place, shared, startsWith, named, isSpace } = boxes;
  const APART = 2.5; // between neighbouring words
  const LINE = 12; // between lines of words
  const SQUARE = 0.1;
  const MOST_WORDS = 200;

  /** Where a text is held: its left end, its middle or its right end; and how much it slants. */
  function anchor(element) {
    const box = place(element);
    const text = [...element.querySelectorAll("text")]
      .find((each) => each.getClientRects().length > 0);
    const turn = Number(/rotate\((-?[\d.]+)/.exec(text?.getAttribute("transform"))?.[1] ?? 0);
    const slant = Math.abs(Math.sin(turn * Math.PI / 180)); // one that rises ends at its place
    const where = { middle: 0.5, end: 1 }[text?.style.textAnchor]
      ?? (turn === -90 ? 0.5 : turn < 0 ? 1 : 0);
    return box && { box, x: box.x0 + where * width(box), slant };
  }

  /** The least share of its width to which a frame can be squeezed. */
  function least(words, frame) {
    const placed = words.slice(0, MOST_WORDS).map(anchor)
      .filter((word) => word && word.x > frame.x0 - 1 && word.x < frame.x1 + 1);
    let share = 0;
    for (const [i, one] of placed.entries()) {
      for (const other of placed.slice(i + 1)) {
        const beside = Math.min(one.box.y1, other.box.y1) > Math.max(one.box.y0, other.box.y0);
        const [left, right] = one.x < other.x ? [one, other] : [other, one];
        const between = right.box.x0 - left.box.x1, apart = right.x - left.x;
        if (Math.min(one.slant, other.slant) > 0.2 && Math.max(one.slant, other.slant) < 0.99) {
          share = Math.max(share, LINE / one.slant / Math.max(LINE, apart));
          continue;
        }
        if (!beside || between < 0 || apart < 1) continue;
        share = Math.max(share, 1 - Math.max(0, between - APART) / apart);
      }
    }
    return share;
  }

  /** Whether a panel may show a plane or a space: it is square, and has numbers at both axes. */
  function isPlane({ nodes, frame }, words) {
    if (isSpace(nodes)) return true;
    if (nodes.every((node) => named(node, "xtick_").length === 0)) return false;
    const names = nodes.flatMap((node) => named(node, "ytick_"))
      .filter((tick) => /[a-z가-힣]{2}/i.test(tick.textContent));
    const cells = words.filter((word) => startsWith(word.parentElement, "axes_"));
    return Math.abs(Math.log(width(frame) / height(frame))) < SQUARE && names.length === 0
      && cells.length < 6;
  }

  /** Moves a whole element along an axis. */
  function shift(element, axis, by) {
    const move = axis === "x" ? `${by.toFixed(2)} 0` : `0 ${by.toFixed(2)}`;
    element.setAttribute("transform",
      `translate(${move}) ${element.getAttribute("transform") ?? ""}`.trim());
  }

  /** Whether an element is a disc, which is to stay one. */
  function isRound(element) {
    if (element.localName !== "path" || !/^M[^MLVHZz]*C[^MLVH]*z?\s*$/.test(element.getAttribute("d"))) {
      return false;
    }
    const { width: wide, height: high } = element.getBBox();
    return Math.abs(Math.log(wide / high)) < 0.05;
  }

  /** Moves the corners of a path, all of which stand in it as pairs of numbers. */
  function bend(path, axis, to) {
    let count = axis === "x" ? 0 : 1;
    path.setAttribute("d", path.getAttribute("d").replace(/-?[\d.]+(?:e-?\d+)?/g,
      (number) => (count++ % 2 ? number : to(Number(number)).toFixed(2))));
  }

  /** Moves one part of a panel, and those within it.
   * @param {Element} element
   * @param {{axis: "x" | "y", to: function(number): number, frame: Object, clips: Set<string>,
   *   shapes: Map<string, number>}} how where each place on the axis moves to; the clips and the
   *   shapes that are used are added, the latter with their distance from where they are drawn
   */
  function move(element, how) {
    const { axis, to, frame, clips, shapes } = how;
    const clip = element.getAttribute("clip-path")?.slice(5, -1);
    if (clip) clips.add(clip);
    if (element.localName === "defs") return;
    const number = (name) => Number(element.getAttribute(name));
    if (startsWith(element, "text_") || element.hasAttribute("data-repeated")) {
      const held = anchor(element);
      const at = held && (axis === "x" ? held.x : (held.box.y0 + held.box.y1) / 2);
      if (held) shift(element, axis, to(at) - at);
    } else if (startsWith(element, "legend_")) {
      const box = place(element), [low, high] = [`${axis}0`, `${axis}1`];
      if (box && box[low] + box[high] > frame[low] + frame[high]) {
        shift(element, axis, to(box[high]) - box[high]);
      }
    } else if (isRound(element)) {
      const { [axis]: start, [axis === "x" ? "width" : "height"]: size } = element.getBBox();
      const by = to(start + size / 2) - start - size / 2;
      bend(element, axis, (each) => each + by); // not moved as a whole, or its clip would move too
    } else if (element.localName === "path") {
      bend(element, axis, to);
    } else if (element.localName === "use") {
      if (number("x")) element.setAttribute(axis, to(number(axis)).toFixed(2));
      else shapes.set(element.getAttribute("xlink:href").slice(1), number(axis)); // an area
    } else if (["image", "rect"].includes(element.localName)) {
      const [start, size] = [number(axis), number(axis === "x" ? "width" : "height")];
      element.setAttribute(axis, to(start).toFixed(2));
      element.setAttribute(axis === "x" ? "width" : "height",
        (to(start + size) - to(start)).toFixed(2));
      if (element.localName === "image") element.setAttribute("preserveAspectRatio", "none");
    } else {
      for (const child of element.children) move(child, how);
    }
  }

  /** Gives a panel's frame another length along an axis. Its left or upper end stays where it is. */
  function stretch(panel, axis, share) {
    const { frame } = panel, [low, high] = [frame[`${axis}0`], frame[`${axis}1`]];
    const to = (at) => (at <= low ? at : at >= high ? at + (share - 1) * (high - low)
      : low + share * (at - low));
    const how = { axis, to, frame, clips: new Set(), shapes: new Map() };
    const root = panel.nodes[0].getRootNode();
    for (const node of panel.nodes) move(node, how);
    for (const id of how.clips) {
      const rect = root.getElementById(id)?.querySelector("rect");
      if (rect) move(rect, how);
    }
    for (const [id, from] of how.shapes) {
      bend(root.getElementById(id), axis, (at) => to(at + from) - from);
    }
    panel.frame = union([{ ...frame, [`${axis}1`]: to(high) }]);
  }

  /** Makes a panel narrower by some length, or by as much as its words allow.
   * @param {{nodes: Element[], frame: Object, added: Element[]}} panel
   * @param {number} over in the drawing's units
   * @param {number} limit the least share of the frame's width as drawn
   */
  function narrower(panel, over, limit) {
    const { frame } = panel, wide = width(frame);
    panel.drawn ??= wide;
    const words = panel.nodes.flatMap((node) => [...named(node, "text_")])
      .filter((word) => !word.closest('[id^="legend_"]'));
    if (isPlane(panel, words)) return;
    const inside = panel.nodes.flatMap((node) => named(node, "legend_")).map(place)
      .filter((box) => box && shared(box, frame, "y") > 0);
    const needed = Math.max(limit * panel.drawn, ...inside.map((box) => width(box) + 8)) / wide;
    const share = Math.max((wide - over) / wide, least(words, frame), needed);
    if (share < 1) stretch(panel, "x", share);
  }

  /** Makes a panel taller by a factor.
   * @param {{nodes: Element[], frame: Object, added: Element[]}} panel
   * @param {number} factor
   */
  function taller(panel, factor) {
    if (factor > 1) stretch(panel, "y", factor);
  }

  return { narrower, taller };
})();
