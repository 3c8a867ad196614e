// What a worker does, after the engine's modules: it trains each network that it is sent, and tells
// of its records every few hundredths of a second.
onmessage = ({ data: setting }) => {
  const PAUSE_MS = 40;
  let records = [], told = performance.now();
  try {
    const result = xorEngine.train(setting, (record) => {
      records.push(record);
      if (performance.now() - told < PAUSE_MS) return;
      postMessage({ records });
      records = [];
      told = performance.now();
    });
    postMessage({ records, result });
  } catch (error) {
    postMessage({ mistake: error.message, key: error.key, received: error.received });
  }
};
