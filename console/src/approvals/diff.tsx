// What changes in an object, line by line: signs and words as well as colours.

import { Text } from "../parts/text.tsx";
import { diffLines } from "./diff-lines.ts";
import type { Outcome } from "../api/contract.ts";
import type { DiffLine } from "./diff-lines.ts";

export function Diff({ outcome }: { readonly outcome: Outcome }) {
  const lines = diffLines(outcome);
  if (lines.length === 0) return null;
  return (
    <ul class="diff" aria-label="What changes">
      {lines.map((line, index) => (
        <li key={index}>
          <Line line={line} />
        </li>
      ))}
    </ul>
  );
}

function Line({ line }: { readonly line: DiffLine }) {
  if ("whole" in line) {
    return (
      <p class="diff-path">
        <Text value={line.whole} />
      </p>
    );
  }
  return (
    <>
      <p class="diff-path">
        <Text value={line.path} />
      </p>
      <Side sign="−" words="before" value={line.before} />
      <Side sign="+" words="after" value={line.after} />
    </>
  );
}

interface SideProps {
  readonly sign: string;
  readonly words: "before" | "after";
  readonly value: string;
}

function Side({ sign, words, value }: SideProps) {
  return (
    <p class={`diff-side diff-${words}`}>
      <span class="diff-sign" aria-hidden="true">
        {sign}
      </span>
      <span class="unseen-words">{words}: </span>
      <Text value={value} />
    </p>
  );
}
