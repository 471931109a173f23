// `npm run approvals`: deciding on runbooks in a terminal, with the key of a person.

import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { LiveFrame } from "../src/http/console/contract.ts";
import { ConsoleApi, Refused } from "./console/api.ts";
import { cardInFull, cardList, switchList } from "./console/show.ts";
import { fail, readArguments, text } from "./options.ts";
import { devSession } from "./session.ts";
import { styled } from "./stack/terminal.ts";
import type { ApprovalCard, DecisionBody } from "../src/http/console/contract.ts";
import { SWITCH_SCOPES } from "../src/ports/approvals.ts";

const USAGE = `npm run approvals -- [command] [options]

  list                       what waits for a decision, the soonest to expire first (without a command, too)
  list --ended               what has been decided, newest first
  show ID                    one in full: parameters, plan, diff, who has said what
  approve ID                 after showing it and asking; --reason where the runbook wants one
  reject ID                  the same
  break-glass ID             alone and at once, in an emergency: needs --reason, and is looked at afterwards
  watch                      prints what is asked for and decided as it happens, until you end it
  switches                   what is switched off
  off SCOPE [NAME]           all | runbook NAME | tool NAME | cluster NAME; needs --reason
  on SCOPE [NAME]            by somebody else than who switched it off; needs --reason

  --reason TEXT
  --yes                      do not ask; needed where there is no terminal to ask at
  --url ADDRESS              https://… of the console; GATEHOUSE_URL, or the running npm run dev when left out
  --key KEY                  GATEHOUSE_KEY, or the approver's key of the running npm run dev when left out
ID may be cut to its first characters. Ends with 0 when it was done, 1 when it was refused or not confirmed, 2 when it could not be tried.`;

const { values, words } = readArguments(USAGE, {
  ended: { type: "boolean" },
  reason: { type: "string" },
  yes: { type: "boolean" },
  url: { type: "string" },
  key: { type: "string" },
});
const reason = text(values.reason);
const VERDICTS = new Map<string, DecisionBody["verdict"]>([
  ["approve", "approve"],
  ["reject", "reject"],
  ["break-glass", "break_glass"],
]);

const api = connect();
try {
  process.exitCode = await run(words[0] ?? "list", words.slice(1));
} catch (cause) {
  if (!(cause instanceof Refused)) fail(cause instanceof Error ? cause.message : String(cause));
  console.error(styled("red", cause.message));
  process.exitCode = 1;
}

async function run(command: string, args: readonly string[]): Promise<number> {
  const verdict = VERDICTS.get(command);
  if (verdict !== undefined) return decide(verdict, await find(args[0]));
  switch (command) {
    case "list":
      return list();
    case "show":
      return print(cardInFull(await find(args[0]), Date.now()));
    case "watch":
      return watch();
    case "switches":
      return print(switchList(await api.switches()));
    case "on":
    case "off":
      return flip(command === "on", args);
    default:
      return fail(USAGE);
  }
}

async function list(): Promise<number> {
  const isEnded = values.ended === true;
  const { approvals, now } = await api.list(isEnded ? "ended" : "open");
  const nothing = isEnded ? "Nothing has been decided yet." : "Nothing waits for a decision.";
  return print(approvals.length === 0 ? nothing : cardList(approvals, Date.parse(now)));
}

async function decide(verdict: DecisionBody["verdict"], card: ApprovalCard): Promise<number> {
  print(cardInFull(card, Date.now()));
  if (!(await isMeant(verdict.replace("_", " ")))) return leave("Nothing was decided.");
  const seen = { revision: card.revision, seen_digest: card.plan.digest };
  const after = await api.decide(card.id, { verdict, ...(reason !== undefined && { reason }), ...seen });
  return print(`${after.runbook.title}: ${after.state}.`);
}

async function flip(on: boolean, [given = "", name = ""]: readonly string[]): Promise<number> {
  const scope = SWITCH_SCOPES.find((known) => known === given);
  if (scope === undefined || (scope === "all") !== (name === "")) return fail(USAGE);
  if (reason === undefined) return fail("Say why, with --reason: whoever finds it must understand it.");
  if (!(await isMeant(`${on ? "on" : "off"} ${scope} ${name}`.trim()))) return leave("Nothing was switched.");
  return print(switchList(await api.flip({ scope, name, on, reason })));
}

/** Until it is ended from outside; a connection that is lost is taken up again. */
async function watch(): Promise<never> {
  for (;;) {
    const { closed } = await api.live((frame) => void tell(frame));
    console.log(styled("dim", "watching: what is asked for and decided is printed as it happens"));
    await closed;
    await sleep(2_000);
  }
}

async function tell(frame: string): Promise<void> {
  const heard = LiveFrame().safeParse(JSON.parse(frame));
  if (!heard.success) return;
  const { changed } = heard.data;
  try {
    if (changed === "approval") console.log(cardInFull(await api.show(heard.data.id), Date.now()));
    if (changed === "switches") console.log(switchList(await api.switches()));
  } catch (cause) {
    // Of another namespace, or gone meanwhile: the next change may be readable.
    console.error(styled("dim", cause instanceof Error ? cause.message : String(cause)));
  }
}

/** By its whole id, or by the first characters of one that is open. */
async function find(id: string | undefined): Promise<ApprovalCard> {
  if (id === undefined || !/^[0-9a-f-]{4,36}$/.test(id))
    fail("Name the approval by its id, or its first four characters.");
  if (id.length === 36) return api.show(id);
  const { approvals } = await api.list("open");
  const found = approvals.filter((card) => card.id.startsWith(id));
  const [only] = found;
  if (only === undefined || found.length > 1) fail(`${found.length} open approvals begin with ${id}.`);
  return only;
}

/** Somebody may have pressed a key too many; and where nobody can be asked, a yes must stand in the command itself. */
async function isMeant(what: string): Promise<boolean> {
  if (values.yes === true) return true;
  if (!process.stdin.isTTY) fail("There is no terminal to ask at: nothing was done. Give --yes, if you mean it.");
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await lines.question(`Type "${what}" to do it: `);
  lines.close();
  return answer.trim() === what;
}

function leave(words: string): number {
  console.log(words);
  return 1;
}

function print(words: string): number {
  console.log(words);
  return 0;
}

function connect(): ConsoleApi {
  const dev = devSession();
  const given = text(values.url) ?? process.env.GATEHOUSE_URL ?? dev?.address;
  if (given === undefined || !URL.canParse(given)) fail("No address: start npm run dev, or give --url https://….");
  const origin = new URL(given.replace(/^ws/, "http")).origin;
  // A development key is of no use, and of no business, anywhere but at its own stack.
  const devKey = given === dev?.address ? dev.approverKey : undefined;
  const key = text(values.key) ?? process.env.GATEHOUSE_KEY ?? devKey;
  if (key === undefined) fail("No key: give --key, the key of a person (npm run keys -- create --kind human).");
  return new ConsoleApi(origin, key);
}
