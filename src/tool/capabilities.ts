// Everything a handler may be handed. A tool names what it uses; it cannot reach the rest.

import type { Caller } from "../access/principal.ts";
import type { Rate } from "../limits/rate.ts";
import type { Actions } from "../ports/actions.ts";
import type { AuditReader } from "../ports/audit-reader.ts";
import type { ApprovalDesk, ApprovalTokens } from "../ports/approvals.ts";
import type { Runs } from "../ports/runs.ts";
import type { Clusters } from "../ports/cluster.ts";
import type { ContextStore } from "../ports/context-store.ts";
import type { QueryCache } from "../ports/query-cache.ts";
import type { ToolSettingsStore } from "../ports/tool-settings.ts";
import type { Cursors } from "./cursor.ts";
import type { Answer } from "./answer.ts";
import type { ToolDefinition, ToolList } from "./definition.ts";
import type { QuotaUse } from "./quota-use.ts";

export interface Capabilities {
  readonly clusters: Clusters;
  readonly cursors: Cursors;
  readonly context: ContextStore;
  readonly queryCache: QueryCache;
  readonly settings: ToolSettingsStore;
  readonly catalogue: Catalogue;
  readonly quota: QuotaUse;
  readonly actions: Actions;
  readonly approvals: ApprovalDesk;
  readonly approvalTokens: ApprovalTokens;
  /** Where people open the console; undefined for a deployment that has not been told. */
  readonly consoleUrl: string | undefined;
  /** Of the roles as they are now: an approval given under others is void. */
  readonly policyVersion: string;
  readonly runs: Runs;
  /** Undefined for a deployment that was not given what reads its log. */
  readonly auditReader: AuditReader | undefined;
}

/** What there is to call, to look at only: no handler gets hold of another tool. */
export interface Catalogue {
  /** What the caller may call as the deployment has set it, in order of name. */
  readonly visibleTo: (caller: Caller) => readonly ToolDefinition[];
  /** The same as it is sent, written once for all who may call the same. */
  readonly listFor: (caller: Caller) => Answer<ToolList>;
  /** The limit with which a tool was declared, switched off or not; undefined where there is no such tool. */
  readonly declaredRate: (name: string) => Rate | undefined;
}
