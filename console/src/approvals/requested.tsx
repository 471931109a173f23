// Who asks, in whose name and why, and with which parameters.

import { Principal } from "../parts/principal.tsx";
import { Text } from "../parts/text.tsx";
import { Ago, When } from "../parts/when.tsx";
import { Parameters } from "./parameters.tsx";
import type { ComponentChildren } from "preact";
import type { ApprovalCard } from "../api/contract.ts";

export function Requested({ card }: { readonly card: ApprovalCard }) {
  const { requester, reason, params } = card;
  return (
    <section class="block" aria-labelledby="request-who">
      <h3 id="request-who">Request</h3>
      <dl class="facts">
        <Fact term="Requested by">
          <Principal id={requester.id} kind={requester.kind} />
        </Fact>
        {requester.on_behalf_of !== undefined && (
          <Fact term="On behalf of">
            <Principal id={requester.on_behalf_of} kind="human" />
          </Fact>
        )}
        {requester.owner !== undefined && (
          <Fact term="Key owned by">
            <Principal id={requester.owner} kind="human" />
          </Fact>
        )}
        <Fact term="At">
          <When at={card.requested_at} />{" "}
          <span class="quiet">
            (<Ago at={card.requested_at} />)
          </span>
        </Fact>
      </dl>
      <Reason reason={reason} kind={requester.kind} />
      <Parameters params={params} />
    </section>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** An agent may have been talked into what it writes, so nobody should take it for a fact. */
function Reason({ reason, kind }: { readonly reason: string | undefined; readonly kind: "agent" | "human" }) {
  if (reason === undefined || reason.trim() === "") return <p class="quiet">No reason was given.</p>;
  return (
    <figure class="claim">
      <figcaption>
        {kind === "agent" ? "The agent’s own words" : "The requester’s own words"}: not checked, may be mistaken or
        misleading
      </figcaption>
      <blockquote>
        <Text value={reason} />
      </blockquote>
    </figure>
  );
}
