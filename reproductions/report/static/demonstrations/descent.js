"use strict";
// Gradient descent of one unit: a linear one whose inputs have a mean, and a ReLU that can die.
const descent = (() => {
  // Eight inputs of mean 0 and with the identity as their covariance, in an order that jumps about.
  const DIRECTIONS = [0, 3, 6, 1, 4, 7, 2, 5].map((k) => [
    Math.SQRT2 * Math.cos(k * Math.PI / 4), Math.SQRT2 * Math.sin(k * Math.PI / 4)]);
  const TARGET = [1.5, -0.5], DIVERGED = 1e6;

  // Half the mean squared error of the unit w · x, where w₁ and w₂ miss the target by this much.
  const lossOf = (a, b, mean) => (a * a + b * b + (mean * (a + b)) ** 2) / 2;

  // The path of both weights from 0, its costs, and the number of updates in which both weights
  // move in the same direction. `batch` is "one" or "all"; it ends early where the loss diverges.
  function linear({ mean, rate, batch, steps }) {
    const inputs = DIRECTIONS.map(([a, b]) => [a + mean, b + mean]);
    const path = [[0, 0]], costs = [lossOf(...TARGET, mean)];
    let together = 0;
    for (let t = 0; t < steps && costs[t] < DIVERGED; t++) {
      const samples = batch === "one" ? [inputs[t % inputs.length]] : inputs;
      const w = path[t], move = [0, 0];
      for (const x of samples) {
        const error = (w[0] - TARGET[0]) * x[0] + (w[1] - TARGET[1]) * x[1];
        move[0] -= rate * error * x[0] / samples.length;
        move[1] -= rate * error * x[1] / samples.length;
      }
      together += move[0] * move[1] > 0;
      path.push([w[0] + move[0], w[1] + move[1]]);
      costs.push(lossOf(path[t + 1][0] - TARGET[0], path[t + 1][1] - TARGET[1], mean));
    }
    return { path, costs, together };
  }

  const SAMPLES = Array.from({ length: 10 }, (_, i) => (i + 1) / 5);
  const wanted = (x) => x / 2;

  // One unit f(w x + b) that learns x / 2 from w = 2; f(z) is z above 0 and `leak` z elsewhere.
  // Before each update: the weight, the bias, the mean squared error, and how many of the samples
  // have z at or below 0.
  function rectified({ rate, bias, leak, steps }) {
    const records = [];
    let w = 2, b = bias;
    for (let t = 0; t <= steps; t++) {
      let loss = 0, below = 0, dw = 0, db = 0;
      for (const x of SAMPLES) {
        const z = w * x + b, slope = z > 0 ? 1 : leak, error = slope * z - wanted(x);
        below += z <= 0;
        loss += error * error / SAMPLES.length;
        dw += 2 * error * slope * x / SAMPLES.length;
        db += 2 * error * slope / SAMPLES.length;
      }
      records.push({ w, b, loss, below });
      w -= rate * dw;
      b -= rate * db;
    }
    return records;
  }

  return { SAMPLES, TARGET, linear, rectified, wanted };
})();
