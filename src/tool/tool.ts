// What a tool is: generic where it is written, plain where it is stored.

import * as z from "zod";
import { MAX_COST } from "../access/quotas.ts";
import { isRate } from "../limits/rate.ts";
import { once } from "../once.ts";
import { err, ok } from "../result.ts";
import { Answer } from "./answer.ts";
import { targetAt as itself } from "./place.ts";
import type { Grant, Target } from "../access/grant.ts";
import type { Requirement } from "../access/permission.ts";
import type { Rate } from "../limits/rate.ts";
import type { Result } from "../result.ts";
import type { TraceContext } from "../trace-context.ts";
import type { Capabilities } from "./capabilities.ts";
import type { ContentBlock } from "./content.ts";
import type { Exchange } from "./exchange.ts";
import type { Failure, InvalidInput } from "./failure.ts";
import type { Place } from "./place.ts";

export interface ToolFacts {
  /** Canonical and dotted: `k8s.list_pods`. Calls accept `k8s_list_pods` as well. */
  readonly name: string;
  /** For a model that has to choose: what it returns, and when to use it. */
  readonly description: string;
  /** Anything but `read` is announced in the journal before it happens. */
  readonly effect: "read" | "write" | "destroy";
  readonly requires: Requirement;
  readonly rate: Rate;
  /** What a call takes from its caller's quota: one, unless it asks much more of a cluster than a list does. */
  readonly cost: number;
  /** From the start of the handler to its answer. */
  readonly timeoutMs: number;
  readonly maxResultBytes: number;
  /** It may take as long as a person takes. Nobody waits for its place: its session has others. */
  readonly waitsForPeople: boolean;
  /** Arguments whose values are the caller's own business: the audit log keeps only their size. */
  readonly omitFromAudit: readonly string[];
  /** False for what is called on behalf of another message and never by its own name: no list shows it. */
  readonly isListed: boolean;
  /** How an MCP client is shown the result, in place of its JSON: for pictures, sound and the like. */
  readonly content?: ((result: unknown) => readonly ContentBlock[]) | undefined;
}

type Defaulted = "cost" | "timeoutMs" | "maxResultBytes" | "waitsForPeople" | "omitFromAudit" | "isListed";

interface ToolSpec<I extends z.ZodObject, O extends z.ZodObject, C extends keyof Capabilities>
  extends Omit<ToolFacts, Defaulted>, Partial<Pick<ToolFacts, Defaulted>> {
  /** Made when first needed: start-up is billed, and most instances serve few tools. */
  readonly input: () => I;
  readonly output: () => O;
  /** All that the handler's type can reach. */
  readonly uses: readonly C[];
  /**
   * Where the call would act; the Grant must cover it. Left out by tools that touch no cluster. Undefined where only the
   * handler can find out: then it asks the Grant itself, before anything else.
   */
  readonly target?: (input: z.output<I>, clusters: readonly string[]) => Result<Target | undefined, InvalidInput>;
  /** The same for a call of which only the place is known; left out where that is the place itself. */
  readonly targetAt?: (place: Place, clusters: readonly string[]) => Result<Target | undefined, InvalidInput>;
  /** Fails in its own words (`ToolFailure`), or in those of another tool that it asked. */
  readonly run: (
    input: z.output<I>,
    uses: Pick<Capabilities, C>,
    call: Call,
  ) => Promise<Result<z.input<O> | Answer<z.output<O>>, Failure>>;
}

/** The call as its handler sees it. */
export interface Call {
  /** The `call_id` of its audit rows. */
  readonly id: string;
  readonly tool: string;
  /** Of the call, for whatever is asked elsewhere on its behalf. */
  readonly trace?: TraceContext | undefined;
  readonly grant: Grant;
  readonly target: Target | undefined;
  /** Aborted at the deadline and, for a tool that only reads, when the caller cancels or goes away. */
  readonly signal: AbortSignal;
  /** Aborted when the caller cancels or goes away, whatever the effect: what has not begun need not begin. */
  readonly left: AbortSignal;
  readonly exchange: Exchange;
  /** See `CallSession`. */
  readonly objectId: string | undefined;
  readonly now: () => number;
  /** Another tool's answer (JSON), asked on the same caller's authority: limited, charged and recorded as a call of its own. */
  readonly ask: (tool: string, args: unknown) => Promise<Result<string, Failure>>;
}

/** The schemas are sealed inside, and `bind` is the only way to the handler. */
export interface Tool extends ToolFacts {
  readonly uses: readonly string[];
  readonly inputSchema: () => z.core.JSONSchema.JSONSchema;
  readonly outputSchema: () => z.core.JSONSchema.JSONSchema;
  /** The input schema as `mcp.tools.list` shows it, where there are these clusters to choose from. */
  readonly parameters: (clusters: readonly string[]) => Parameters;
  /** Where a call at this place would act, without any further arguments: to be judged, never to be run. */
  readonly targetAt: (place: Place, clusters: readonly string[]) => Result<Target | undefined, InvalidInput>;
  readonly bind: (args: unknown, clusters: readonly string[]) => Result<BoundCall, InvalidInput>;
}

/** Checked arguments, ready to run for whoever holds a Grant that covers the target. */
export interface BoundCall {
  readonly target: Target | undefined;
  readonly run: (capabilities: Capabilities, call: Omit<Call, "tool" | "target">) => Promise<Result<Answer, Failure>>;
}

