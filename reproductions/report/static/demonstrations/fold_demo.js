"use strict";
// The plane and its image under two tanh units: which cells of the grid the map turns over.
demonstrations.add("fold", (demo) => {
  const { three } = demonstrations, CELLS = 24, EDGE = 1.2, VIEW = 2.3, GAP = [NaN, NaN];
  const STAGES = ["x", "W x", "W x + b", "y"];
  const TURNED = "#E08214", UPRIGHT = "#8073AC", OUTER = "#0072B2", INNER = "#D55E00";
  const WEIGHTS = [["w11", "w12"], ["w21", "w22"]], ARROWS = ["₁", "₂"];
  const plane = demo.pick("plane"), image = demo.pick("image");
  const at = (i) => -EDGE + 2 * EDGE * i / CELLS, counted = [...Array(CELLS + 1).keys()];
  const cells = counted.slice(1).flatMap((i) => counted.slice(1).map((j) => [[at(i - 1), at(j - 1)],
    [at(i), at(j - 1)], [at(i), at(j)], [at(i - 1), at(j)]]));
  const grid = counted.flatMap((i) => [...counted.map((j) => [at(i), at(j)]), GAP,
    ...counted.map((j) => [at(j), at(i)]), GAP]);
  const circle = (radius) => Array.from({ length: 181 }, (_, i) => [
    radius * Math.cos(i * Math.PI / 90), radius * Math.sin(i * Math.PI / 90)]);
  let place = null, held = null;

  function draw() {
    const names = [...WEIGHTS.flat(), "b1", "b2", "third"];
    const setting = Object.fromEntries(names.map((name) => [name, demo.get(name)]));
    for (const name of names) demo.pick(`value-${name}`).textContent = three(setting[name]);
    const turned = cells.map(([a, , c]) => fold.map([(a[0] + c[0]) / 2, (a[1] + c[1]) / 2], setting)
      .det < 0);
    const count = turned.filter(Boolean).length;
    const det = setting.w11 * setting.w22 - setting.w12 * setting.w21;
    const shapes = (move) => [[UPRIGHT, false], [TURNED, true]].map(([colour, over]) => ({ colour,
      area: true, opacity: 0.5,
      points: cells.flatMap((cell, i) => (turned[i] === over ? [...cell.map(move), GAP] : [])) }))
      .concat([{ points: grid.map(move), colour: "var(--soft)", width: 0.5 },
        { points: circle(1).map(move), colour: OUTER, width: 3 },
        { points: circle(0.5).map(move), colour: INNER, width: 3, dash: "6 3" }]);
    const arrows = WEIGHTS.map((pair) => pair.map((name) => setting[name]));
    const axis = { from: -VIEW, to: VIEW };
    place = plot.draw(plane, { height: Math.max(200, plane.clientWidth) - 16,
      x: { ...axis, title: "x₁" }, y: axis,
      lines: [...shapes((point) => point),
        ...arrows.map((tip) => ({ points: [[0, 0], tip], colour: "currentColor", width: 2.5 }))],
      dots: arrows.map(([x, y], i) => ({ x, y, colour: "currentColor", size: 6, handle: i,
        text: `w${ARROWS[i]}` })) });
    const stage = demo.get("stage"), name = STAGES[Math.ceil(stage)];
    demo.pick("value-stage").textContent = name;
    demo.field("stage").setAttribute("aria-valuetext", name);
    const along = (point, given = setting) => (point === GAP ? GAP : fold.along(point, given, stage));
    const alone = grid.flatMap((point) => along(point, { ...setting, third: 0 }));
    const reach = 1.1 * alone.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 1);
    const left = -reach - setting.third * Math.max(0, stage - 2);
    plot.draw(image, { height: Math.max(200, image.clientWidth) - 16,
      x: { from: left, to: reach, title: stage === 3 ? "y₁" : "" }, y: { from: -reach, to: reach },
      lines: shapes((point) => along(point)) });
    demo.pick("det").textContent = three(det);
    demo.pick("turned").textContent = `${(100 * count / cells.length).toFixed(0)} %`;
    const flat = setting.third === 0 && Math.abs(det) < 1e-9; // the weights are decimal fractions
    demo.pick("state").textContent = demo.word(flat ? "flat" : count === 0 ? "upright"
      : count < cells.length ? "folded" : "over");
    demo.form.dataset.drawn = `${names.map((name) => setting[name]).join(" ")} ${count}`;
  }

  // The tip of an arrow follows the pointer; the sliders do the same by keyboard.
  plane.addEventListener("pointerdown", ({ target, pointerId }) => {
    if (target.dataset.handle === undefined) return;
    held = WEIGHTS[target.dataset.handle];
    plane.setPointerCapture(pointerId);
  });
  plane.addEventListener("pointermove", ({ clientX, clientY, pointerId }) => {
    if (!held || !plane.hasPointerCapture(pointerId)) return;
    const [x, y] = held.map((name) => demo.field(name));
    x.value = place(clientX);
    y.value = place.y(clientY);
    x.dispatchEvent(new Event("input", { bubbles: true }));
    y.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // A finger on a tip must not scroll the page; elsewhere it may.
  plane.addEventListener("touchstart", (event) => {
    if (event.target.dataset.handle !== undefined) event.preventDefault();
  }, { passive: false });
  plane.addEventListener("lostpointercapture", () => { held = null; });
  demo.moved = draw;
  return draw;
});
