"use strict";
// A function and its derivative, the suite's or one that the reader types.
demonstrations.add("explorer", (demo) => {
  const { colourOf, go, three } = demonstrations;
  const POINTS = 961, LARGEST = 12, SETTLED_LAYERS = 30;
  const slider = demo.field("x"), from = Number(slider.min), to = Number(slider.max);
  const xs = Float64Array.from({ length: POINTS },
    (_, i) => from + ((to - from) * i) / (POINTS - 1));
  let asked = null, curve = null, mistake = "", place = null;

  const chosen = () => (demo.get("function") === "formula" ? demo.get("formula")
    : demo.get("function"));

  // Value and derivative along x, or the reason why there are none.
  function work() {
    if (asked === chosen()) return;
    asked = chosen();
    [curve, mistake] = [null, ""];
    try {
      const f = functions.activation(asked, functions.precisions.double);
      const y = new Float64Array(POINTS), slope = new Float64Array(POINTS);
      f(xs, y, slope, POINTS);
      const usable = Array.from(xs.keys()).filter((i) => Number.isFinite(y[i]));
      if (!usable.length) mistake = demo.word("wrong_nowhere", three(from), three(to));
      else curve = { f, y, slope, usable };
    } catch (error) {
      if (!error.key) throw error;
      mistake = demo.word(`wrong_${error.key}`, error.received);
    }
  }

  function draw() {
    work();
    demo.pick("formula-field").hidden = demo.get("function") !== "formula";
    demo.pick("mistake").hidden = !mistake;
    demo.pick("mistake").textContent = mistake;
    for (const button of demo.form.querySelectorAll(".buttons button")) button.disabled = !curve;
    const x = demo.get("x"), at = [NaN], slope = [NaN];
    curve?.f([x], at, slope, 1);
    demo.pick("at-x").textContent = three(x);
    demo.pick("at-y").textContent = curve ? three(at[0]) : "–";
    demo.pick("at-slope").textContent = curve ? three(slope[0]) : "–";
    slider.setAttribute("aria-valuetext", curve
      ? `x ${three(x)}, f(x) ${three(at[0])}, f′(x) ${three(slope[0])}` : three(x));
    const { y = [], slope: slopes = [], usable = [] } = curve ?? {};
    const steepest = usable.reduce((most, i) => Math.max(most, Math.abs(slopes[i])), 0);
    demo.pick("steepest").textContent = curve ? three(steepest) : "–";
    demo.pick("partly").textContent = curve && usable.length < POINTS ? demo.word("partly") : "";
    const seen = usable.flatMap((i) => [y[i], slopes[i]]).filter((v) => Math.abs(v) <= LARGEST);
    const low = Math.min(-0.3, ...seen), high = Math.max(1.2, ...seen), gap = (high - low) / 20;
    const colour = colourOf(asked), points = (values) => usable.map((i) => [xs[i], values[i]]);
    place = plot.draw(demo.pick("curve"), {
      height: 300,
      x: { from, to, title: "x" }, y: { from: low - gap, to: high + gap },
      lines: curve ? [
        { points: points(slopes), colour: "var(--soft)", dash: "6 4" },
        { points: points(y), colour, width: 3 },
      ] : [],
      rules: [{ y: 0, dash: "" }, { x }],
      dots: curve ? [{ x, y: slope[0], colour: "var(--soft)", size: 5 },
        { x, y: at[0], colour, size: 7 }] : [],
    });
    demo.pick("key-value").style.color = colour;
    demo.form.dataset.drawn = `${asked} ${x}`;
  }

  const send = (name, more = {}) => {
    const own = demo.get("function") === "formula";
    go(name, { function: demo.get("function"), ...(own && { formula: demo.get("formula") }),
      ...more });
  };
  plot.drag(demo.pick("curve"), slider, (clientX) => place(clientX));
  demo.pick("train").addEventListener("click", () => send("xor"));
  demo.pick("send").addEventListener("click", () => send("depth", { depth: SETTLED_LAYERS }));
  demo.moved = draw;
  return draw;
});