/** Most tools answer within a second; one that does not is better asked again, more narrowly. */
const DEFAULT_TIMEOUT_MS = 15_000;
/** Who waits for a free place is told to come back after this long: see the engine's LONGEST_CALL_MS. */
const MAX_TIMEOUT_MS = 30_000;
/** As long as an approval lives. */
const MAX_PATIENCE_MS = 15 * 60_000;
/** Some 8,000 tokens: what a model can read without losing its thread. */
export const DEFAULT_RESULT_BYTES = 32 * 1024;

const DEFAULTS = {
  cost: 1,
  timeoutMs: DEFAULT_TIMEOUT_MS,
  maxResultBytes: DEFAULT_RESULT_BYTES,
  waitsForPeople: false,
  omitFromAudit: [],
  isListed: true,
} as const satisfies Pick<ToolFacts, Defaulted>;

/** Throws when a declaration is incomplete or malformed: such a tool must not reach a deployment. */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject, const C extends keyof Capabilities>(
  spec: ToolSpec<I, O, C>,
): Tool {
  const { uses, target, targetAt, run, input: makeInput, output: makeOutput, ...declared } = spec;
  const [input, output] = [once(makeInput), once(makeOutput)];
  if (uses.some((name) => name === "clusters") && !target)
    throw new Error(`tool ${declared.name}: it reaches clusters without saying where`);
  const facts = requireFacts({ ...DEFAULTS, ...declared });

  const inputSchema = once(() => jsonSchema(input(), "input"));
  return {
    ...facts,
    uses,
    inputSchema,
    // A tool that acts nowhere means something else by a cluster: rows about it.
    parameters: (clusters) => (target ? withClusters : unchanged)(parametersOf(inputSchema()), clusters),
    outputSchema: once(() => jsonSchema(output(), "output")),
    targetAt: targetAt ?? (target ? itself : () => ok(undefined)),
    bind(args, clusters) {
      const parsed = input().safeParse(args);
      if (!parsed.success) return err(invalidInput(parsed.error.issues));

      const reached = target?.(parsed.data, clusters);
      if (reached && !reached.ok) return reached;
      const where = reached?.value;
      return ok({
        target: where,
        run: async (capabilities, call) => {
          const done = await run(parsed.data, only(capabilities, uses), { ...call, tool: facts.name, target: where });
          if (!done.ok) return done;
          return ok(done.value instanceof Answer ? done.value : new Answer(output().parse(done.value)));
        },
      });
    },
  };
}

/** 2020-12, which needs no naming: it is the dialect MCP takes for granted. */
function jsonSchema(schema: z.ZodObject, io: "input" | "output"): z.core.JSONSchema.JSONSchema {
  const { $schema: _, ...written } = z.toJSONSchema(schema, { io });
  return written;
}

/** By name: JSON Schema's own words, the type always there, and whether the parameter must be given. */
export type Parameters = Record<string, { [word: string]: unknown; type: string; required: boolean }>;

function parametersOf({ properties = {}, required = [] }: z.core.JSONSchema.JSONSchema): Parameters {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const { type = "any", ...rest } = typeof schema === "object" ? schema : {};
      return [name, { ...rest, type: String(type), required: required.includes(name) }];
    }),
  );
}

/** Where there is one cluster only, nobody needs to read about choosing. */
function withClusters({ cluster, ...parameters }: Parameters, clusters: readonly string[]): Parameters {
  if (cluster === undefined || clusters.length < 2) return parameters;
  return { ...parameters, cluster: { ...cluster, required: true, enum: [...clusters] } };
}

function unchanged(parameters: Parameters): Parameters {
  return parameters;
}

/** The type keeps a handler from naming what it did not declare; this keeps it from reaching it. */
function only<T extends object, K extends keyof T>(all: T, names: readonly K[]): Pick<T, K>;
function only(all: object, names: readonly PropertyKey[]): object {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

/** One entry a fault, in words for whoever wrote the arguments. */
export function invalidInput(issues: readonly z.core.$ZodIssue[]): InvalidInput {
  return {
    kind: "invalid_params",
    issues: issues
      .slice(0, 10)
      .map(({ path, message }) => ({ path: cut(path.map(String).join(".")), message: cut(plain(message)) })),
  };
}

/** "expected nonoptional, received undefined" is a sentence about schemas, not about what is missing. */
function plain(message: string): string {
  return message.endsWith("received undefined") ? "is required" : message;
}

/** A message may repeat the keys it complains of, and those are as long as the caller made them. */
function cut(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300).toWellFormed()}…` : text;
}

/** Shorter than this, no model could choose by it. */
const DESCRIPTION = /^[^]{20}/;
const NAME = /^[a-z][a-z0-9]*(\.[a-z][a-z0-9_]*)+$/;

function requireFacts(facts: ToolFacts): ToolFacts {
  const mostMs = facts.waitsForPeople ? MAX_PATIENCE_MS : MAX_TIMEOUT_MS;
  const faults = [
    NAME.test(facts.name) ? "" : "its name must be dotted lower case",
    DESCRIPTION.test(facts.description) ? "" : "it has no description",
    isRate(facts.rate) ? "" : "it has no rate limit",
    isCost(facts.cost) ? "" : `it must cost from 0 to ${MAX_COST}`,
    facts.timeoutMs > 0 && facts.timeoutMs <= mostMs ? "" : `it may run ${mostMs} ms at most`,
    // The type says this cannot be; a registration that was not compiled with it may still try.
    typeof facts.requires === "string" ? "" : "it says not whom it is for: a permission, authenticated or public",
  ].filter((fault) => fault !== "");
  if (faults.length > 0) throw new Error(`tool ${facts.name}: ${faults.join("; ")}`);
  return facts;
}

function isCost(cost: number): boolean {
  return Number.isInteger(cost) && cost >= 0 && cost <= MAX_COST;
}
