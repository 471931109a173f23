// A collector of traces, as the Worker under test is told of it. It keeps what its callers keep, and nothing that begins here.

export const COLLECTOR = "https://collector.test/v1/traces";
export const COLLECTOR_TOKEN = "what proves us to the collector, and to nobody else";

export const TRACES = JSON.stringify({
  url: COLLECTOR,
  headers: { authorization: `Bearer ${COLLECTOR_TOKEN}` },
  ratio: 0,
});
