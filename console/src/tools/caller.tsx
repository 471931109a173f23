// Calling a tool as oneself: the request on one side, what came of it on the other.

import { useRef } from "preact/hooks";
import { Tabs } from "../parts/tabs.tsx";
import { CallHistory } from "./call-history.tsx";
import { CameView } from "./came.tsx";
import { ConfirmCall } from "./confirm-call.tsx";
import { ParameterForm } from "./parameter-form.tsx";
import { RawRequest } from "./raw-request.tsx";
import { useCaller } from "./use-caller.ts";
import type { ToolCatalogue, ToolEntry } from "./api.ts";

const TABS = [
  { key: "form", title: "Form" },
  { key: "raw", title: "Raw request" },
] as const;

export interface CallerProps {
  readonly tool: ToolEntry;
  readonly catalogue: ToolCatalogue;
}

export function Caller({ tool, catalogue }: CallerProps) {
  const came = useRef<HTMLElement>(null);
  const onCame = () => came.current?.scrollIntoView({ block: "nearest" });
  const caller = useCaller({ tool, catalogue, onCame });
  const { draft, change } = caller;
  return (
    <div class="caller">
      <section class="block" aria-labelledby="call-it">
        <h2 id="call-it">Call it as yourself</h2>
        <Tabs
          label="How to write the request"
          tabs={TABS}
          shown={draft.tab}
          onShow={(tab) => change({ ...draft, tab })}
        >
          {draft.tab === "form" ? <ParameterForm caller={caller} /> : <RawRequest caller={caller} />}
        </Tabs>
      </section>
      <section class="block came" aria-labelledby="came" ref={came}>
        <h2 id="came">Answer</h2>
        <CameView call={caller.shown} tool={tool.name} />
        <CallHistory calls={caller.calls} shown={caller.shown} onShow={caller.show} />
      </section>
      {caller.asked !== undefined && (
        <ConfirmCall asked={caller.asked} onConfirm={() => caller.confirm()} onClose={() => caller.leave()} />
      )}
    </div>
  );
}
