"use strict";
// A gradient on its way back through untrained layers, of several initialisations at once.
demonstrations.add("depth", (demo) => {
  const { colourOf, three } = demonstrations, SEEDS = 16, POINTS = 2, VANISHED = 1e-3;
  const weights = new Map();

  // Kernels and biases of as many layers as the slider has, then two inputs and a gradient for each
  // depth: `training/gradients.py` draws the same.
  function drawn(width, seed) {
    const name = `${width} ${seed}`;
    if (!weights.has(name)) {
      const most = Number(demo.field("depth").max);
      weights.set(name, {
        layers: Float32Array.from(philox.normals(seed, most * width * (width + 1))),
        ends: philox.normals(seed, (POINTS + most) * width, 1),
      });
    }
    return weights.get(name);
  }

  // The RMS of the gradient with respect to each layer's input; the first layer comes first.
  function sizes({ activation, width, depth, scale }, seed) {
    const { layers, ends } = drawn(width, seed);
    const f = functions.activation(activation, functions.precisions.double);
    const kernel = (l, i, o) => scale * layers[l * width * (width + 1) + i * width + o];
    const units = [...Array(width).keys()];
    let signal = Array.from(ends.subarray(0, width));
    const slopes = [];
    for (let l = 0; l < depth; l++) {
      const z = units.map((o) => units.reduce((sum, i) => sum + signal[i] * kernel(l, i, o),
        layers[l * width * (width + 1) + width * width + o]));
      signal = new Array(width);
      slopes.push(new Array(width));
      f(z, signal, slopes[l], width);
    }
    const entry = (POINTS + depth - 1) * width; // each depth has a gradient of its own
    let gradient = Array.from(ends.subarray(entry, entry + width));
    const rms = [];
    for (let l = depth - 1; l >= 0; l--) {
      const local = gradient.map((value, o) => value * slopes[l][o]);
      gradient = units.map((i) => units.reduce((sum, o) => sum + local[o] * kernel(l, i, o), 0));
      rms.unshift(Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0) / width));
    }
    return rms;
  }

  const median = (values) => {
    const sorted = [...values].sort((a, b) => a - b), middle = sorted.length / 2;
    return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
  };

  function draw() {
    const own = demo.get("function") === "formula", depth = demo.get("depth");
    const width = demo.get("width"), scale = demo.get("scale");
    demo.pick("formula-field").hidden = !own;
    for (const [name, value] of Object.entries({ depth, width, scale })) {
      demo.pick(`value-${name}`).textContent = three(value);
    }
    const activation = own ? demo.get("formula") : demo.get("function");
    let all = [], mistake = "";
    try {
      const setting = { activation, width, depth, scale };
      all = Array.from({ length: SEEDS }, (_, seed) => sizes(setting, seed));
    } catch (error) {
      if (!error.key) throw error;
      mistake = demonstrations.said("explorer", `wrong_${error.key}`, error.received);
    }
    demo.pick("mistake").hidden = !mistake;
    demo.pick("mistake").textContent = mistake;
    const middle = all.length ? all[0].map((_, l) => median(all.map((rms) => rms[l]))) : [];
    const seen = all.flat().filter((value) => value > 0 && value < Infinity);
    const low = Math.max(1e-30, seen.reduce((a, b) => Math.min(a, b), 0.1));
    const high = Math.min(1e30, seen.reduce((a, b) => Math.max(a, b), 10));
    const colour = colourOf(activation);
    plot.draw(demo.pick("sizes"), {
      height: 300,
      x: { from: 0.4, to: depth + 0.6, title: demo.word("layer"),
        ticks: middle.map((_, l) => l + 1).filter((l) => depth <= 12 || l % 5 === 0 || l === 1) },
      y: { from: low / 3, to: high * 2, log: true },
      bars: middle.map((value, l) => ({ at: l + 1, value: value > 0 ? value : 1e-40, colour,
        faint: true })),
      dots: all.flatMap((rms) => rms.map((value, l) => ({ x: l + 1,
        y: value > 0 && value < Infinity ? value : NaN, colour, size: 2.5 }))),
      rules: [{ y: 1, text: demo.word("start"), dash: "" }],
    });
    const first = middle[0], factor = first ** (1 / depth);
    demo.pick("first").textContent = all.length ? three(first) : "–";
    demo.pick("factor").textContent = all.length ? three(factor) : "–";
    demo.pick("none").textContent = all.length
      ? `${all.filter(([value]) => !(value > VANISHED)).length} / ${SEEDS}` : "–";
    demo.form.dataset.drawn = `${activation} ${depth} ${middle.length}`;
    demo.form.dataset.first = first;
  }
  demo.moved = draw;
  return draw;
});
