"use strict";
// Formulas in x that a reader types, such as "x * sigmoid(1.7 x)": a Pratt parser (Pratt 1973, "Top
// down operator precedence"), and their value and derivative over whole arrays by forward-mode
// differentiation. Nothing that is typed is ever run as a program.
const expression = (() => {
  // What a text lacks, as a key of the page's words and what stands in their place for {0}.
  class Mistake extends Error {
    constructor(key, received = "") {
      super(`${key}. Received: ${received}`);
      Object.assign(this, { key, received });
    }
  }

  const LONGEST = 200;
  const s = (x) => 1 / (1 + Math.exp(-x));
  const CONSTANTS = { e: Math.E, pi: Math.PI, "π": Math.PI };
  // Each function of one argument: its value, and its derivative from the argument and the value.
  const FUNCTIONS = {
    exp: [Math.exp, (x, y) => y],
    ln: [Math.log, (x) => 1 / x],
    log: [Math.log, (x) => 1 / x],
    sqrt: [Math.sqrt, (x, y) => 0.5 / y],
    abs: [Math.abs, (x) => Math.sign(x)],
    sign: [Math.sign, () => 0],
    sin: [Math.sin, (x) => Math.cos(x)],
    cos: [Math.cos, (x) => -Math.sin(x)],
    tan: [Math.tan, (x, y) => 1 + y * y],
    atan: [Math.atan, (x) => 1 / (1 + x * x)],
    sinh: [Math.sinh, (x) => Math.cosh(x)],
    cosh: [Math.cosh, (x) => Math.sinh(x)],
    tanh: [Math.tanh, (x, y) => 1 - y * y],
    sigmoid: [s, (x, y) => y * (1 - y)],
    relu: [(x) => (x <= 0 ? 0 : x), (x) => (x > 0 ? 1 : 0)],
    softplus: [(x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), s],
    step: [(x) => (x > 0 ? 1 : x <= 0 ? 0 : NaN), () => 0],
  };
  // Each operation on two arguments: its value, and its derivative with respect to each.
  const POWER = [(a, b) => a ** b, (a, b) => (b === 0 ? 0 : b * a ** (b - 1)),
    (a, b, y) => (y === 0 ? 0 : y * Math.log(a))];
  const OPERATIONS = {
    "+": [(a, b) => a + b, () => 1, () => 1],
    "-": [(a, b) => a - b, () => 1, () => -1],
    "*": [(a, b) => a * b, (a, b) => b, (a) => a],
    "/": [(a, b) => a / b, (a, b) => 1 / b, (a, b, y) => -y / b],
    "^": POWER,
    min: [Math.min, (a, b) => (a <= b ? 1 : 0), (a, b) => (a <= b ? 0 : 1)],
    max: [Math.max, (a, b) => (a > b ? 1 : 0), (a, b) => (a > b ? 0 : 1)],
  };
  const BINDING = { "+": 10, "-": 10, "*": 20, "/": 20, "^": 40 };
  const UNARY = 30; // -x^2 is -(x^2)

  function tokens(text) {
    const A_NUMBER = /((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/, A_NAME = /([A-Za-z_π]+)/;
    const A_SIGN = /(\*\*|[-+*/^(),])/;
    const any = [A_NUMBER, A_NAME, A_SIGN].map(({ source }) => source).join("|");
    const pattern = new RegExp(`\\s*(?:${any})`, "y");
    const list = [];
    const plain = text.replace(/[−–]/g, "-").replace(/[×·]/g, "*").replace(/÷/g, "/").trimEnd();
    while (pattern.lastIndex < plain.length) {
      const from = pattern.lastIndex, match = pattern.exec(plain);
      if (!match) throw new Mistake("character", plain.slice(from).trim()[0]);
      const [, number, name, sign] = match;
      list.push(number ? { number: Number(number) } : name ? { name } : {
        sign: sign === "**" ? "^" : sign,
      });
    }
    return list;
  }

  // The tree of a formula: {number}, {x}, or {rule, arguments}.
  function parse(text) {
    if (!text.trim()) throw new Mistake("empty");
    if (text.length > LONGEST) throw new Mistake("long", text.length);
    const list = tokens(text);
    let at = 0;
    const shown = () => {
      const { number, name, sign } = list[at] ?? {};
      return String(number ?? name ?? sign ?? "");
    };
    const expect = (sign) => {
      if (list[at]?.sign !== sign) throw new Mistake(sign === ")" ? "closing" : "opening", shown());
      at++;
    };
    function inside() {
      const given = [whole(0)];
      while (list[at]?.sign === ",") {
        at++;
        given.push(whole(0));
      }
      expect(")");
      return given;
    }
    function first() {
      const token = list[at];
      if (!token) throw new Mistake("end");
      at++;
      if (token.number !== undefined) return { number: token.number };
      if (token.sign === "-" || token.sign === "+") {
        const given = whole(UNARY);
        return token.sign === "+" ? given
          : { rule: OPERATIONS["*"], given: [{ number: -1 }, given] };
      }
      if (token.sign === "(") {
        const given = inside();
        if (given.length > 1) throw new Mistake("comma");
        return given[0];
      }
      if (token.sign) throw new Mistake("misplaced", token.sign);
      const { name } = token;
      if (name === "x") return { x: true };
      if (Object.hasOwn(CONSTANTS, name)) return { number: CONSTANTS[name] };
      const lower = name.toLowerCase();
      const one = Object.hasOwn(FUNCTIONS, lower), two = lower === "min" || lower === "max";
      if (!one && !two) throw new Mistake("unknown", name);
      expect("(");
      const given = inside();
      if (given.length !== (one ? 1 : 2)) throw new Mistake(one ? "one" : "two", name);
      return { rule: one ? FUNCTIONS[lower] : OPERATIONS[lower], given };
    }
    function whole(strength) {
      let left = first();
      for (;;) {
        const token = list[at];
        if (!token || token.sign === ")" || token.sign === ",") return left;
        const next = token.sign && token.sign !== "(" ? token.sign : "*"; // 2x, 2 (x + 1)
        if (BINDING[next] <= strength) return left;
        if (next === token.sign) at++;
        const right = whole(next === "^" ? BINDING[next] - 1 : BINDING[next]);
        left = { rule: OPERATIONS[next], given: [left, right] };
      }
    }
    const tree = whole(0);
    if (at < list.length) throw new Mistake("misplaced", shown());
    return { over: (precision) => over(tree, precision) };
  }

  // Fills y and slope from z, node by node; every step is rounded to the precision.
  function over(tree, { Numbers }) {
    const nodes = [];
    (function collect(node) {
      node.given?.forEach(collect);
      if (!nodes.includes(node)) nodes.push(node);
    })(tree);
    let room = 0, values = new Map(), slopes = new Map();
    const prepare = (count) => {
      room = count;
      values = new Map(nodes.map((node) => [node, new Numbers(count).fill(node.number ?? 0)]));
      slopes = new Map(nodes.map((node) => [node, new Numbers(count).fill(node.x ? 1 : 0)]));
    };
    return (z, y, slope, count) => {
      if (count > room) prepare(count);
      for (const node of nodes) {
        const value = values.get(node), change = slopes.get(node);
        if (node.x) {
          for (let i = 0; i < count; i++) value[i] = z[i];
        } else if (node.rule && node.given.length === 1) {
          const [f, derivative] = node.rule;
          const a = values.get(node.given[0]), da = slopes.get(node.given[0]);
          for (let i = 0; i < count; i++) {
            value[i] = f(a[i]);
            change[i] = times(da[i], derivative(a[i], value[i]));
          }
        } else if (node.rule) {
          const [f, byFirst, bySecond] = node.rule, [left, right] = node.given;
          const a = values.get(left), da = slopes.get(left);
          const b = values.get(right), db = slopes.get(right);
          for (let i = 0; i < count; i++) {
            value[i] = f(a[i], b[i]);
            change[i] = times(da[i], byFirst(a[i], b[i], value[i]))
              + times(db[i], bySecond(a[i], b[i], value[i]));
          }
        }
      }
      const value = values.get(tree), change = slopes.get(tree);
      for (let i = 0; i < count; i++) {
        y[i] = value[i];
        slope[i] = change[i];
      }
    };
  }
  // What does not depend on x has derivative 0, whatever else is infinite there.
  const times = (change, derivative) => (change === 0 ? 0 : change * derivative);

  return { parse, Mistake };
})();
