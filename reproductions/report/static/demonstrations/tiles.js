"use strict";
// A map: a tile for each pair of two settings, coloured by a share, to look at and to choose from.
const tiles = (() => {
  // Matplotlib's cividis, which those who cannot tell red from green see as everybody does.
  const SCALE = [[0, 34, 78], [26, 56, 111], [67, 78, 108], [97, 101, 111], [125, 124, 120],
    [155, 148, 118], [188, 174, 108], [222, 201, 88], [254, 232, 56]];

  const NARROW = 50; // pixels

  function colour(share) {
    const at = share * (SCALE.length - 1), i = Math.min(SCALE.length - 2, Math.floor(at));
    return `rgb(${SCALE[i].map((from, k) =>
      Math.round(from + (at - i) * (SCALE[i + 1][k] - from))).join(" ")})`;
  }

  const percent = (share) => `${(100 * share).toFixed(1)} %`;

  // Draws a map into a box. `share(row, column)` is undefined where nothing was measured, and
  // `name(row, column)` is written into a tile. The rows go up.
  function draw(box, { rows, columns, title, share, name = () => "", chosen, looked, height }) {
    const every = box.clientWidth / columns.length < NARROW ? 2 : 1; // or the labels would touch
    const axis = (values, step) => ({ from: -0.5, to: values.length - 0.5,
      ticks: values.map((value, i) => [i, plot.number(value)]).filter(([i]) => i % step === 0) });
    const all = rows.flatMap((_, row) => columns.map((_, column) => {
      const value = share(row, column), known = value !== undefined;
      return { row, column, name: name(row, column), colour: known ? colour(value) : "none",
        ink: value > 0.45 ? "#000" : known ? "#fff" : "var(--soft)",
        text: known ? (100 * value).toFixed(0) : "–" };
    }));
    const place = plot.draw(box, { height, x: { ...axis(columns, every), title }, y: axis(rows, 1), tiles: all,
      frames: [{ at: chosen }, ...(looked ? [{ at: looked, dash: "3 3" }] : [])] });
    const nearest = (values, value) => Math.min(values.length - 1, Math.max(0, Math.round(value)));
    return (clientX, clientY) => [nearest(rows, place.y(clientY)), nearest(columns, place(clientX))];
  }

  // A mouse that passes over a tile looks at it; a click or a tap chooses it. `at` gives the row and
  // the column of a place on the screen.
  function watch(box, at, { look, choose }) {
    box.addEventListener("pointermove", ({ pointerType, clientX, clientY }) => {
      if (pointerType === "mouse") look(at(clientX, clientY));
    });
    box.addEventListener("pointerleave", () => look(null));
    box.addEventListener("click", ({ clientX, clientY }) => choose(at(clientX, clientY)));
  }

  return { colour, draw, percent, watch };
})();
