// "May this one call that, and why": asks the policy as a call would, and calls nothing.

import { useState } from "preact/hooks";
import { sayProblem } from "../api/problem.ts";
import { useConsole } from "../console-context.ts";
import { Field } from "../parts/field.tsx";
import { Notice } from "../parts/notice.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { Text } from "../parts/text.tsx";
import { usePermissions } from "../state/use-may.ts";
import { SimulatedView } from "./simulated.tsx";
import { bodyOf, faultsOf, NO_QUESTION } from "./who.ts";
import { Who } from "./who.tsx";
import type { Problem } from "../api/problem.ts";
import type { ToolEntry } from "../tools/api.ts";
import type { SimulatedViewProps } from "./simulated.tsx";
import type { Question } from "./who.ts";

export interface SimulatorProps {
  /** About this one only; left out, one is chosen. */
  readonly tool?: string;
  readonly tools: readonly ToolEntry[];
  readonly clusters: readonly string[];
}

export function Simulator({ tool, tools, clusters }: SimulatorProps) {
  const mayAskOfOthers = usePermissions().some((held) => held === "keys:admin" || held === "audit:read");
  const { question, change, faults, isBusy, answer, problem, submit } = useQuestion(tool ?? "");
  return (
    <div class="simulator">
      <form class="stack" onSubmit={(event) => void submit(event)} noValidate aria-label="Ask the policy">
        {mayAskOfOthers && <Who question={question} onChange={change} fault={faults.keyId} />}
        {tool === undefined && (
          <SelectField
            label="Tool"
            value={question.tool}
            options={[["", "choose"], ...tools.map(({ name }) => [name, name] as const)]}
            onInput={(name) => change({ ...question, tool: name })}
            fault={faults.tool}
            isRequired
          />
        )}
        <Where question={question} clusters={clusters} onChange={change} />
        <div class="send">
          <button type="submit" class="button" disabled={isBusy}>
            {isBusy ? "Asking…" : "Ask the policy"}
          </button>
          <span class="quiet">Nothing is called.</span>
        </div>
      </form>
      <Said answer={answer} problem={problem} />
    </div>
  );
}

interface WhereProps {
  readonly question: Question;
  readonly clusters: readonly string[];
  readonly onChange: (question: Question) => void;
}

function Where({ question, clusters, onChange }: WhereProps) {
  return (
    <div class="simulator-where">
      <SelectField
        label="Cluster"
        value={question.cluster}
        options={[["", "not said"], ...clusters.map((name) => [name, name] as const)]}
        onInput={(cluster) => onChange({ ...question, cluster })}
      />
      <Field
        label="Namespace"
        placeholder="not said"
        value={question.namespace}
        onInput={(namespace) => onChange({ ...question, namespace })}
        maxLength={64}
      />
    </div>
  );
}

interface SaidProps {
  readonly answer: SimulatedViewProps | undefined;
  readonly problem: Problem | undefined;
}

function Said({ answer, problem }: SaidProps) {
  return (
    <div class="simulator-answer" role="region" aria-label="What the policy says">
      {problem && (
        <Notice tone="danger" title="The policy could not be asked" isUrgent>
          <p>
            <Text value={sayProblem(problem)} />
          </p>
        </Notice>
      )}
      {answer ? <SimulatedView {...answer} /> : !problem && <p class="quiet">The answer is shown here.</p>}
    </div>
  );
}

function useQuestion(tool: string) {
  const { desk, announcement } = useConsole();
  const [question, setQuestion] = useState<Question>({ ...NO_QUESTION, tool });
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<SimulatedViewProps>();
  const [problem, setProblem] = useState<Problem>();
  const faults = faultsOf(question);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (isBusy || Object.keys(faults).length > 0) return;
    setBusy(true);
    setProblem(undefined);
    const said = await desk.toolsApi.simulate(bodyOf(question));
    setBusy(false);
    setAnswer(said.ok ? { simulation: said.value, of: question } : undefined);
    if (said.ok) announcement.put(`${said.value.allowed ? "Allowed" : "Refused"}. ${said.value.why}`);
    else setProblem(said.error);
  };
  return { question, change: setQuestion, faults: isTried ? faults : {}, isBusy, answer, problem, submit };
}
