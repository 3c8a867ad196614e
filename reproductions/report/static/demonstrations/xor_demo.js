"use strict";
// The XOR post's network, trained in front of the reader, once or a hundred times.
demonstrations.add("xor", (demo) => {
  const { OUTCOMES, PLATEAU_COST } = xorEngine, { three } = demonstrations;
  const STEPS = 20001, EVERY = 100, MANY = 100, STILL_MS = 250, PLAY_MS = 5000;
  const COST_FLOOR = 1e-5, COLOURS = ["#56B4E9", "#D55E00", "#E69F00", "#0072B2"];
  const stored = demo.data.stored;
  const one = new Crew(1), many = new Crew(CORES);
  const slider = demo.pick("at"), play = demo.pick("play");
  let records = [], result = null, mistake = null, tally = null, waiting = null, frame = null;

  const setting = () => ({
    hidden: Array(demo.get("depth")).fill(demo.get("width")),
    activation: demo.get("function") === "formula" ? demo.get("formula") : demo.get("function"),
    loss: demo.get("loss"), precision: demo.get("precision"), scheme: demo.get("initial"),
    rate: demo.get("rate"), seed: demo.get("seed"), steps: STEPS, every: EVERY,
  });

  // What the suite has stored of this network: a letter for each seed's outcome.
  function outcomesStored({ hidden, activation, loss, precision, scheme, rate }) {
    const same = stored && precision === "single" && scheme === "normal" && rate === stored.rate
      && String(hidden) === String(stored.hidden)
      && stored.steps === STEPS && stored.every === EVERY;
    return same ? stored.outcomes[`${activation} ${loss}`] : undefined;
  }
  const outcomeStored = (letters, seed) => OUTCOMES.find(([letter]) => letter === letters?.[seed]);

  function run() {
    halt();
    one.stop();
    [records, result, mistake] = [[], null, null];
    const asked = demo.refusal;
    if (asked) {
      mistake = asked;
      return draw();
    }
    let last = null;
    one.train(setting(), (more) => {
      records.push(...more);
      slider.max = records.length - 1;
      slider.value = slider.max;
      last ??= requestAnimationFrame(() => {
        last = null;
        draw();
      });
    }).then((done) => {
      result = done;
      draw();
    }, ({ key, received, message }) => {
      mistake = key ? demonstrations.said("explorer", `wrong_${key}`, received) : message;
      draw();
    });
    draw();
  }

  function hundred() {
    many.stop();
    if (demo.refusal) return draw();
    const asked = setting(), first = asked.seed, letters = outcomesStored(asked);
    const now = tally = { counts: {}, done: 0, first, letters, same: 0 };
    for (let seed = first; seed < first + MANY; seed++) {
      many.train({ ...asked, seed }).then(({ outcome }) => {
        now.counts[outcome] = (now.counts[outcome] ?? 0) + 1;
        now.done++;
        now.same += outcomeStored(letters, seed) === outcome;
        if (now === tally) drawTally();
      }, () => {});
    }
    drawTally();
  }

  function halt() {
    cancelAnimationFrame(frame);
    frame = null;
    label();
  }
  function label() {
    play.textContent = demonstrations.said("player", frame === null ? "play" : "pause");
    play.setAttribute("aria-pressed", frame !== null);
  }
  function toggle() {
    if (frame !== null) return halt();
    const last = Number(slider.max), from = slider.value === slider.max ? 0 : Number(slider.value);
    let start = null;
    const tick = (now) => {
      start ??= now;
      slider.value = Math.min(last, from + (last * (now - start)) / PLAY_MS);
      drawRun();
      frame = Number(slider.value) < last ? requestAnimationFrame(tick) : null;
      label();
    };
    frame = requestAnimationFrame(tick);
    label();
  }

  function draw() {
    const own = demo.get("function") === "formula";
    demo.pick("formula-field").hidden = !own;
    demo.pick("mistake").textContent = mistake ?? "";
    demo.pick("mistake").hidden = !mistake;
    drawRun();
    drawTally();
    label();
  }

  function drawRun() {
    const asked = setting(), at = records[Math.min(slider.value, records.length - 1)];
    const letters = outcomesStored(asked), before = outcomeStored(letters, asked.seed);
    demo.pick("step").textContent = at ? at.step.toLocaleString("en") : "–";
    demo.pick("cost").textContent = at ? three(at.cost) : "–";
    demo.pick("right").textContent = at ? `${4 * at.accuracy} / 4` : "–";
    demo.pick("outcome").textContent = result ? demo.word(result.outcome) : "…";
    demo.pick("before").textContent = before ? demo.word(before) : demo.word("not_stored");
    demo.form.dataset.outcome = result?.outcome ?? "";
    slider.setAttribute("aria-valuetext",
      at ? `${demo.word("step")} ${at.step}, ${demo.word("cost")} ${three(at.cost)}` : "");
    const accent = "var(--accent)", layers = asked.hidden.length + 1;
    const most = Math.max(2, ...records.map(({ cost }) => (cost < 1e6 ? cost : 0)));
    const end = records.find(({ cost }) => !Number.isFinite(cost));
    plot.draw(demo.pick("costs"), {
      x: { from: 0, to: STEPS - 1, title: demo.word("step"), ticks: [0, 5000, 10000, 15000, 20000] },
      y: { from: COST_FLOOR, to: most, log: true },
      lines: [{ points: records.map(({ step, cost }) => [step, cost]),
        colour: demonstrations.colourOf(asked.activation) }],
      rules: [{ y: PLATEAU_COST, text: demo.word("plateau_line") },
        ...(at ? [{ x: at.step, dash: "" }] : []),
        ...(end ? [{ x: end.step, text: demo.word("from_here"), end: end.step > STEPS / 2,
          low: true }] : [])],
      dots: at ? [{ x: at.step, y: at.cost, colour: accent, size: 6 }] : [],
    });
    const norms = at?.norms ?? [], seen = records.flatMap((record) => record.norms)
      .filter((norm) => norm > 0 && norm < Infinity);
    const low = seen.reduce((a, b) => Math.min(a, b), 1e-2);
    const high = seen.reduce((a, b) => Math.max(a, b), 1);
    plot.draw(demo.pick("norms"), {
      x: { from: 0.4, to: layers + 0.6, title: demo.word("layer"),
        ticks: [...Array(layers).keys()].map((i) => i + 1)
          .filter((i) => layers <= 10 || i % 5 === 0) },
      y: { from: Math.max(1e-30, low) / 3, to: Math.min(1e12, high), log: true },
      bars: norms.map((norm, i) => ({ at: i + 1, value: norm > 0 ? norm : 1e-40, colour: accent })),
    });
    const without = norms.filter((norm) => norm === 0).length;
    demo.pick("norms-note").textContent = norms.some((norm) => !Number.isFinite(norm))
      ? demo.word("no_gradient") : without ? demo.word("zero_gradient", without) : "";
    for (let i = 0; i < 4; i++) {
      const answer = at?.answers[i], row = demo.pick(`answer-${i}`);
      row.querySelector("i").style.setProperty("--share", Number.isFinite(answer) ? answer : 0);
      row.querySelector("i").style.background = COLOURS[i];
      row.querySelector("output").textContent = answer === undefined ? "–"
        : Number.isFinite(answer) ? answer.toFixed(3) : three(answer);
    }
    demo.form.dataset.drawn = `${records.length} ${at?.step ?? ""}`;
  }

  function fill(bar, counts, all) {
    for (const outcome of OUTCOMES) {
      const part = bar.querySelector(`[data-outcome="${outcome}"]`), count = counts[outcome] ?? 0;
      part.style.flexGrow = count;
      part.hidden = !count;
      part.textContent = count / all > 0.07 ? count.toLocaleString("en") : "";
    }
    bar.querySelector("[data-outcome=rest]").style.flexGrow = all
      - OUTCOMES.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0);
    bar.setAttribute("aria-label", OUTCOMES.map((outcome) =>
      `${demo.word(outcome)}: ${counts[outcome] ?? 0}`).join(", "));
  }

  function drawTally() {
    const letters = outcomesStored(setting()), counts = {};
    for (const outcome of OUTCOMES) {
      counts[outcome] = [...(letters ?? "")].filter((letter) => letter === outcome[0]).length;
    }
    fill(demo.pick("bar-here"), tally?.counts ?? {}, MANY);
    fill(demo.pick("bar-stored"), counts, letters?.length ?? 1);
    demo.pick("stored").hidden = !letters;
    demo.pick("stored-name").textContent =
      demo.word("stored_bar", letters ? letters.length.toLocaleString("en") : "");
    demo.pick("here-name").textContent = tally
      ? demo.word("here_bar", tally.first, tally.first + MANY - 1, tally.done)
      : demo.word("here_empty");
    demo.pick("same").textContent = tally?.letters && tally.done === MANY
      && tally.first + MANY <= tally.letters.length ? demo.word("same", tally.same, MANY) : "";
    demo.form.dataset.tally = tally ? `${tally.done} ${tally.same}` : "";
    const { agreement } = demo.data;
    demo.pick("agreement").textContent = agreement
      ? demo.word("agreement", agreement.seeds, agreement.same.toLocaleString("en"),
        agreement.runs.toLocaleString("en"), (100 * agreement.least).toFixed(1)) : "";
  }

  const again = () => {
    clearTimeout(waiting);
    waiting = setTimeout(run, STILL_MS);
  };
  demo.moved = (name) => {
    if (name !== "seed") {
      many.stop();
      tally = null;
    }
    again();
    draw();
  };
  slider.addEventListener("input", () => {
    halt();
    drawRun();
  });
  play.addEventListener("click", toggle);
  demo.pick("next").addEventListener("click", () => demo.set({ seed: demo.get("seed") + 1 }));
  const { late } = demo.data;
  const show = (name, values) => demo.pick(name)?.addEventListener("click", () =>
    demo.set({ depth: 9, width: 5, rate: 0.01, precision: "single", initial: "normal", ...values }));
  show("as-post", { function: "sigmoid", loss: "document", seed: 0 });
  show("late", { function: late?.activation, loss: "document", seed: late?.seed });
  show("cured", { function: late?.activation, loss: "stable", seed: late?.seed });
  demo.pick("hundred").addEventListener("click", hundred);
  run();
  return draw;
});
