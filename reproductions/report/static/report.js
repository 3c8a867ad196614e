"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const keep = (key, value) => {
    try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value); }
    catch { /* a reader who allows no storage chooses anew each time */ }
  };
  const listeners = []; // told when the language or the colours change
  const changed = () => listeners.forEach((tell) => tell());

  // Language: both are in the page, and the style shows one. Attributes are set here.
  function speak(language) {
    root.lang = language;
    for (const element of all("[data-ko]")) {
      for (const [name, value] of Object.entries(JSON.parse(element.dataset[language]))) {
        if (name === "text") element.textContent = value;
        else element.setAttribute(name, value);
      }
    }
    for (const button of all("[data-lang-to]")) {
      button.setAttribute("aria-pressed", button.dataset.langTo === language);
    }
    changed();
  }
  for (const button of all("[data-lang-to]")) {
    button.addEventListener("click", () => {
      keep("report-lang", button.dataset.langTo);
      speak(button.dataset.langTo);
    });
  }

  // Colours: the system's, or the reader's choice.
  function colour(theme) {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const button of all("[data-theme-to]")) {
      button.setAttribute("aria-pressed", button.dataset.themeTo === theme);
    }
    changed();
  }
  for (const button of all("[data-theme-to]")) {
    button.addEventListener("click", () => {
      const theme = button.dataset.themeTo;
      keep("report-theme", theme === "auto" ? null : theme);
      colour(theme);
    });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);

  // What is packed into the page: tables to download, and the plotting library.
  async function unpack(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).blob();
  }
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches(".csv")) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await unpack(button.dataset.packed));
      link.download = button.dataset.file;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    } else if (button.matches(".copy")) {
      await navigator.clipboard?.writeText(button.dataset.copy);
    } else if (button.matches(".larger")) {
      const image = one("img", button);
      one("#zoom img").src = image.src;
      one("#zoom img").alt = image.alt;
      one("#zoom .bar span").textContent = image.alt;
      one("#zoom").showModal();
    } else if (button.closest("#zoom")) {
      one("#zoom").close();
    }
  });

  // The contents mark what is in view, and close once the reader has chosen.
  const contents = one("#contents");
  const links = new Map(all("a", contents).map((link) => [link.hash.slice(1), link]));
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) links.get(target.id)?.setAttribute("aria-current", "true");
      else links.get(target.id)?.removeAttribute("aria-current");
    }
  }, { rootMargin: "-20% 0px -70% 0px" });
  all("main > section, .experiment").forEach((section) => watch.observe(section));
  contents.addEventListener("click", ({ target }) => {
    if (target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
  });

  // A term's explanation opens beside the word, inside the window.
  document.addEventListener("click", (event) => {
    const term = event.target.closest(".term");
    if (!term) return;
    event.preventDefault(); // the browser would open it only after this, without a size
    const note = document.getElementById(term.getAttribute("popovertarget"));
    if (!note.togglePopover()) return;
    note.style.left = note.style.top = "0";
    const word = term.getBoundingClientRect(), box = note.getBoundingClientRect();
    const within = (place, room) => Math.max(8, Math.min(place, room - 8));
    const below = word.bottom + 6 + box.height < innerHeight;
    const top = below ? word.bottom + 6 : word.top - 6 - box.height;
    note.style.left = `${within(word.left, innerWidth - box.width)}px`;
    note.style.top = `${within(top, innerHeight - box.height)}px`;
  });

  // Players. The weights are in the page; what a network makes of the plane is computed here.
  function layers(weights, widths, x, y) {
    let signal = [x, y], at = 0, last = signal;
    for (let layer = 1; layer < widths.length; layer++) {
      const inputs = widths[layer - 1], outputs = widths[layer], logits = [];
      for (let unit = 0; unit < outputs; unit++) {
        let sum = weights[at + inputs * outputs + unit];
        for (let i = 0; i < inputs; i++) sum += signal[i] * weights[at + i * outputs + unit];
        logits.push(sum);
      }
      at += (inputs + 1) * outputs;
      last = signal;
      signal = layer === widths.length - 1 ? logits : logits.map(Math.tanh);
    }
    return { logit: signal[0], image: last };
  }
  const range = (count) => Array.from({ length: count }, (_, i) => i);
  const circle = (radius, angles) => range(angles + 1).map((i) => {
    const angle = (2 * Math.PI * i) / angles;
    return [radius * Math.sin(angle), radius * Math.cos(angle)];
  });

  // Of one network: how far the nearest point of either circle is from the line that decides, on
  // its own side (below 0: some point is on the wrong one), and the share of points that is right.
  function measure(weights, widths, data) {
    const [a, b] = weights.slice(-3);
    const length = Math.hypot(a, b);
    let margin = Infinity, right = 0;
    data.radii.forEach((radius, which) => {
      const sign = which === 0 ? 1 : -1;
      for (const [x, y] of circle(radius, data.angles).slice(1)) {
        const logit = sign * layers(weights, widths, x, y).logit;
        margin = Math.min(margin, logit / length);
        right += logit > 0;
      }
    });
    return { margin, right: right / (data.radii.length * data.angles) };
  }

  function player(box, data, words, Plotly) {
    const pick = (name) => one(`.${name}`, box);
    const slider = pick("epoch"), play = pick("play");
    const GRID = 61, EXTENT = 1.25, LINES = 21, ALONG = 41;
    const edge = range(GRID).map((i) => -EXTENT + (2 * EXTENT * i) / (GRID - 1));
    const spread = (count, i) => -1 + (2 * i) / (count - 1);
    let network, run, measured, timer = null;
    const word = (key) => words[root.lang][key];
    const signed = (value) => (value < 0 ? "−" : "") + Math.abs(value).toFixed(3);

    const fillRuns = () => {
      const kept = pick("run").selectedIndex;
      pick("run").replaceChildren(...network.runs.map((item, i) => {
        const shown = word(item.shown) ?? item.shown;
        return new Option(`${shown} (${word("seed")} ${item.seed})`, i);
      }));
      pick("run").selectedIndex = Math.max(0, Math.min(kept, network.runs.length - 1));
    };
    const choose = () => {
      network = data.networks[pick("network").selectedIndex];
      fillRuns();
      run = network.runs[pick("run").selectedIndex];
      measured = run.weights.map((weights) => measure(weights, network.widths, data));
      slider.max = run.epochs.length - 1;
      draw();
    };

    function draw() {
      const at = Number(slider.value), epoch = run.epochs[at], weights = run.weights[at];
      const style = getComputedStyle(root), css = (name) => style.getPropertyValue(name).trim();
      const dark = css("--ground") === "#11151a";
      const colours = dark
        ? { outer: "#6cb4ee", inner: "#f59a5f", one: "#1d3850", zero: "#46301f" }
        : { outer: "#0072B2", inner: "#D55E00", one: "#CFE3F1", zero: "#F9DCCB" };
      const { margin, right } = measured[at];
      pick("at").textContent = `${epoch} / ${run.epochs.at(-1)}`;
      pick("right").textContent = `${(100 * right).toFixed(1)} %`;
      pick("margin").textContent = signed(margin);
      pick("state").textContent = word(margin > 0 ? "separated" : "mixed");
      slider.setAttribute("aria-valuetext",
        `${word("epoch")} ${epoch}, ${word("margin")} ${signed(margin)}`);
      for (const [key, value] of [["k-outer", "outer"], ["k-inner", "inner"]]) {
        pick(key).style.color = colours[value];
      }
      pick("k-one").style.background = colours.one;
      pick("k-zero").style.background = colours.zero;
      pick("k-line").style.color = css("--ink");

      const axis = (title, reach) => ({
        title: { text: title, standoff: 8 }, range: [-reach, reach], zeroline: false,
        tickvals: [-1, 0, 1], gridcolor: css("--line"), fixedrange: false,
      });
      const layout = (x, y) => ({
        margin: { l: 46, r: 8, t: 6, b: 44 }, showlegend: false, uirevision: network.name,
        paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
        font: { color: css("--soft"), size: 12, family: getComputedStyle(document.body).fontFamily },
        xaxis: x, yaxis: y, dragmode: false,
        modebar: { bgcolor: "rgba(0,0,0,0)", color: css("--soft"), activecolor: css("--accent") },
      });
      const square = (x, y, reach) => layout(axis(x, reach),
        { ...axis(y, reach), scaleanchor: "x", scaleratio: 1 });
      const options = { responsive: true, displaylogo: false, scrollZoom: false,
        displayModeBar: "hover",
        modeBarButtons: [["zoomIn2d", "zoomOut2d", "pan2d", "resetScale2d"]] };
      const line = (points, colour, width, more = {}) => ({
        x: points.map((p) => p && p[0]), y: points.map((p) => p && p[1]), mode: "lines",
        line: { color: colour, width, ...more }, hoverinfo: "skip",
      });
      const circles = data.radii.map((radius) => circle(radius, 180));
      const image = (point) => layers(weights, network.widths, ...point).image;

      Plotly.react(pick("plane"), [
        {
          type: "contour", x: edge, y: edge, hoverinfo: "skip", showscale: false,
          z: edge.map((y) => edge.map((x) => layers(weights, network.widths, x, y).logit)),
          contours: { start: 0, end: 0, size: 1, coloring: "fill" }, line: { width: 0 },
          colorscale: [[0, colours.zero], [0.5, colours.zero], [0.5, colours.one], [1, colours.one]],
          zmin: -1, zmax: 1, zauto: false,
        },
        line(circles[0], colours.outer, 2.5), line(circles[1], colours.inner, 2.5),
      ], square("x₁", "x₂", EXTENT), options);

      const across = [];
      for (const i of range(LINES)) {
        for (const swap of [false, true]) {
          for (const j of range(ALONG)) {
            const point = [spread(ALONG, j), spread(LINES, i)];
            across.push(image(swap ? point.reverse() : point));
          }
          across.push(null);
        }
      }
      const [a, b, c] = weights.slice(-3), length = Math.hypot(a, b) || 1;
      const foot = [(-c * a) / length ** 2, (-c * b) / length ** 2];
      const reach = [-4, 4].map((s) => [foot[0] - (s * b) / length, foot[1] + (s * a) / length]);
      Plotly.react(pick("image"), [
        line(across, dark ? "#6f7c8a" : "#b4bcc5", 0.7),
        line(circles[0].map(image), colours.outer, 2.5),
        line(circles[1].map(image), colours.inner, 2.5),
        line(reach, css("--ink"), 1.5, { dash: "dash" }),
      ], square("u", "v", 1.1), options);

      Plotly.react(pick("history"), [
        { x: run.epochs, y: measured.map((m) => m.margin), mode: "lines",
          line: { color: css("--accent"), width: 2 },
          hovertemplate: `${word("epoch")} %{x}: %{y:.3f}<extra></extra>` },
        { x: [epoch], y: [margin], mode: "markers", hoverinfo: "skip",
          marker: { color: css("--accent"), size: 11 } },
      ], {
        ...layout(
          { title: { text: word("epoch"), standoff: 8 }, gridcolor: css("--line"), zeroline: false },
          { gridcolor: css("--line"), zeroline: true, zerolinecolor: css("--soft"),
            zerolinewidth: 1.5, automargin: true },
        ),
        uirevision: `${network.name} ${run.seed}`,
      }, options);
      box.dataset.drawn = `${network.name} ${run.shown} ${epoch}`;
    }

    const step = (by) => {
      slider.value = Math.max(0, Math.min(Number(slider.max), Number(slider.value) + by));
      draw();
    };
    const stop = () => {
      clearTimeout(timer);
      timer = null;
      label();
    };
    const label = () => {
      play.textContent = timer === null ? word("play") : word("pause");
      play.setAttribute("aria-pressed", timer !== null);
    };
    const tick = () => {
      if (slider.value === slider.max) return stop();
      step(1);
      timer = setTimeout(tick, 120);
    };
    const toggle = () => {
      if (timer !== null) return stop();
      if (slider.value === slider.max) slider.value = 0;
      timer = setTimeout(tick, 0);
      label();
    };
    play.addEventListener("click", toggle);
    slider.addEventListener("input", () => { stop(); draw(); });
    pick("network").addEventListener("change", () => { choose(); });
    pick("run").addEventListener("change", choose);
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.target.matches("select")) return; // its own keys choose
      if (event.key === " " && event.target !== play) toggle();
      else if (event.key.startsWith("Arrow") && event.target !== slider) {
        stop();
        step(event.key === "ArrowRight" || event.key === "ArrowUp" ? 1 : -1);
      } else return;
      event.preventDefault();
    });
    box.tabIndex = -1;
    listeners.push(() => { label(); fillRuns(); draw(); });
    pick("network").replaceChildren(...data.networks.map((item, i) => new Option(item.name, i)));
    pick("network").selectedIndex = Math.min(1, data.networks.length - 1);
    choose();
  }

  const boxes = all("[data-player]");
  if (boxes.length) {
    const data = JSON.parse(one("#player-data").textContent);
    const words = JSON.parse(one("#player-words").textContent);
    let loading;
    const library = async () => {
      const script = document.createElement("script");
      script.textContent = await (await unpack(one("#plotly").textContent)).text();
      document.head.append(script);
      return window.Plotly;
    };
    // Only once a player comes near: four megabytes of script must not hold up the claims.
    const near = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        loading ??= library();
        loading.then((Plotly) => player(target, data[target.dataset.player], words, Plotly));
      }
    }, { rootMargin: "600px" });
    boxes.forEach((box) => near.observe(box));
  }

  speak(root.lang);
  colour(root.dataset.theme ?? "auto");

  // A figure that stands on the page twice is held in it once.
  for (const image of document.querySelectorAll("img[data-of]")) {
    image.src = document.getElementById(image.dataset.of).src;
  }

  // What starts on the way to a place moves it: once there, the page looks for it again.
  addEventListener("hashchange", () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    addEventListener("scrollend", () => place?.scrollIntoView({ behavior: "instant" }), { once: true });
  });
})();
