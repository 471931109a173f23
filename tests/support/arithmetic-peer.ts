// The server of the JSON-RPC specification's examples: it subtracts, it has data, and it writes down what it refuses.

import * as z from "zod";
import { rpcError } from "../../src/jsonrpc/codes.ts";
import { InFlight } from "../../src/jsonrpc/in-flight.ts";
import type { Method, Peer, Refusal } from "../../src/jsonrpc/answer.ts";

const Operands = z.strictObject({ minuend: z.number(), subtrahend: z.number() });

const METHODS = new Map<string, Method>([
  [
    "subtract",
    {
      kind: "work",
      run: (params) => {
        const operands = Operands.safeParse(params);
        if (!operands.success) return Promise.resolve({ error: rpcError("invalid_params", "two numbers, by name") });
        return Promise.resolve({ result: String(operands.data.minuend - operands.data.subtrahend) });
      },
    },
  ],
  ["get_data", { kind: "work", run: () => Promise.resolve({ result: '["hello",5]' }) }],
  ["control.ping", { kind: "control", run: () => Promise.resolve({ result: '"pong"' }) }],
  ["broken", { kind: "work", run: () => Promise.reject(new Error("postgres://user:hunter2@db")) }],
]);

export interface ArithmeticPeer extends Peer {
  readonly refused: Refusal[];
  readonly crashes: unknown[];
}

export function arithmeticPeer(also: ReadonlyMap<string, Method> = new Map()): ArithmeticPeer {
  const refused: Refusal[] = [];
  const crashes: unknown[] = [];
  return {
    refused,
    crashes,
    inFlight: new InFlight(),
    method: ({ method }) => also.get(method) ?? METHODS.get(method),
    refuse: (refusal) => {
      refused.push(refusal);
      return Promise.resolve();
    },
    crashed: (cause) => crashes.push(cause),
  };
}
