"use strict";
// Tanh networks that learn to separate two circles, as `reproductions/training/circles.py` has them.
const networks = (() => {
  const GAP = [NaN, NaN];

  // The outputs of each layer at a point; the last one is the logit. The weights are each layer's
  // kernel, (in, out), and its bias after it.
  function layers(weights, widths, point) {
    const outputs = [];
    let signal = point, at = 0;
    for (let layer = 1; layer < widths.length; layer++) {
      const ins = widths[layer - 1], outs = widths[layer], z = [];
      for (let unit = 0; unit < outs; unit++) {
        let sum = weights[at + ins * outs + unit];
        for (let i = 0; i < ins; i++) sum += signal[i] * weights[at + i * outs + unit];
        z.push(sum);
      }
      at += (ins + 1) * outs;
      signal = layer === widths.length - 1 ? z : z.map(Math.tanh);
      outputs.push(signal);
    }
    return outputs;
  }

  const circle = (radius, angles) => Array.from({ length: angles + 1 }, (_, i) => {
    const angle = (2 * Math.PI * i) / angles;
    return [radius * Math.sin(angle), radius * Math.cos(angle)];
  });

  // How far the nearest point of either circle is from the line that decides, on its own side (below
  // 0: some point is on the wrong one), and the share of points that is right. The first circle has
  // label 1.
  function measure(weights, widths, { radii, angles }) {
    const [a, b] = weights.slice(-3), length = Math.hypot(a, b);
    let margin = Infinity, right = 0;
    radii.forEach((radius, which) => {
      for (const point of circle(radius, angles).slice(1)) {
        const logit = (which === 0 ? 1 : -1) * layers(weights, widths, point).at(-1)[0];
        margin = Math.min(margin, logit / length);
        right += logit > 0;
      }
    });
    return { margin, right: right / (radii.length * angles) };
  }

  // The part of a square in which a function is above 0, as polygons with gaps between them.
  // `values[j][i]` is the function at (places[i], places[j]); between them it is taken as linear.
  function above(values, places) {
    const points = [];
    const rectangle = (from, to, j) => points.push([places[from], places[j]],
      [places[to], places[j]], [places[to], places[j + 1]], [places[from], places[j + 1]], GAP);
    for (let j = 0; j + 1 < places.length; j++) {
      let start = null; // of the cells in a row that lie above 0 as a whole
      for (let i = 0; i + 1 < places.length; i++) {
        const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
        const levels = corners.map(([column, row]) => values[row][column]);
        const whole = levels.every((level) => level > 0);
        if (whole) start ??= i;
        else if (start !== null) {
          rectangle(start, i, j);
          start = null;
        }
        if (whole || !levels.some((level) => level > 0)) continue;
        corners.forEach(([column, row], k) => {
          const [nextColumn, nextRow] = corners[(k + 1) % 4], next = levels[(k + 1) % 4];
          const [x, y] = [places[column], places[row]];
          if (levels[k] > 0) points.push([x, y]);
          if (levels[k] > 0 === next > 0) return;
          const share = levels[k] / (levels[k] - next);
          points.push([x + share * (places[nextColumn] - x), y + share * (places[nextRow] - y)]);
        });
        points.push(GAP);
      }
      if (start !== null) rectangle(start, places.length - 1, j);
    }
    return points;
  }

  // Where a point of space lies in a picture of it, seen from a direction that is turned about the
  // third axis and then tilted; both in degrees.
  function seen([x, y, z], turn, tilt) {
    const a = turn * Math.PI / 180, e = tilt * Math.PI / 180;
    const towards = x * Math.cos(a) + y * Math.sin(a);
    return [y * Math.cos(a) - x * Math.sin(a), z * Math.cos(e) - towards * Math.sin(e)];
  }

  return { above, circle, layers, measure, seen };
})();
