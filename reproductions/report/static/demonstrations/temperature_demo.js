"use strict";
// Scores turned into probabilities, with a temperature, as `custom_layers.softmax` turns them.
demonstrations.add("temperature", (demo) => {
  const { three } = demonstrations, CLASSES = 7;
  const temperature = demo.field("exponent");

  function softmax(scores, t) {
    const greatest = Math.max(...scores), powers = scores.map((z) => Math.exp((z - greatest) / t));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
  }

  function draw() {
    const scores = Array.from({ length: CLASSES }, (_, i) => demo.get(`z${i + 1}`));
    const t = 10 ** demo.get("exponent"), shares = softmax(scores, t);
    const nats = -shares.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
    const most = Math.log(CLASSES);
    scores.forEach((z, i) => {
      demo.pick(`value-z${i + 1}`).textContent = three(z);
      const row = demo.pick(`share-${i + 1}`);
      row.style.setProperty("--share", shares[i]);
      row.closest("li").querySelector(".percent").textContent = `${(100 * shares[i]).toFixed(1)} %`;
    });
    demo.pick("value-exponent").textContent = three(t);
    temperature.setAttribute("aria-valuetext", `T ${three(t)}`);
    demo.pick("entropy").textContent = three(Math.max(0, nats));
    demo.pick("bits").textContent = three(Math.max(0, nats / Math.LN2));
    demo.pick("of-most").textContent = `${(100 * nats / most).toFixed(0)} %`;
    // The entropy of these scores at every temperature.
    const from = 10 ** Number(temperature.min), to = 10 ** Number(temperature.max);
    const points = Array.from({ length: 121 }, (_, i) => {
      const at = from * (to / from) ** (i / 120);
      const p = softmax(scores, at);
      return [at, -p.reduce((sum, q) => sum + (q > 0 ? q * Math.log(q) : 0), 0)];
    });
    plot.draw(demo.pick("curve"), {
      x: { from, to, log: true, title: demo.word("temperature") },
      y: { from: 0, to: most * 1.15 },
      lines: [{ points, colour: "var(--accent)", width: 2.5 }],
      rules: [{ y: most, text: demo.word("most") }],
      dots: [{ x: t, y: nats, colour: "var(--accent)", size: 7 }],
    });
    demo.form.dataset.drawn = shares.map((p) => p.toFixed(6)).join(" ");
  }
  demo.moved = draw;
  return draw;
});
