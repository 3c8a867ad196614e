"use strict";
// A person's sex from the height: what a threshold's answer keeps of what the height tells.
demonstrations.add("height", (demo) => {
  const { women, men, deviation } = demo.data, { three } = demonstrations;
  const STEP_CM = 0.1, REACH_CM = 60, WOMEN = "#CC79A7", MEN = "#0072B2";
  const slider = demo.field("threshold");
  const from = Number(slider.min), to = Number(slider.max);
  const density = (height, mean) => Math.exp(-0.5 * ((height - mean) / deviation) ** 2)
    / (deviation * Math.sqrt(2 * Math.PI));
  const entropy = (p) => [p, 1 - p].reduce((sum, q) => sum - (q > 0 ? q * Math.log2(q) : 0), 0);
  const count = Math.round((men - women + 2 * REACH_CM) / STEP_CM);
  const cells = Array.from({ length: count }, (_, i) => women - REACH_CM + (i + 0.5) * STEP_CM);
  let place = null;

  // There are as many women as men: the sex is worth one bit.
  const told = cells.reduce((sum, height) => {
    const a = density(height, women), b = density(height, men);
    return sum + (a + b) / 2 * (1 - entropy(b / (a + b))) * STEP_CM;
  }, 0);
  const above = (threshold, mean) => {
    const steps = 2 * Math.ceil(REACH_CM / STEP_CM); // Simpson's rule
    let sum = 0;
    for (let i = 0; i <= steps; i++) {
      const weight = i === 0 || i === steps ? 1 : i % 2 ? 4 : 2;
      sum += weight * density(threshold + i * STEP_CM, mean);
    }
    return Math.min(1, sum * STEP_CM / 3);
  };
  function kept(threshold) {
    const a = above(threshold, women), b = above(threshold, men);
    return entropy((a + b) / 2) - (entropy(a) + entropy(b)) / 2;
  }
  const thresholds = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const lost = thresholds.map((threshold) => [threshold, told - kept(threshold)]);

  function draw() {
    const threshold = demo.get("threshold"), bits = kept(threshold);
    const a = above(threshold, women), b = above(threshold, men);
    demo.pick("value-threshold").textContent = `${three(threshold)} cm`;
    slider.setAttribute("aria-valuetext",
      `${three(threshold)} cm, ${demo.word("lost")} ${three(told - bits)}`);
    demo.pick("told").textContent = three(told);
    demo.pick("kept").textContent = three(bits);
    demo.pick("lost").textContent = three(told - bits);
    demo.pick("wrong").textContent = `${(50 * (a + 1 - b)).toFixed(1)} %`;
    const line = (mean) => thresholds.map((height) => [height, density(height, mean)]);
    const x = { from, to, title: demo.word("axis") };
    place = plot.draw(demo.pick("densities"), {
      x, y: { from: 0, to: 1.2 * density(women, women) },
      lines: [{ points: line(women), colour: WOMEN, area: true },
        { points: line(men), colour: MEN, area: true },
        { points: line(women), colour: WOMEN, dash: "6 3" }, { points: line(men), colour: MEN }],
      rules: [{ x: threshold, text: demo.word("says_woman"), dash: "", end: true },
        { x: threshold, text: demo.word("says_man"), dash: "" }],
    });
    plot.draw(demo.pick("losing"), {
      x, y: { from: 0, to: 1.1 * told },
      lines: [{ points: lost, colour: "var(--accent)", width: 2.5 }],
      rules: [{ y: told, text: demo.word("all") }, { x: threshold, dash: "" }],
      dots: [{ x: threshold, y: told - bits, colour: "var(--accent)", size: 7 }],
    });
    demo.form.dataset.drawn = `${threshold} ${told - bits}`;
  }
  for (const name of ["densities", "losing"]) {
    plot.drag(demo.pick(name), slider, (clientX) => place(clientX));
  }
  demo.moved = draw;
  return draw;
});
