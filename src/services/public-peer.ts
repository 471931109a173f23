// A socket or a request without a credential: the pipeline of every session, with nothing behind it.

import { ANONYMOUS } from "../access/principal.ts";
import { createPeer } from "../dialect/peer.ts";
import { InFlight } from "../jsonrpc/in-flight.ts";
import { Limiter } from "../limits/limiter.ts";
import { causeOf, log } from "../log.ts";
import { Questions } from "../mcp/questions.ts";
import { ToolLists } from "../mcp/tool-list.ts";
import { ok } from "../result.ts";
import type { Policy } from "../access/policy.ts";
import type { Peer } from "../jsonrpc/answer.ts";
import type { McpPeer } from "../mcp/context.ts";
import type { Handshake } from "../mcp/handshake.ts";
import type { Outbox } from "../mcp/outbox.ts";
import type { CallSession } from "../tool/session.ts";
import type { MakeTooling } from "./tooling.ts";

/** Nobody's refusals are counted in the log: there is no session to keep a journal for them. */
export type OnRefusal = (refusal: { readonly reason: string | undefined; readonly tool: string | undefined }) => void;

export interface PublicVisitor {
  readonly onRefusal: OnRefusal;
  readonly out: Outbox;
  readonly headerVersion?: string | undefined;
}

export interface Anonymous {
  readonly platform: Pick<CallSession, "now" | "uuid">;
  readonly policy: Policy;
  readonly tooling: MakeTooling;
  readonly offered: Pick<McpPeer, "toolset" | "server" | "rounds">;
  readonly visitor: PublicVisitor;
}

/** It lives in the Worker's memory, and leaves no record. */
export function publicPeer({ platform, policy, tooling, offered, visitor }: Anonymous): Peer {
  const written = Promise.resolve(ok(undefined));
  const session: CallSession = {
    actor: { caller: ANONYMOUS, sessionId: "", sourceIp: undefined, policyVersion: policy.version },
    standing: () => Promise.resolve(ok({ caller: ANONYMOUS, isFresh: true })),
    policy,
    limiter: new Limiter(),
    quota: { spend: () => Promise.resolve(ok(undefined)) },
    journal: {
      admit: () => ok(undefined),
      write: () => written,
      writeDurably: () => written,
      refuse: (entry) => {
        visitor.onRefusal({ reason: entry.reason, tool: entry.tool });
        return written;
      },
    },
    ...tooling({}, unreachable),
    running: new Set(),
    now: platform.now,
    uuid: platform.uuid,
  };
  const onCrash = (cause: unknown) => log("error", "call.crashed", causeOf(cause));
  const { out, headerVersion } = visitor;
  const mcp = { ...offered, questions: new Questions(platform.uuid), lists: new ToolLists(), handshake: forgetful() };
  return createPeer({ ...mcp, session, inFlight: new InFlight(), out, onCrash }, headerVersion);
}

/** For as long as the socket stands, or the one request. */
function forgetful(): McpPeer["handshake"] {
  let agreed: Handshake | undefined;
  return {
    current: () => agreed,
    agree: (handshake) => {
      agreed = handshake;
    },
  };
}

function unreachable(): never {
  throw new Error("an anonymous session changes no settings");
}
