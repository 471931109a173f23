// Who the clients come as, and what the audit log says of them.

import * as z from "zod";
import { inject } from "vitest";
import { Agent } from "../../dev/stack/agent.ts";
import { createKey } from "../../dev/stack/api-keys.ts";
import { neonSql } from "../../src/adapters/neon-sql.ts";

export interface Person {
  readonly principal: string;
  readonly key: string;
}

const { databaseUrl, keyPepper, address } = inject("server");
const sql = neonSql(databaseUrl);

/** Everyone is someone else, so that no client meets another's limits. */
export async function newPerson(client: string, ...roles: string[]): Promise<Person> {
  const principal = `agent/${client.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase()}-${process.pid}`;
  const key = await createKey({ sql, pepper: keyPepper }, { principal, kind: "agent", roles, days: 1 });
  return { principal, key };
}

const Row = z.object({ outcome: z.string() });

/** How the calls of a tool by this principal ended, as far as the log has been drained. */
export async function outcomesOf({ principal }: Person, tool: string): Promise<readonly string[]> {
  const text = "select outcome from audit_logs where actor_id = $1 and tool = $2 order by ts";
  const done = await sql({ text, values: [principal, tool], timeoutMs: 5_000 }, new AbortController().signal);
  return done.ok
    ? z
        .array(Row)
        .parse(done.value)
        .map(({ outcome }) => outcome)
    : [];
}

/** Switches a fixture off, or on again: what subscribers to the list of tools should hear of. */
export async function changeTools(isThere: boolean): Promise<void> {
  const { key } = await newPerson("administrator", "administrator");
  const administrator = await Agent.connect(address, key);
  const changed = await administrator.request("tools.configure", { tool: COMES_AND_GOES, enabled: isThere });
  await administrator.close();
  if (changed.error) throw new Error(changed.error.message);
}

const COMES_AND_GOES = "test.comes_and_goes";
