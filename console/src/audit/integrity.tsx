// Whether a row can be relied on, in a sentence, and the numbers for whoever checks it.

import { Fact, Facts } from "../parts/facts.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { When } from "../parts/when.tsx";
import { INTACT } from "./words.ts";
import type { AuditEvent } from "./api.ts";

export function Integrity({ event }: { readonly event: AuditEvent }) {
  const { intact, row, prev_hash: prevHash, hash } = event;
  const { tone, title, words } = INTACT[intact];
  return (
    <section class="block" aria-labelledby="event-integrity">
      <h3 id="event-integrity">Integrity</h3>
      <Notice tone={tone} title={title}>
        <p>{words}</p>
        <Checkpoint checkpoint={event.checkpoint} />
      </Notice>
      <Facts>
        <Fact name="Chain">
          <Hash value={row.chain_id} />
        </Fact>
        <Fact name="Place in it">{row.seq}</Fact>
        <Fact name="Hash">
          <Hash value={hash} />
        </Fact>
        <Fact name="Hash before it">
          <Hash value={prevHash} />
        </Fact>
      </Facts>
    </section>
  );
}

function Checkpoint({ checkpoint }: Pick<AuditEvent, "checkpoint">) {
  if (!checkpoint) {
    return <p>No signed checkpoint covers it yet: one is written while the chain grows, and when it ends.</p>;
  }
  const { seq, ts, kid } = checkpoint;
  return (
    <p>
      The signed checkpoint of row {seq}, written at <When at={ts} /> with the key{" "}
      <code>
        <Text value={kid} />
      </code>
      , covers it: nobody without that key can change it unseen.
    </p>
  );
}

function Hash({ value }: { readonly value: string }) {
  return (
    <code class="hash">
      <Text value={value} />
    </code>
  );
}
