"use strict";
// NumPy's random numbers: SeedSequence, Philox4x64-10 and the ziggurat of `standard_normal`, so that
// a seed means here the weights that it means in the suite.
//
// O'Neill (2015), "Developing a seed_seq alternative"; Salmon et al. (2011), "Parallel random
// numbers: as easy as 1, 2, 3"; Marsaglia and Tsang (2000), "The ziggurat method for generating
// random variables"; and NumPy's bit_generator.pyx, philox.h and distributions.c.
const philox = (() => {
  const MASK = (1n << 64n) - 1n;

  // Four words of 32 bits that a seed and a spawn key are mixed into, as by NumPy's SeedSequence.
  function pool(seed, stream) {
    const entropy = [seed >>> 0, Math.floor(seed / 2 ** 32), 0, 0, ...stream];
    let constant = 0x43b0d7e5;
    const hash = (value) => {
      value ^= constant;
      constant = Math.imul(constant, 0x931e8875);
      value = Math.imul(value, constant);
      return value ^ (value >>> 16);
    };
    const mix = (x, y) => {
      const mixed = Math.imul(x, 0xca01f9dd) - Math.imul(y, 0x4973f715) | 0;
      return mixed ^ (mixed >>> 16);
    };
    const mixed = [0, 1, 2, 3].map((i) => hash(entropy[i]));
    for (let from = 0; from < 4; from++) {
      for (let to = 0; to < 4; to++) {
        if (from !== to) mixed[to] = mix(mixed[to], hash(mixed[from]));
      }
    }
    for (const word of entropy.slice(4)) {
      for (let to = 0; to < 4; to++) mixed[to] = mix(mixed[to], hash(word));
    }
    return mixed;
  }

  // The two words of 64 bits that are Philox's key.
  function key(seed, stream) {
    let constant = 0x8b51f9dd;
    const [a, b, c, d] = pool(seed, stream).map((word) => {
      word ^= constant;
      constant = Math.imul(constant, 0x58f38ded);
      word = Math.imul(word, constant);
      return BigInt((word ^ (word >>> 16)) >>> 0);
    });
    return [a | (b << 32n), c | (d << 32n)];
  }

  // Numbers of 64 bits, four from each value of the counter.
  function* numbers(seed, stream) {
    const [first, second] = key(seed, stream);
    for (let counter = 1n; ; counter++) {
      let [a, b, c, d] = [counter, 0n, 0n, 0n];
      let [k, l] = [first, second];
      for (let round = 0; round < 10; round++) {
        const ac = a * 0xd2e7470ee14c6c93n, cc = c * 0xca5a826395121157n;
        [a, b, c, d] = [(cc >> 64n) ^ b ^ k, cc & MASK, (ac >> 64n) ^ d ^ l, ac & MASK];
        k = (k + 0x9e3779b97f4a7c15n) & MASK;
        l = (l + 0xbb67ae8584caa73bn) & MASK;
      }
      yield a; yield b; yield c; yield d;
    }
  }

  // The ziggurat's layers, from their right edges x. NumPy's tables differ from these by up to one
  // part in 10^13, which the rounding to float32 hides.
  const RIGHT = 3.654152885361009, AREA = 0.004928673233974655;
  const density = (x) => Math.exp(-0.5 * x * x);
  const edges = new Float64Array(256), tops = new Float64Array(256);
  edges[255] = RIGHT;
  for (let i = 254; i > 0; i--) {
    edges[i] = Math.sqrt(-2 * Math.log(AREA / edges[i + 1] + density(edges[i + 1])));
  }
  edges[0] = AREA / density(RIGHT);
  tops[0] = 1;
  for (let i = 1; i < 256; i++) tops[i] = density(edges[i]);
  const inside = (layer) => (layer === 0 ? RIGHT / edges[0] : layer === 1 ? 0
    : edges[layer - 1] / edges[layer]);

  // `count` numbers from N(0, 1): of `generator(seed, *stream).standard_normal(count)`.
  function normals(seed, count, ...stream) {
    const source = numbers(seed, stream), next = () => source.next().value;
    const uniform = () => Number(next() >> 11n) / 2 ** 53;
    const one = () => {
      for (;;) {
        const bits = next(), layer = Number(bits & 0xffn), sign = bits & 0x100n ? -1 : 1;
        const place = (bits >> 9n) & 0xfffffffffffffn;
        const share = Number(place) / 2 ** 52, x = sign * share * edges[layer];
        if (share < inside(layer)) return x;
        if (layer === 0) {
          for (;;) {
            const beyond = -Math.log1p(-uniform()) / RIGHT, y = -Math.log1p(-uniform());
            if (y + y > beyond * beyond) {
              return ((place >> 8n) & 1n ? -1 : 1) * (RIGHT + beyond);
            }
          }
        }
        const step = tops[layer - 1] - tops[layer];
        if (step * uniform() + tops[layer] < density(x)) return x;
      }
    };
    return Float64Array.from({ length: count }, one);
  }

  // `count` numbers from -1 to 1, each as likely: of `generator(seed).uniform(-1, 1, count)`.
  function uniforms(seed, count) {
    const source = numbers(seed, []);
    return Float64Array.from({ length: count },
      () => -1 + 2 * (Number(source.next().value >> 11n) / 2 ** 53));
  }

  return { normals, uniforms };
})();
