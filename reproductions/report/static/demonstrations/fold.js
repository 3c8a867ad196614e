"use strict";
// A layer of two tanh units, and a third unit that can fold the plane.
const fold = (() => {
  // Where a point of the plane goes, and the determinant of the map's derivative there.
  function map([x1, x2], { w11, w12, w21, w22, b1, b2, third }) {
    const a = Math.tanh(w11 * x1 + w12 * x2 + b1), b = Math.tanh(w21 * x1 + w22 * x2 + b2);
    const c = Math.tanh(3 * x1 - 3);
    const across = (1 - a * a) * w11 - 3 * third * (1 - c * c), along = (1 - a * a) * w12;
    return { y: [a - third * (1 + c), b], det: (1 - b * b) * (across * w22 - along * w21) };
  }

  // Where a point is on the way through the layer: at 0 where it started, from there to 1 moved by
  // the weights, to 2 by the biases, and to 3 by tanh and the third unit.
  function along([x1, x2], setting, stage) {
    const [weighted, shifted, bent] = [0, 1, 2].map((start) => Math.max(0, Math.min(1, stage - start)));
    const { w11, w12, w21, w22, b1, b2 } = setting;
    const z = [[x1, w11 * x1 + w12 * x2, b1], [x2, w21 * x1 + w22 * x2, b2]].map(([from, to, b]) =>
      (1 - weighted) * from + weighted * to + shifted * b);
    const { y } = map([x1, x2], setting);
    return z.map((value, i) => (1 - bent) * value + bent * y[i]);
  }
  return { along, map };
})();
