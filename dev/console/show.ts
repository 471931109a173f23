// Approvals on a terminal: what is asked for, what it would do, who has said what, and how much time is left.

import { styled, table } from "../stack/terminal.ts";
import type { ApprovalCard, Switches } from "../../src/http/console/contract.ts";

/** Text that came from a requester or a cluster, without what a terminal would obey. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "�");
}

export function cardList(cards: readonly ApprovalCard[], nowMs: number): string {
  return table(
    cards.map((card) => ({
      id: card.id,
      state: card.state,
      risk: card.runbook.risk,
      runbook: `${card.runbook.id}@${card.runbook.version}`,
      where: placeOf(card),
      "asked for by": plain(card.requester.id),
      left: card.ended_at === undefined ? countdown(card.expires_at, nowMs) : "",
      "may decide": card.mine.may_decide ? "yes" : "no",
    })),
  );
}

export function cardInFull(card: ApprovalCard, nowMs: number): string {
  const { runbook, plan, requester, history } = card;
  const asker = [
    plain(requester.id),
    ...(requester.on_behalf_of === undefined ? [] : [`for ${plain(requester.on_behalf_of)}`]),
    ...(requester.owner === undefined ? [] : [`(key of ${plain(requester.owner)})`]),
  ].join(" ");
  const left = card.ended_at === undefined ? `, ${countdown(card.expires_at, nowMs)} left` : "";
  const changed = card.changed_since_last ? styled("yellow", "  changed since it was run last") : "";
  return [
    "",
    `${styled("bold", plain(runbook.title))}  ${risk(runbook.risk)}  ${runbook.id}@${runbook.version}${changed}`,
    `  ${styled("dim", card.id)}  ${card.state}${left}`,
    `  where      ${placeOf(card)}`,
    `  asked by   ${asker}`,
    ...(card.reason === undefined ? [] : [`  because    ${plain(card.reason)}`]),
    `  needs      ${needs(card)}`,
    `  before     ${history.runs} run(s) in 90 days, ${history.failed} failed`,
    "  parameters",
    ...Object.entries(card.params).map(([name, value]) => `    ${plain(name)} = ${plain(JSON.stringify(value))}`),
    `  touches    ${plan.objects.map(plain).join(", ") || "nothing"}; ${plan.pods} pod(s)`,
    ...plan.budgets.map(({ name, allowed }) => `    disruption budget ${plain(name)}: ${allowed} allowed`),
    ...plan.blockers.map((blocker) => styled("red", `    cannot run: ${plain(blocker)}`)),
    "  plan",
    ...plan.steps.flatMap((step, index) => stepLines(step, `${index + 1}.`)),
    ...(plan.on_failure.length === 0 ? [] : ["  if that fails"]),
    ...plan.on_failure.flatMap((step, index) => stepLines(step, `${index + 1}.`)),
    ...decisionLines(card),
    ...(card.mine.why_not === undefined ? [] : [styled("yellow", `  ${card.mine.why_not}`)]),
    "",
  ].join("\n");
}

export function switchList({ switches }: Switches): string {
  if (switches.length === 0) return "Nothing is switched off.";
  return table(
    switches.map(({ scope, name, by, reason, at, mine }) => ({
      off: scope === "all" ? "all runbooks" : `${scope} ${plain(name)}`,
      by: plain(by),
      since: at.slice(0, 16),
      reason: plain(reason),
      "may switch on": mine.may_switch_on ? "yes" : "no",
    })),
  );
}

export function countdown(until: string, nowMs: number): string {
  const leftS = Math.floor((Date.parse(until) - nowMs) / 1_000);
  if (leftS <= 0) return "no time";
  return leftS < 60 ? `${leftS} s` : `${Math.floor(leftS / 60)} min ${leftS % 60} s`;
}

function stepLines(step: ApprovalCard["plan"]["steps"][number], number: string): string[] {
  const { outcome } = step;
  const held =
    step.holds === undefined ? "" : styled(step.holds ? "green" : "red", step.holds ? "  holds" : "  does not hold");
  return [
    `    ${number} ${plain(step.does)}${held}`,
    ...(outcome === undefined ? [] : [`       ${styled("dim", plain(outcome.summary))}`]),
    ...(outcome?.diff ?? []).map((line) => `       ${styled("cyan", plain(line))}`),
    ...(step.blocker === undefined ? [] : [styled("red", `       ${plain(step.blocker)}`)]),
  ];
}

function decisionLines({ decisions }: ApprovalCard): string[] {
  return decisions.map(({ by, verdict, reason, at }) => {
    const why = reason === undefined ? "" : `: ${plain(reason)}`;
    return `  ${at.slice(11, 19)}   ${plain(by)} said ${verdict.replace("_", " ")}${why}`;
  });
}

function needs({ required, decisions, from, reason_required: reason }: ApprovalCard): string {
  const people = required === 1 ? "one person" : `${required} people`;
  const given = decisions.length === 0 ? "" : `, ${decisions.length} so far`;
  const roles = from.length === 0 ? "" : ` with the role ${from.join(" or ")}`;
  return `${people}${roles}${given}${reason ? ", with a reason" : ""}`;
}

function placeOf({ cluster, namespace }: ApprovalCard): string {
  return namespace === undefined ? `${cluster} (the whole cluster)` : `${cluster}/${plain(namespace)}`;
}

function risk(level: ApprovalCard["runbook"]["risk"]): string {
  const colours = { low: "green", medium: "yellow", high: "red" } as const;
  return styled(colours[level], `${level} risk`);
}
