"use strict";
// A tanh of any slope and range, and the stored map of how often a deep network learns XOR with it.
demonstrations.add("range", (demo) => {
  const { three } = demonstrations, { ranges, slopes, shares, seeds, setting } = demo.data;
  const REACH = 6, COLOUR = "#0072B2", map = demo.pick("map");
  const [slopeField, rangeField] = ["slope", "range"].map((name) => demo.field(name));
  let place = null, looked = null;

  const measure = () => (shares[demo.get("measure")] ? demo.get("measure") : "solved");
  // Share, low and high of a function, if it was measured.
  const measured = (kind, centre, [row, column]) => shares[kind]?.[centre]?.[column]?.[row];
  // The functions of the map that have names.
  const name = (row, column) => {
    const [slope, range] = [slopes[row], ranges[column]];
    return slope === 1 && range === 2 ? "tanh" : slope === 0.25 && range === 1
      ? demo.word("sigmoid") : "";
  };
  const said = (numbers) => (numbers
    ? demo.word("share", ...numbers.map((share) => (100 * share).toFixed(1))) : demo.word("missing"));

  function draw() {
    const chosen = [demo.get("slope"), demo.get("range")], at = looked ?? chosen;
    const slope = slopes[at[0]], range = ranges[at[1]];
    demo.pick("value-slope").textContent = three(slopes[chosen[0]]);
    demo.pick("value-range").textContent = three(ranges[chosen[1]]);
    demo.pick("at").textContent = demo.word("function", three(slope), three(range));
    for (const kind of ["solved", "vanished"]) {
      demo.pick(kind).textContent = said(measured(kind, "0", at));
    }
    demo.pick("centre").textContent = said(measured("solved", "0.5", at));
    for (const [field, value] of [[slopeField, slopes[chosen[0]]], [rangeField, ranges[chosen[1]]]]) {
      field.setAttribute("aria-valuetext",
        `${three(value)}, ${demo.word("solved")} ${said(measured("solved", "0", chosen))}`);
    }
    const xs = Array.from({ length: 241 }, (_, i) => REACH * (i / 120 - 1));
    const value = (x) => range / 2 * Math.tanh(2 * slope / range * x);
    const derivative = (x) => slope * (1 - Math.tanh(2 * slope / range * x) ** 2);
    const high = 0.56 * ranges.at(-1);
    plot.draw(demo.pick("curve"), { height: 300,
      x: { from: -REACH, to: REACH, title: "x" }, y: { from: -high, to: high },
      lines: [{ points: xs.map((x) => [x, derivative(x)]), colour: "var(--soft)", dash: "6 4" },
        { points: xs.map((x) => [x, value(x)]), colour: COLOUR, width: 3 }],
      rules: [{ y: range / 2, text: demo.word("highest", three(range / 2)) },
        { y: -range / 2 }] });
    place = tiles.draw(map, { height: 300, rows: slopes, columns: ranges, chosen, looked, name,
      title: demo.word("range"), share: (...tile) => measured(measure(), "0", tile)?.[0] });
    demo.pick("shown").textContent = demo.word("of", seeds.toLocaleString("en"));
    demo.form.dataset.drawn = `${slope} ${range} ${measured("solved", "0", at)?.[0]}`
      + ` ${measured("vanished", "0", at)?.[0]} ${measured("solved", "0.5", at)?.[0]}`;
  }

  tiles.watch(map, (...spot) => place(...spot), {
    look: (tile) => {
      if (String(tile) === String(looked)) return;
      looked = tile;
      draw();
    },
    choose: ([row, column]) => {
      looked = null;
      demo.set({ slope: row, range: column });
    },
  });
  demo.pick("train").addEventListener("click", () => {
    const slope = slopes[demo.get("slope")], range = ranges[demo.get("range")];
    demonstrations.go("xor", { ...setting, function: "formula", loss: "stable",
      precision: "single", initial: "normal", formula: `${range / 2} * tanh(${2 * slope / range} * x)` });
  });
  demo.moved = draw;
  return draw;
});
