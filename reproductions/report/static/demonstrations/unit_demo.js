"use strict";
// One ReLU that an update can push below 0 on every sample, beside one that leaks.
demonstrations.add("unit", (demo) => {
  const { colourOf, three } = demonstrations, STEPS = 100, TO = 2.2;
  const NAMES = ["relu", "leaky_relu"], DASHES = ["", "6 3"];

  function draw() {
    const [rate, bias, leak, at] = ["rate", "bias", "leak", "at"].map((name) => demo.get(name));
    const runs = [0, leak].map((slope) => descent.rectified({ rate, bias, leak: slope,
      steps: STEPS }));
    const shown = runs.map((records) => records[at]), count = descent.SAMPLES.length;
    for (const [name, value] of Object.entries({ rate, bias, leak, at })) {
      demo.pick(`value-${name}`).textContent = three(value);
    }
    NAMES.forEach((name, i) => {
      demo.pick(`below-${name}`).textContent = `${shown[i].below} / ${count}`;
      demo.pick(`loss-${name}`).textContent = three(shown[i].loss);
    });
    const dead = runs[0].findIndex(({ below }) => below === count);
    demo.pick("state").textContent = dead < 0 ? demo.word("alive") : demo.word("dead", dead);
    plot.draw(demo.pick("outputs"), {
      x: { from: 0, to: TO, title: demo.word("input") }, y: { from: -1, to: 4.5 },
      lines: shown.map(({ w, b }, i) => ({ colour: colourOf(NAMES[i]), dash: DASHES[i], width: 2.5,
        points: Array.from({ length: 221 }, (_, k) => {
          const x = TO * k / 220, z = w * x + b;
          return [x, z > 0 ? z : [0, leak][i] * z];
        }) })),
      dots: descent.SAMPLES.map((x) => ({ x, y: descent.wanted(x), colour: "currentColor",
        size: 4 })) });
    plot.draw(demo.pick("costs"), {
      x: { from: 0, to: STEPS + 2, title: demo.word("update") }, y: { from: 1e-6, to: 1e2, log: true },
      lines: runs.map((records, i) => ({ colour: colourOf(NAMES[i]), dash: DASHES[i], width: 2.5,
        points: records.map(({ loss }, t) => [t, loss]) })),
      rules: [{ x: at, dash: "" }],
      dots: shown.map(({ loss }, i) => ({ x: at, y: loss > 0 ? loss : NaN,
        colour: colourOf(NAMES[i]), size: 6 })) });
    demo.form.dataset.drawn = shown.map(({ w, b, below }) => `${w} ${b} ${below}`).join(" ");
    demo.form.dataset.dead = dead;
  }
  demo.moved = draw;
  return draw;
});
