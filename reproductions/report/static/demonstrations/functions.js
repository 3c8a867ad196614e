"use strict";
// The suite's activation functions, each over a whole array: from z to the value y and the
// derivative, which at every kink is the one that the suite's own layers give.
//
// Sums are taken in double precision, and the arrays that take the results round them: to float32 in
// single precision. `round` rounds where more than the result must be single: 1 + exp(-z), which is 1
// from z = 16.64 on, is why the XOR post's network becomes NaN.
const functions = (() => {
  const precisions = {
    single: { round: Math.fround, Numbers: Float32Array },
    double: { round: (x) => x, Numbers: Float64Array },
  };

  // TensorFlow's float32 tanh is this quotient of polynomials up to where, in float32, it becomes 1.
  function tanhSingle(z, y, slope, count) {
    const limit = 7.99881172180175781;
    for (let i = 0; i < count; i++) {
      const x = z[i], s = x * x;
      let p = s * -2.76076847742355e-16 + 2.00018790482477e-13;
      p = s * p - 8.60467152213735e-11;
      p = s * p + 5.12229709037114e-8;
      p = s * p + 1.48572235717979e-5;
      p = s * p + 6.37261928875436e-4;
      p = s * p + 4.89352455891786e-3;
      let q = s * 1.19825839466702e-6 + 1.18534705686654e-4;
      q = s * q + 2.26843463243900e-3;
      q = s * q + 4.89352518554385e-3;
      const value = x >= limit ? 1 : x <= -limit ? -1 : Math.fround(x * p / q);
      y[i] = value;
      slope[i] = 1 - value * value;
    }
  }

  function tanhDouble(z, y, slope, count) {
    for (let i = 0; i < count; i++) {
      const value = Math.tanh(z[i]);
      y[i] = value;
      slope[i] = 1 - value * value;
    }
  }

  const sigmoidOf = (x, round) => round(1 / round(1 + round(Math.exp(-x))));

  // By the names of the suite: each makes, for a precision, what fills y and slope from z.
  const named = {
    threshold: () => (z, y, slope, count) => {
      for (let i = 0; i < count; i++) {
        y[i] = z[i] > 0 ? 1 : z[i] <= 0 ? 0 : NaN;
        slope[i] = 0;
      }
    },
    linear: () => (z, y, slope, count) => {
      for (let i = 0; i < count; i++) {
        y[i] = z[i];
        slope[i] = 1;
      }
    },
    sigmoid: ({ round }) => (z, y, slope, count) => {
      for (let i = 0; i < count; i++) {
        const value = round(1 / round(1 + round(Math.exp(-z[i]))));
        y[i] = value;
        slope[i] = value * round(1 - value);
      }
    },
    tanh: ({ round }) => (round === Math.fround ? tanhSingle : tanhDouble),
    relu: () => (z, y, slope, count) => {
      for (let i = 0; i < count; i++) {
        const x = z[i];
        y[i] = x <= 0 ? 0 : x; // NaN stays NaN
        slope[i] = x > 0 ? 1 : 0;
      }
    },
    leaky_relu: ({ round }) => (z, y, slope, count) => {
      const leak = round(0.2);
      for (let i = 0; i < count; i++) {
        const x = z[i], above = x > 0;
        y[i] = above ? x : leak * x;
        slope[i] = above ? 1 : leak;
      }
    },
    elu: () => (z, y, slope, count) => {
      for (let i = 0; i < count; i++) {
        const x = z[i], above = x > 0;
        y[i] = above ? x : Math.expm1(x);
        slope[i] = above ? 1 : Math.exp(x);
      }
    },
    softplus: () => (z, y, slope, count) => {
      for (let i = 0; i < count; i++) {
        const x = z[i];
        y[i] = Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
        slope[i] = 1 / (1 + Math.exp(-x));
      }
    },
    swish: () => (z, y, slope, count) => {
      for (let i = 0; i < count; i++) {
        const x = z[i], share = 1 / (1 + Math.exp(-x));
        y[i] = x * share;
        slope[i] = share * (1 + x * (1 - share));
      }
    },
  };

  // Of a name of the suite, or of a formula such as "x / (1 + abs(x))".
  function activation(text, precision) {
    if (Object.hasOwn(named, text)) return named[text](precision);
    return expression.parse(text).over(precision);
  }

  return { activation, named, precisions, sigmoidOf };
})();
