"use strict";
// What becomes of deep networks on XOR, as one map: choose a cell, and train one of its networks.
demonstrations.add("map", (demo) => {
  const { functionName } = demonstrations, { percent } = tiles;
  const { depths, rates, panels, seeds, steps, width } = demo.data;
  const OUTCOMES = ["solved", "plateau", "non_finite"];
  const map = demo.pick("map"), [depthField, rateField] = ["depth", "rate"].map((name) =>
    demo.field(name));
  let place = null, looked = null;

  const cell = ([row, column]) =>
    panels[`${demo.get("function")} ${demo.get("initial")}`]?.[row]?.[column];

  function draw() {
    const chosen = [demo.get("depth"), demo.get("rate")], at = looked ?? chosen, here = cell(at);
    const outcome = demo.get("outcome"), index = OUTCOMES.indexOf(outcome);
    const [depth, rate] = [depths[at[0]], rates[at[1]]];
    demo.pick("value-depth").textContent = depths[chosen[0]];
    demo.pick("value-rate").textContent = plot.number(rates[chosen[1]]);
    demo.pick("at").textContent = demo.word("where", functionName(demo.get("function")),
      demo.word(demo.get("initial")), depth, plot.number(rate));
    OUTCOMES.forEach((name, i) => {
      demo.pick(name).textContent = here ? percent(here[i] / seeds) : "–";
    });
    demo.pick("other").textContent = here
      ? percent((seeds - here[0] - here[1] - here[2]) / seeds) : "–";
    demo.pick("interval").textContent = here ? demo.word("interval", here[0], seeds,
      (100 * here[3]).toFixed(1), (100 * here[4]).toFixed(1)) : demo.word("missing");
    const now = cell(chosen);
    for (const [field, value] of [[depthField, depths[chosen[0]]],
      [rateField, plot.number(rates[chosen[1]])]]) {
      field.setAttribute("aria-valuetext", now
        ? `${value}, ${demo.word(outcome)} ${percent(now[index] / seeds)}` : value);
    }
    place = tiles.draw(map, { height: 340, rows: depths, columns: rates, chosen, looked,
      title: demo.word("rate"), share: (...tile) => cell(tile) && cell(tile)[index] / seeds });
    demo.pick("trains").textContent = demo.word("trains", steps.toLocaleString("en"));
    demo.form.dataset.drawn = `${depth} ${rate} ${here ?? ""}`;
  }

  tiles.watch(map, (...spot) => place(...spot), {
    look: (tile) => {
      if (String(tile) === String(looked)) return;
      looked = tile;
      draw();
    },
    choose: ([row, column]) => {
      looked = null;
      demo.set({ depth: row, rate: column });
    },
  });
  // A network of n layers has n - 1 hidden ones.
  demo.pick("train").addEventListener("click", () => demonstrations.go("xor", {
    function: demo.get("function"), initial: demo.get("initial"), loss: "stable", precision: "single", width,
    depth: depths[demo.get("depth")] - 1, rate: rates[demo.get("rate")], seed: 0 }));
  demo.moved = draw;
  return draw;
});
