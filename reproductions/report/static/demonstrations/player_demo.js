"use strict";
// Networks that learn to separate two circles, epoch by epoch, from the weights that were stored.
demonstrations.add("player", (demo) => {
  const { three } = demonstrations, { above, circle, layers, measure, seen } = networks;
  const GRID = 61, EXTENT = 1.25, LINES = 21, ALONG = 41, FRAME_MS = 120, STILLS = 10;
  const OUTER = "#0072B2", INNER = "#D55E00", GAP = [NaN, NaN], REACH = 1.1, SPACE = 2.05;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const slider = demo.field("epoch"), play = demo.pick("play"), space = demo.pick("space");
  const turning = ["turn", "tilt"].map((name) => demo.field(name));
  const spread = (count, reach) => Array.from({ length: count },
    (_, i) => reach * (2 * i / (count - 1) - 1));
  const edge = spread(GRID, EXTENT), along = spread(ALONG, 1);
  const grid = spread(LINES, 1).flatMap((level) => [...along.map((t) => [t, level]), GAP,
    ...along.map((t) => [level, t]), GAP]);
  const cube = [0, 1, 2].flatMap((axis) => [[-1, -1], [-1, 1], [1, -1], [1, 1]].flatMap((ends) =>
    [-1, 1].map((end) => ends.toSpliced(axis, 0, end)).concat([[NaN, NaN, NaN]])));
  const runs = new Map();
  let timer = null;

  // The weights of each epoch, and how well the network does with them.
  function chosen() {
    const network = demo.data.networks.find(({ name }) => name === demo.get("network"));
    const run = network.runs[demo.get("run")] ?? Object.values(network.runs)[0];
    const name = `${network.name} ${run.seed}`;
    if (!runs.has(name)) {
      const bytes = Uint8Array.from(atob(run.weights), (letter) => letter.charCodeAt(0));
      const all = new Float32Array(bytes.buffer), count = all.length / run.epochs.length;
      const weights = run.epochs.map((_, i) => [...all.subarray(i * count, (i + 1) * count)]);
      const measured = weights.map((own) => measure(own, network.widths, demo.data));
      runs.set(name, { ...run, weights, measured, widths: network.widths });
    }
    return runs.get(name);
  }

  function draw() {
    const { seed, epochs, weights, measured, widths } = chosen();
    const at = Math.min(demo.get("epoch"), epochs.length - 1), epoch = epochs[at];
    const { margin, right } = measured[at], last = epochs.at(-1);
    for (const { name, valueAsNumber } of turning) {
      demo.pick(`value-${name}`).textContent = `${three(valueAsNumber)}°`;
    }
    demo.pick("value-epoch").textContent = `${epoch} / ${last}`;
    slider.setAttribute("aria-valuetext",
      `${demo.word("epoch")} ${epoch}, ${demo.word("margin")} ${three(margin)}`);
    demo.pick("seed").textContent = seed;
    demo.pick("right").textContent = `${(100 * right).toFixed(1)} %`;
    demo.pick("margin").textContent = three(margin);
    demo.pick("state").textContent = demo.word(margin > 0 ? "separated" : "mixed");

    const outputs = (point) => layers(weights[at], widths, point);
    const circles = demo.data.radii.map((radius) => circle(radius, 180));
    const both = (move) => [
      { points: circles[0].map(move), colour: OUTER, width: 3 },
      { points: circles[1].map(move), colour: INNER, width: 3, dash: "6 3" }];
    const lines = (move) => ({ points: grid.map((point) => (point === GAP ? GAP : move(point))),
      colour: "var(--soft)", width: 0.5 });
    const square = (box, title, reach, shown) => plot.draw(box, {
      height: Math.max(200, box.clientWidth) - (shown.bare ? 0 : 16),
      x: { from: -reach, to: reach, title }, y: { from: -reach, to: reach }, ...shown });

    demo.pick("first").hidden = widths[1] !== 3; // before the others are drawn: it takes their room
    const logits = edge.map((y) => edge.map((x) => outputs([x, y]).at(-1)[0]));
    const opposite = logits.map((row) => row.map((logit) => -logit));
    square(demo.pick("plane"), "x₁", EXTENT, { lines: [
      { points: above(logits, edge), colour: OUTER, area: true },
      { points: above(opposite, edge), colour: INNER, area: true }, ...both((point) => point)] });

    const image = (point) => outputs(point).at(-2);
    const [a, b, c] = weights[at].slice(-3), length = Math.hypot(a, b) || 1;
    const foot = [-c * a / length ** 2, -c * b / length ** 2];
    const decides = [-4, 4].map((s) => [foot[0] - s * b / length, foot[1] + s * a / length]);
    square(demo.pick("image"), "u", REACH, { lines: [lines(image), ...both(image),
      { points: decides, colour: "currentColor", dash: "5 4" }] });

    if (widths[1] === 3) {
      const turn = demo.get("turn"), tilt = demo.get("tilt");
      const look = (point) => seen(point, turn, tilt);
      const first = (point) => look(outputs(point)[0]);
      square(space, "", SPACE, { bare: true,
        lines: [{ points: cube.map(look), colour: "var(--soft)", width: 1, dash: "2 3" },
          lines(first), ...both(first)],
        dots: ["h₁", "h₂", "h₃"].map((text, axis) => {
          const [x, y] = look([-1, -1, -1].with(axis, 1.15));
          return { x, y, text, colour: "none", size: 0 };
        }) });
    }

    const margins = measured.map((of) => of.margin);
    const low = Math.min(0, ...margins), high = Math.max(0.1, ...margins), gap = (high - low) / 12;
    plot.draw(demo.pick("history"), {
      height: Math.max(200, demo.pick("image").clientWidth) - 16,
      x: { from: 0, to: 1.04 * last, title: demo.word("epoch") }, y: { from: low - gap, to: high + gap },
      lines: [{ points: epochs.map((when, i) => [when, margins[i]]), colour: "var(--accent)" }],
      rules: [{ y: 0, dash: "" }],
      dots: [{ x: epoch, y: margin, colour: "var(--accent)", size: 7 }] });
    label();
    demo.form.dataset.drawn = `${demo.get("network")} ${seed} ${epoch} ${margin} ${right}`;
  }

  // Where the reader wants no motion, the button shows a still picture further on at each press.
  function label() {
    play.textContent = demo.word(still.matches ? "next" : timer === null ? "play" : "pause");
    play.setAttribute("aria-pressed", timer !== null);
  }
  function halt() {
    clearTimeout(timer);
    timer = null;
  }
  function step(by) {
    slider.value = Number(slider.value) + by;
    draw();
  }
  function tick() {
    if (slider.value === slider.max) return demo.changed("epoch");
    step(1);
    timer = setTimeout(tick, FRAME_MS);
  }
  function toggle() {
    const playing = timer !== null, ended = slider.value === slider.max;
    halt();
    if (playing) return demo.changed("epoch");
    if (ended) slider.value = 0;
    if (still.matches) {
      if (!ended) slider.value = Number(slider.value) + Math.ceil(slider.max / STILLS);
      return demo.changed("epoch");
    }
    timer = setTimeout(tick, FRAME_MS);
    draw();
  }
  play.addEventListener("click", toggle);
  slider.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    toggle();
  });
  still.addEventListener("change", label);

  // A drag over the picture of space turns it; so do its two sliders.
  let from = null;
  space.addEventListener("pointerdown", ({ pointerId, clientX, clientY }) => {
    space.setPointerCapture(pointerId);
    from = [clientX, clientY];
  });
  space.addEventListener("pointermove", ({ pointerId, clientX, clientY }) => {
    if (!space.hasPointerCapture(pointerId)) return;
    turning.forEach((field, i) => {
      const most = Number(field.max), by = [from[0] - clientX, clientY - from[1]][i];
      const value = field.valueAsNumber + by;
      field.value = i === 0 ? (value + most + 1) % (most + 1) : value; // it goes round
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    from = [clientX, clientY];
  });
  demo.moved = (name) => {
    if (!turning.some((field) => field.name === name)) halt();
    draw();
  };
  return draw;
});
