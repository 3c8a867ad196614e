"use strict";
// The path of two weights on the loss of a linear unit, whose inputs have a mean.
demonstrations.add("path", (demo) => {
  const { three } = demonstrations, STEPS = 100, SOLVED = 0.01, LEVELS = [1, 0.4, 0.1, 0.02];
  const COLOUR = "#D55E00";
  const weights = demo.pick("weights");

  // Where the loss has a value: an ellipse whose short axis is the direction (1, 1).
  function contour(loss, curvature) {
    const wide = Math.sqrt(2 * loss), narrow = Math.sqrt(2 * loss / curvature);
    return Array.from({ length: 121 }, (_, i) => {
      const a = narrow * Math.cos(i * Math.PI / 60), b = wide * Math.sin(i * Math.PI / 60);
      return [descent.TARGET[0] + (a + b) * Math.SQRT1_2,
        descent.TARGET[1] + (a - b) * Math.SQRT1_2];
    });
  }

  function draw() {
    const mean = demo.get("mean"), rate = demo.get("rate"), batch = demo.get("batch");
    const { path, costs, together } = descent.linear({ mean, rate, batch, steps: STEPS });
    const curvature = 1 + 2 * mean * mean;
    const solved = costs.findIndex((loss) => loss < SOLVED * costs[0]);
    demo.pick("value-mean").textContent = three(mean);
    demo.pick("value-rate").textContent = three(rate);
    demo.pick("curvature").textContent = three(curvature);
    demo.pick("greatest").textContent = three(2 / curvature);
    demo.pick("updates").textContent = solved < 0 ? demo.word("never", STEPS) : solved;
    demo.pick("together").textContent = `${together} / ${path.length - 1}`;
    plot.draw(weights, { height: Math.max(200, weights.clientWidth) - 16,
      x: { from: -1, to: 3, title: demo.word("first") }, y: { from: -2.5, to: 1.5 },
      lines: [...LEVELS.map((level) => ({ points: contour(level * costs[0], curvature),
        colour: "var(--soft)", width: 1 })), { points: path, colour: COLOUR, width: 1.5 }],
      dots: [...path.map(([x, y]) => ({ x, y, colour: COLOUR, size: 3 })),
        { x: 0, y: 0, colour: "currentColor", size: 5, text: demo.word("start") },
        { x: descent.TARGET[0], y: descent.TARGET[1], colour: "currentColor", size: 5,
          text: demo.word("best") }] });
    plot.draw(demo.pick("costs"), { height: 300,
      x: { from: 0, to: STEPS, title: demo.word("update") },
      y: { from: 1e-6, to: 1e3, log: true },
      lines: [{ points: costs.map((loss, t) => [t, loss]), colour: COLOUR }],
      rules: [{ y: SOLVED * costs[0], text: demo.word("hundredth") }] });
    demo.form.dataset.drawn = `${path.length - 1} ${together} ${solved} ${path.at(-1).join(" ")}`;
  }
  demo.moved = draw;
  return draw;
});
