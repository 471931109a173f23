// What is typed for a tool, sending it, and the calls that were made: all that the parts of its page share.

import { useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { sayTook } from "../parts/moment.ts";
import { useWatched } from "../state/use-watched.ts";
import { readForm } from "./arguments.ts";
import { EMPTY_DRAFT } from "./draft.ts";
import { fieldsOf } from "./fields.ts";
import { cameOf, withCall, withCame } from "./made-call.ts";
import { consequenceOf, requestOf } from "./message.ts";
import type { Console } from "../console.ts";
import type { Faults } from "./arguments.ts";
import type { ToolCatalogue, ToolEntry } from "./api.ts";
import type { Draft } from "./draft.ts";
import type { ParameterField } from "./fields.ts";
import type { Came, MadeCall } from "./made-call.ts";
import type { Consequence } from "./message.ts";

export interface Asked {
  readonly message: string;
  readonly consequence: Consequence;
}

export interface CallerState {
  readonly tool: ToolEntry;
  readonly fields: readonly ParameterField[];
  readonly draft: Draft;
  readonly change: (draft: Draft) => void;
  /** At the fields: what is wrong before it is sent, or what the server found. */
  readonly faults: Faults;
  /** What the form would send. */
  readonly request: string;
  readonly isBusy: boolean;
  readonly sendForm: () => void;
  readonly sendRaw: () => void;
  /** What waits for a yes, because it changes something. */
  readonly asked: Asked | undefined;
  readonly confirm: () => void;
  readonly leave: () => void;
  readonly calls: readonly MadeCall[];
  readonly shown: MadeCall | undefined;
  readonly show: (number: number | undefined) => void;
}

export interface CallerParts {
  readonly tool: ToolEntry;
  readonly catalogue: ToolCatalogue;
  readonly onCame: () => void;
}

export function useCaller({ tool, catalogue, onCame }: CallerParts): CallerState {
  const { draft, change } = useDraft(tool.name);
  const { calls, shown, show, next } = useCalls(tool.name);
  const [tried, setTried] = useState<Draft["values"]>();
  const fields = fieldsOf(tool.input_schema, catalogue.clusters);
  const form = readForm(fields, draft.values);
  const request = requestOf(next, tool.name, form.args);
  const { send, found } = useSending({ tool, values: draft.values, onCame });
  const { begin, ...asking } = useAsking(catalogue, (message) => {
    show(undefined);
    void send(message);
  });
  const sendForm = () => {
    setTried(draft.values);
    if (Object.keys(form.faults).length === 0) begin(request);
  };
  return {
    ...{ tool, fields, draft, change, request, calls, shown, show, sendForm },
    ...asking,
    faults: { ...found, ...(tried === draft.values ? form.faults : {}) },
    isBusy: calls.some(({ came }) => came.is === "awaited"),
    sendRaw: () => begin(draft.raw ?? request),
  };
}

/** Asks for a yes before what changes something is sent. */
function useAsking({ tools }: ToolCatalogue, send: (message: string) => void) {
  const [asked, setAsked] = useState<Asked>();
  return {
    asked,
    begin: (message: string) => {
      const consequence = consequenceOf(message, tools);
      if (consequence.is === "harmless") send(message);
      else setAsked({ message, consequence });
    },
    confirm: () => {
      setAsked(undefined);
      if (asked) send(asked.message);
    },
    leave: () => setAsked(undefined),
  };
}

interface Sending {
  readonly tool: ToolEntry;
  readonly values: Draft["values"];
  readonly onCame: () => void;
}

/** What the server finds wrong holds for what was typed when it was sent. */
function useSending({ tool, values, onCame }: Sending) {
  const console = useConsole();
  const [refused, setRefused] = useState<{ readonly values: Draft["values"]; readonly faults: Faults }>();
  const send = async (message: string) => {
    const came = await makeCall(console, { tool, message });
    if (came.is === "answer" && came.fault) setRefused({ values, faults: came.fault.issues });
    onCame();
  };
  return { send, found: refused?.values === values ? refused.faults : {} };
}

/** The calls that were made from a tool's page, and the one that is shown: the newest, unless another was chosen. */
function useCalls(tool: string) {
  const { desk } = useConsole();
  const all = useWatched(desk.calls);
  const [chosen, show] = useState<number>();
  const calls = all.filter((call) => call.tool === tool);
  const shown = calls.find(({ number }) => number === chosen) ?? calls[0];
  return { calls, shown, show, next: nextNumber(all) };
}

function nextNumber(calls: readonly MadeCall[]): number {
  return (calls[0]?.number ?? 0) + 1;
}

/** Kept beside the page, so that going elsewhere loses nothing. */
function useDraft(name: string) {
  const { desk } = useConsole();
  const [draft, setDraft] = useState(desk.toolDrafts.get(name) ?? EMPTY_DRAFT);
  const change = (next: Draft) => {
    desk.toolDrafts.set(name, next);
    setDraft(next);
  };
  return { draft, change };
}

/** The server gives up after a minute; this is for when it does not say so. */
const TIMEOUT_MS = 75_000;

interface Call {
  readonly tool: ToolEntry;
  readonly message: string;
}

async function makeCall({ desk, clock, announcement }: Console, { tool, message }: Call): Promise<Came> {
  const number = nextNumber(desk.calls.now());
  const awaited = { is: "awaited" } as const;
  desk.calls.put(
    withCall(desk.calls.now(), { number, tool: tool.name, sent: message, atMs: clock.nowMs(), came: awaited }),
  );
  const answer = await desk.toolsApi.call(message, TIMEOUT_MS);
  const came: Came = answer.ok ? cameOf(answer.value) : { is: "problem", problem: answer.error };
  desk.calls.put(withCame(desk.calls.now(), number, came));
  announcement.put(answer.ok ? `Answered in ${sayTook(answer.value.took_ms)}.` : "It was not answered.");
  return came;
}
