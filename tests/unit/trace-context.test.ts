// The trace that a request or a message says it belongs to, and what of it is passed on.

import { describe, expect, it } from "vitest";
import { traceHeaders, traceOfHeaders, traceOfMeta } from "../../src/trace-context.ts";

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const PARENT = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", isSampled: true };

describe("the trace of a message", () => {
  it.each([
    ["nothing", undefined],
    ["null", null],
    ["a text", "traceparent"],
    ["nothing about it", {}],
    ["a trace of another form", { traceparent: 1 }],
    ["a state alone", { tracestate: "a=1" }],
  ])("is none where _meta is %s", (_what, meta) => {
    expect(traceOfMeta(meta)).toBeUndefined();
  });

  it("stands in _meta, with its state", () => {
    expect(
      traceOfMeta({ traceparent, tracestate: "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", progressToken: 1 }),
    ).toEqual({
      ...PARENT,
      state: "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
    });
  });
});

describe("the state of a trace", () => {
  it.each([
    "a=1",
    "a=1,b=2",
    "a=1, b=2",
    "a=1,,b=2",
    "tenant@system=x",
    "0tenant@system=x",
    "a= spaced value",
    "a*/-_z=~",
  ])("%j is passed on", (tracestate) => {
    expect(traceOfMeta({ traceparent, tracestate })).toEqual({ ...PARENT, state: tracestate });
  });

  it.each([
    "",
    ",",
    "a",
    "a=",
    "A=1",
    "1=1",
    "a=1=2",
    "a=1,a=2",
    "a=\u0000",
    "a=ü",
    "a=1\nb=2",
    "tenant@0system=x",
    `${"a".repeat(257)}=1`,
    `a=${"x".repeat(257)}`,
    Array.from({ length: 33 }, (_, index) => `k${index}=1`).join(","),
    Array.from({ length: 30 }, (_, index) => `k${index}=${"x".repeat(20)}`).join(","),
  ])("%j is left out, and the trace holds without it", (tracestate) => {
    expect(traceOfMeta({ traceparent, tracestate })).toEqual(PARENT);
  });
});

it("is read from the headers of a request, and written into those of the next", () => {
  const trace = traceOfHeaders(new Headers({ traceparent, tracestate: "a=1" }));

  expect(trace).toEqual({ ...PARENT, state: "a=1" });
  expect(traceHeaders(trace)).toEqual({ traceparent, tracestate: "a=1" });
});

it("adds no header where there is none", () => {
  expect(traceHeaders(traceOfHeaders(new Headers({ traceparent: "junk", tracestate: "a=1" })))).toEqual({});
});
