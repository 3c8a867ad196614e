"use strict";
// The XOR post's network, trained on all four points at every update, as `reproductions/training/
// xor.py` trains it: from the same initial weights, with the same loss, to the same outcomes.
const xorEngine = (() => {
  const FIRST = [0, 0, 1, 1], SECOND = [0, 1, 0, 1], TARGETS = [0, 1, 1, 0], POINTS = 4;
  const PLATEAU_COST = Math.log(2), PLATEAU_WIDTH = 0.01, SOLVED_COST = Math.log(2) / 4;
  const OUTCOMES = ["solved", "plateau", "other", "non-finite"];

  // z = kernel' input + bias for the four points of each unit, which lie side by side. A layer's
  // kernel stands in `weights` from `start` on, (in, out), and its bias after it.
  function dense(weights, start, ins, outs, input, z) {
    for (let unit = 0; unit < outs; unit++) {
      let a = 0, b = 0, c = 0, d = 0, place = start + unit;
      for (let i = 0; i < POINTS * ins; i += POINTS) {
        const weight = weights[place];
        a += input[i] * weight;
        b += input[i + 1] * weight;
        c += input[i + 2] * weight;
        d += input[i + 3] * weight;
        place += outs;
      }
      const bias = weights[place], at = POINTS * unit;
      z[at] = a + bias;
      z[at + 1] = b + bias;
      z[at + 2] = c + bias;
      z[at + 3] = d + bias;
    }
  }

  // The way back through a layer: from the gradient with respect to z (`delta`) to that with respect
  // to the input (`below`), and SGD's update on the way. Gives the norm of the kernel's gradient.
  function update(weights, start, ins, outs, input, delta, below, rate) {
    let square = 0, place = start;
    for (let unit = 0; unit < ins; unit++) {
      const at = POINTS * unit;
      const i = input[at], j = input[at + 1], k = input[at + 2], l = input[at + 3];
      let a = 0, b = 0, c = 0, d = 0;
      for (let o = 0; o < POINTS * outs; o += POINTS) {
        const p = delta[o], q = delta[o + 1], r = delta[o + 2], s = delta[o + 3];
        const weight = weights[place], gradient = i * p + j * q + (k * r + l * s);
        a += p * weight;
        b += q * weight;
        c += r * weight;
        d += s * weight;
        square += gradient * gradient;
        weights[place] = weight - rate * gradient;
        place++;
      }
      below[at] = a;
      below[at + 1] = b;
      below[at + 2] = c;
      below[at + 3] = d;
    }
    for (let o = 0; o < POINTS * outs; o += POINTS) {
      weights[place] -= rate * (delta[o] + delta[o + 1] + (delta[o + 2] + delta[o + 3]));
      place++;
    }
    return Math.sqrt(square);
  }

  // The cost of one answer, and its gradient with respect to the logit, by either loss. The post's
  // is that of the probability h, by the chain rule as TensorFlow follows it: where h is exactly 0
  // or 1, 0 * log 0 and 0 / 0 make both NaN.
  const rules = {
    document: {
      cost: (z, y, round) => {
        const h = functions.sigmoidOf(z, round);
        return -(y * round(Math.log(h)) + (1 - y) * round(Math.log(round(1 - h))));
      },
      gradient: (z, y, round) => {
        const h = functions.sigmoidOf(z, round), rest = round(1 - h);
        return ((1 - y) * round(1 / rest) - y * round(1 / h)) * h * rest / POINTS;
      },
      right: (z, y, round) => functions.sigmoidOf(z, round) > 0.5 === (y === 1),
    },
    stable: {
      cost: (z, y) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y * z,
      gradient: (z, y) => (1 / (1 + Math.exp(-z)) - y) / POINTS,
      right: (z, y) => z > 0 === (y === 1),
    },
  };

  function network(widths, activate, { Numbers }, initial) {
    const depth = widths.length - 1, weights = Numbers.from(initial), starts = [0];
    for (let l = 0; l < depth; l++) starts.push(starts[l] + (widths[l] + 1) * widths[l + 1]);
    const [signals, sums, slopes, deltas] = [0, 1, 2, 3].map(() =>
      widths.map((width) => new Numbers(POINTS * width)));
    signals[0].set([...FIRST, ...SECOND]);
    const norms = new Float64Array(depth);

    function forward() {
      for (let l = 0; l < depth; l++) {
        dense(weights, starts[l], widths[l], widths[l + 1], signals[l], sums[l + 1]);
        if (l < depth - 1) {
          activate(sums[l + 1], signals[l + 1], slopes[l + 1], POINTS * widths[l + 1]);
        }
      }
      return sums[depth];
    }
    // After `deltas[depth]` was set: one update. The norms are those of the kernels' gradients.
    function backward(rate) {
      for (let l = depth - 1; l >= 0; l--) {
        const delta = deltas[l + 1], slope = slopes[l + 1];
        if (l < depth - 1) for (let i = 0; i < delta.length; i++) delta[i] *= slope[i];
        norms[l] = update(weights, starts[l], widths[l], widths[l + 1], signals[l], delta, deltas[l],
          rate);
      }
    }
    return { weights, forward, backward, delta: deltas[depth], norms };
  }

  const count = (widths) =>
    widths.slice(1).reduce((sum, width, l) => sum + (widths[l] + 1) * width, 0);

  // The weights that a seed stands for, as float32 numbers: from N(0, 1), biases too, as the post
  // draws them; or by Glorot's or He's scheme, with biases of 0.
  function initialWeights(widths, seed, scheme) {
    const draw = scheme === "glorot" ? philox.uniforms : philox.normals;
    const drawn = draw(seed, count(widths));
    if (scheme === "normal") return Float32Array.from(drawn);
    let at = 0;
    for (let l = 1; l < widths.length; l++) {
      const [ins, outs] = [widths[l - 1], widths[l]];
      const variance = scheme === "glorot" ? 2 / (ins + outs) * 3 : 2 / ins;
      for (let i = 0; i < ins * outs; i++) drawn[at++] *= Math.sqrt(variance);
      for (let i = 0; i < outs; i++) drawn[at++] = 0;
    }
    return Float32Array.from(drawn);
  }

  function outcomeOf(cost, finite) {
    if (!finite) return "non-finite";
    if (cost < SOLVED_COST) return "solved";
    return Math.abs(cost - PLATEAU_COST) < PLATEAU_WIDTH ? "plateau" : "other";
  }

  // Trains one network. `told` is given each record: step, cost, accuracy, the four answers, and the
  // norm of the gradient with respect to each layer's kernel.
  function train(setting, told = () => {}) {
    const { hidden, activation, loss, rate, steps, every, seed, precision = "single",
      scheme = "normal" } = setting;
    const numbers = functions.precisions[precision], { round } = numbers;
    const widths = [2, ...hidden, 1], rule = rules[loss], step = round(rate);
    const activate = functions.activation(activation, numbers);
    // Both precisions start from the same float32 numbers.
    const initial = initialWeights(widths, seed, scheme);
    const net = network(widths, activate, numbers, initial);
    let cost = NaN, accuracy = 0;
    for (let i = 0; i < steps; i++) {
      const z = net.forward(), recorded = i % every === 0;
      for (let p = 0; p < POINTS; p++) net.delta[p] = rule.gradient(z[p], TARGETS[p], round);
      if (recorded) {
        cost = round([...z].reduce((sum, x, p) => sum + rule.cost(x, TARGETS[p], round), 0) / POINTS);
        accuracy = z.reduce((sum, x, p) => sum + rule.right(x, TARGETS[p], round), 0) / POINTS;
      }
      const answers = recorded && Array.from(z, (x) => functions.sigmoidOf(x, round));
      net.backward(step);
      if (recorded) told({ step: i, cost, accuracy, answers, norms: Array.from(net.norms) });
      // What is NaN from end to end stays so.
      if (recorded && Number.isNaN(cost) && net.weights.every(Number.isNaN)) break;
    }
    // A cost that is not finite breaks the weights at the same update: what breaks stays broken.
    const finite = net.weights.every(Number.isFinite);
    return { outcome: outcomeOf(cost, finite), cost, accuracy };
  }

  return { OUTCOMES, PLATEAU_COST, initialWeights, outcomeOf, train };
})();
