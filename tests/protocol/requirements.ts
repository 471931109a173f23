// What MCP demands of a server like ours, one entry a MUST: https://modelcontextprotocol.io/specification/<revision>/<clause>.
// Left out is what cannot be met or broken here: stdio, authorization servers, `file:` resources, icons, sampling with
// tools, URL elicitation, schemas of other people, and whatever only a client must do.

import { authorization } from "./requirements/authorization.ts";
import { base } from "./requirements/base.ts";
import { features } from "./requirements/features.ts";
import { http } from "./requirements/http.ts";
import { patterns } from "./requirements/patterns.ts";

export interface Requirement {
  /** As test titles cite it. `mcp26-` and `mcp25-` are of one revision alone. */
  readonly id: string;
  /** Where it stands in each revision that has it. */
  readonly clause: { readonly "2025-11-25"?: string; readonly "2026-07-28"?: string };
  /** In our words. */
  readonly text: string;
}

export const REQUIREMENTS: readonly Requirement[] = [...base, ...patterns, ...http, ...features, ...authorization];
