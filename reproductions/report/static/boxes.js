"use strict";

/** Rectangles, and where the panels and elements of a drawing are that is being shown. */
const boxes = (() => {
  const SVG = "http://www.w3.org/2000/svg";

  /** A rectangle: its left, top, right and bottom.
   * @typedef {{x0: number, y0: number, x1: number, y1: number}} Box
   */
  const width = (box) => box.x1 - box.x0, height = (box) => box.y1 - box.y0;

  /** @param {Box[]} boxes @returns {Box | null} what holds them all */
  function union(boxes) {
    const given = boxes.filter(Boolean);
    return given.length === 0 ? null : {
      x0: Math.min(...given.map((box) => box.x0)), y0: Math.min(...given.map((box) => box.y0)),
      x1: Math.max(...given.map((box) => box.x1)), y1: Math.max(...given.map((box) => box.y1)),
    };
  }

  /** Where an element is, in its parent's units; null if nowhere.
   * @param {SVGGraphicsElement} element
   * @returns {Box | null}
   */
  function place(element) {
    const { x, y, width: wide, height: high } = element.getBBox();
    if (!wide && !high) return null;
    const matrix = element.transform.baseVal.consolidate()?.matrix ?? new DOMMatrix();
    const corners = [[x, y], [x + wide, y], [x, y + high], [x + wide, y + high]]
      .map(([left, top]) => new DOMPoint(left, top).matrixTransform(DOMMatrix.fromMatrix(matrix)));
    return union(corners.map((point) => ({ x0: point.x, y0: point.y, x1: point.x, y1: point.y })));
  }

  /** The length that two boxes share along an axis, "x" or "y". */
  const shared = (one, other, axis) => Math.min(one[`${axis}1`], other[`${axis}1`])
    - Math.max(one[`${axis}0`], other[`${axis}0`]);

  const startsWith = (element, start) => element.id.startsWith(start);

  /** The elements within another whose name begins with something. */
  const named = (element, start) => [...element.querySelectorAll(`[id^="${start}"]`)];

  const clipped = (element) => element.hasAttribute("clip-path")
    || element.querySelector("[clip-path]") !== null;

  /** The frame of a panel: what its lines are clipped to, or its ground; without axes, all that is
   * drawn in it but words. */
  function frame(axes) {
    const clip = axes.querySelector("[clip-path]")?.getAttribute("clip-path").slice(5, -1);
    const rect = clip && axes.getRootNode().getElementById(clip)?.querySelector("rect");
    if (rect) {
      const [x, y, wide, high] = ["x", "y", "width", "height"].map((n) => +rect.getAttribute(n));
      return { x0: x, y0: y, x1: x + wide, y1: y + high };
    }
    if (named(axes, "matplotlib.axis").length === 0) {
      const drawn = [...axes.children].filter((child) => !startsWith(child, "text_"));
      return union(drawn.map(place)) ?? place(axes);
    }
    const ground = axes.querySelector(':scope > [id^="patch_"]');
    return (ground && place(ground)) ?? place(axes);
  }

  /** Whether the parts of a panel are those of a space, whose walls and axes stand beside it. */
  const isSpace = (nodes) => !nodes.every((node) => startsWith(node, "axes_"));

  /** What of a panel is seen: its frame, and whatever is not clipped to it. A space has no frame. */
  const extent = (nodes, without = []) => union(nodes.flatMap((node) => {
    if (!startsWith(node, "axes_")) return place(node);
    const seen = [...node.children].filter((child) => !without.includes(child)
      && (!clipped(child) || startsWith(child, "matplotlib"))).map(place);
    return isSpace(nodes) ? seen : [frame(node), ...seen];
  }));

  return { SVG, width, height, union, place, shared, startsWith, named, frame, isSpace, extent };
})();
