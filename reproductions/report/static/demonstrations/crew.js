"use strict";
// Workers that train networks side by side, so that the page stays smooth; and `window.suite`, which
// offers the same to whoever scripts the page.
const CORES = Math.min(8, navigator.hardwareConcurrency || 2);

class Crew {
  static #address;
  #size;
  #idle = [];
  #busy = new Set();
  #queue = [];

  constructor(size) {
    this.#size = size;
  }

  // Trains one network, when a worker is free. `told` is given records as they come.
  train(setting, told = () => {}) {
    return new Promise((resolve, reject) => {
      this.#queue.push({ setting, told, resolve, reject });
      this.#next();
    });
  }

  // Gives up whatever is not done: its promises stay open.
  stop() {
    this.#queue = [];
    for (const worker of this.#busy) worker.terminate();
    this.#busy.clear();
  }

  #next() {
    if (!this.#queue.length || this.#busy.size >= this.#size) return;
    const worker = this.#idle.pop() ?? Crew.#hire(), task = this.#queue.shift();
    this.#busy.add(worker);
    worker.onmessage = ({ data: { records = [], result, mistake, key, received } }) => {
      if (records.length) task.told(records);
      if (!result && !mistake) return;
      this.#busy.delete(worker);
      this.#idle.push(worker);
      if (result) task.resolve(result);
      else task.reject(Object.assign(new Error(mistake), { key, received }));
      this.#next();
    };
    worker.postMessage(task.setting);
  }

  static #hire() {
    if (!Crew.#address) {
      const source = ["engine", "worker"].map((id) => document.getElementById(id).textContent);
      Crew.#address = URL.createObjectURL(new Blob(source, { type: "text/javascript" }));
    }
    return new Worker(Crew.#address);
  }
}

window.suite = (() => {
  const crew = new Crew(CORES), RULES = ["document", "stable"];
  const MOST_STEPS = 1e7;
  const wrong = (requirement, name, value) =>
    new RangeError(`${requirement}. Received: ${name}=${JSON.stringify(value) ?? value}`);

  // Trains the XOR post's network from the suite's initial weights; gives {outcome, cost, accuracy}.
  async function xor({ seed, activation, loss, steps = 20001 } = {}) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw wrong("seed must be a whole number from 0", "seed", seed);
    }
    if (!Object.hasOwn(functions.named, activation)) {
      const names = Object.keys(functions.named).join(", ");
      throw wrong(`activation must be one of ${names}`, "activation", activation);
    }
    if (!RULES.includes(loss)) {
      throw wrong(`loss must be one of ${RULES.join(", ")}`, "loss", loss);
    }
    if (!Number.isInteger(steps) || steps < 1 || steps > MOST_STEPS) {
      throw wrong(`steps must be a whole number from 1 to ${MOST_STEPS}`, "steps", steps);
    }
    const hidden = Array(9).fill(5);
    return crew.train({ hidden, activation, loss, rate: 0.01, steps, every: 100, seed });
  }
  return { xor };
})();
