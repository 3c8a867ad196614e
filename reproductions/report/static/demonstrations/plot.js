"use strict";
// Small plots as SVG, as wide as their box: lines, bars, dots and rules over one pair of axes.
const plot = (() => {
  const make = (name, attributes, parent, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    parent?.append(element);
    return element;
  };
  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const power = (exponent) => `10${exponent < 0 ? "⁻" : ""}${[...String(Math.abs(exponent))]
    .map((digit) => SUPERSCRIPTS[digit]).join("")}`;
  const number = (value) => Number(value.toPrecision(6)).toLocaleString("en",
    { maximumFractionDigits: 6 }).replace("-", "−");

  // Where an axis has its ticks, and what they say.
  function ticksOf({ from, to, log, ticks }, room) {
    const most = Math.max(2, Math.floor(room / 45));
    if (ticks) return ticks.map((tick) => (Array.isArray(tick) ? tick : [tick, number(tick)]));
    if (log) {
      const [low, high] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)];
      const step = Math.max(1, Math.ceil((high - low + 1) / most)), list = [];
      for (let i = low; i <= high; i++) if (i % step === 0) list.push([10 ** i, power(i)]);
      return list;
    }
    const rough = (to - from) / most, scale = 10 ** Math.floor(Math.log10(rough));
    const step = scale * [1, 2, 5, 10].find((nice) => nice * scale >= rough), list = [];
    for (let i = Math.ceil(from / step - 1e-9); i * step <= to + 1e-9 * step; i++) {
      list.push([i * step, number(i * step)]);
    }
    return list;
  }

  const placed = ({ from, to, log }, start, end) => (value) => {
    const share = log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
    return start + Math.max(-0.5, Math.min(1.5, share)) * (end - start);
  };

  // Draws into a box, and gives what turns a place on the screen into a value of the x axis; its
  // method `y` does so for the y axis. A `bare` plot has no axes.
  function draw(box, { x, y, height = 220, bare, tiles = [], frames = [], lines = [], bars = [],
    dots = [], rules = [] }) {
    const width = Math.max(200, box.clientWidth);
    const [left, bottom, top, right] = bare ? [4, 4, 4, 4] : [46, 42, 10, 22];
    const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, width, height,
      "aria-hidden": true, class: "drawing" });
    const px = placed(x, left, width - right), py = placed(y, height - bottom, top);
    for (const [value, text] of bare ? [] : ticksOf(y, height - bottom - top)) {
      make("line", { class: "grid", x1: left, x2: width - right, y1: py(value), y2: py(value) }, svg);
      make("text", { x: left - 6, y: py(value) + 4, "text-anchor": "end" }, svg, text);
    }
    for (const [value, text] of bare ? [] : ticksOf(x, width - right - left)) {
      if (!bars.length && !tiles.length) {
        make("line", { class: "grid", y1: top, y2: height - bottom, x1: px(value), x2: px(value) },
          svg);
      }
      make("text", { x: px(value), y: height - bottom + 16, "text-anchor": "middle" }, svg, text);
    }
    make("text", { class: "title", x: (left + width - right) / 2, y: height - 6,
      "text-anchor": "middle" }, svg, x.title);
    const room = { x: left, y: top, width: width - right - left, height: height - bottom - top };
    const inside = make("svg", { ...room, // it cuts off what lies beyond the axes
      viewBox: `${left} ${top} ${room.width} ${room.height}` }, svg);
    for (const { row, column, colour, ink, text, name } of tiles) {
      const [a, b] = [px(column - 0.5), px(column + 0.5)];
      const [low, high] = [py(row - 0.5), py(row + 0.5)], middle = (a + b) / 2;
      make("rect", { x: a, width: b - a, y: high, height: low - high, fill: colour }, inside);
      make("text", { class: "tile", x: middle, y: (low + high) / 2 + 4, style: `fill: ${ink}`,
        "text-anchor": "middle" }, inside, text);
      if (name) {
        make("text", { class: "tile name", x: middle, y: low - 6, style: `fill: ${ink}`,
          "text-anchor": "middle" }, inside, name);
      }
    }
    for (const { at: [row, column], dash = "" } of frames) {
      const [a, high] = [px(column - 0.5), py(row + 0.5)];
      make("rect", { class: "frame", x: a + 1.5, width: px(column + 0.5) - a - 3, y: high + 1.5,
        height: py(row - 0.5) - high - 3, "stroke-dasharray": dash }, inside);
    }
    for (const { at, value, wide = 0.7, colour, faint } of bars) {
      const [a, b] = [px(at - wide / 2), px(at + wide / 2)], end = py(value);
      const start = y.log ? height - bottom : py(0);
      make("rect", { x: a, width: Math.max(1, b - a), y: Math.min(start, end),
        height: Math.abs(start - end), fill: colour, opacity: faint ? 0.35 : 1 }, inside);
    }
    for (const { points, colour, dash = "", width: stroke = 2, area, opacity = 0.25 } of lines) {
      let path = "", pen = false;
      for (const [a, b] of points) {
        const shown = Number.isFinite(b) && (!y.log || b > 0);
        if (shown) path += `${pen ? "L" : "M"}${px(a).toFixed(1)} ${py(b).toFixed(1)}`;
        pen = shown;
      }
      const style = area ? { fill: colour, opacity }
        : { fill: "none", stroke: colour, "stroke-width": stroke, "stroke-dasharray": dash,
          "stroke-linejoin": "round" };
      make("path", { d: path, ...style }, inside);
    }
    for (const { x: a, y: b, dash = "4 3" } of rules) {
      const across = b !== undefined;
      make("line", { class: "rule", "stroke-dasharray": dash,
        x1: across ? left : px(a), x2: across ? width - right : px(a),
        y1: across ? py(b) : top, y2: across ? py(b) : height - bottom }, svg);
    }
    for (const { x: a, y: b, text = "", end, low } of rules) { // over all rules, so that all are read
      const across = b !== undefined;
      make("text", { class: "said", x: across ? width - right - 4 : px(a) + (end ? -5 : 5),
        y: across ? py(b) - 5 : low ? height - bottom - 8 : top + 12,
        "text-anchor": across || end ? "end" : "start" }, svg, text);
    }
    for (const { x: a, y: b, colour, size = 5, hollow, text, handle } of dots) {
      if (Number.isFinite(b)) {
        make("circle", { cx: px(a), cy: py(b), r: size, fill: hollow ? "none" : colour,
          stroke: hollow ? colour : "var(--paper)", "stroke-width": 1.5 }, inside);
      }
      if (text) make("text", { class: "said", x: px(a) + 9, y: py(b) - 7 }, inside, text);
      if (handle !== undefined) { // wide enough for a finger
        make("circle", { class: "handle", cx: px(a), cy: py(b), r: 20, "data-handle": handle }, inside);
      }
    }
    box.replaceChildren(svg);
    const valueAt = ({ from, to }, share) => from + Math.max(0, Math.min(1, share)) * (to - from);
    const place = (clientX) => valueAt(x,
      (clientX - svg.getBoundingClientRect().left - left) / room.width);
    place.y = (clientY) => valueAt(y,
      1 - (clientY - svg.getBoundingClientRect().top - top) / room.height);
    return place;
  }

  // Lets a pointer drag over a box move a slider, whose own keys do the same.
  function drag(box, slider, value) {
    const move = (event) => {
      slider.value = value(event.clientX);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    };
    box.addEventListener("pointerdown", (event) => {
      box.setPointerCapture(event.pointerId);
      move(event);
    });
    box.addEventListener("pointermove", (event) => {
      if (box.hasPointerCapture(event.pointerId)) move(event);
    });
  }

  return { draw, drag, number };
})();
