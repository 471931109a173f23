// The Durable Object of the whole deployment that is the authority on approvals: to be written.

import { DurableObject } from "cloudflare:workers";
import { err } from "../result.ts";
import type { ApprovalDesk, Asked } from "../ports/approvals.ts";

export class ApprovalObject extends DurableObject<Env> implements ApprovalDesk {
  request = unwritten;
  get = unwritten;
  waitFor = unwritten;
  redeem = unwritten;
  mismatch = unwritten;
  cancel = unwritten;
  switches = unwritten;
}

function unwritten(): Asked<never> {
  return Promise.resolve(err({ kind: "not_found", message: "not yet" }));
}
