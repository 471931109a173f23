// What was found when the log was verified: every fault with its place, and what is signed.

import { Modal } from "../parts/modal.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { Notice } from "../parts/notice.tsx";
import { countOf, sayCount } from "../parts/number.ts";
import { Failed, Loading, Outdated } from "../parts/state.tsx";
import { Text } from "../parts/text.tsx";
import { When } from "../parts/when.tsx";
import { FAULTS } from "./words.ts";
import type { Loaded } from "../state/resource.ts";
import type { AuditEvidence } from "./api.ts";

export interface EvidenceDialogProps {
  readonly shown: Loaded<AuditEvidence>;
  readonly onRetry: () => void;
  readonly onClose: () => void;
}

export function EvidenceDialog({ shown, onRetry, onClose }: EvidenceDialogProps) {
  return (
    <Modal title="The log as evidence" onClose={onClose} isWide>
      <div class="stack evidence-body">
        {shown.is === "loading" && <Loading what="what was verified" rows={2} />}
        {shown.is === "failed" && <Failed what="What was verified" problem={shown.problem} onRetry={onRetry} />}
        {shown.is === "ready" && shown.problem && <Outdated problem={shown.problem} onRetry={onRetry} />}
        {shown.is === "ready" && <Standing evidence={shown.value} />}
      </div>
      <div class="modal-buttons">
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Modal>
  );
}

function Standing({ evidence }: { readonly evidence: AuditEvidence }) {
  const { verified_up_to: upTo, verified_rows: rows, faults, quarantined } = evidence;
  return (
    <>
      {faults.length > 0 && <Faults faults={faults} />}
      {quarantined > 0 && (
        <Notice tone="warning" title={`${countOf(quarantined, "row")} could not be stored as written`}>
          <p>The database would not take them. They are kept apart, and whoever runs this deployment has to look.</p>
        </Notice>
      )}
      <p>
        Each row carries the hash of the row before it. Here they are computed again, all the time, from what is stored.
        Whoever must not trust this server verifies an export: <code>npm run audit -- verify</code>
      </p>
      <Facts>
        <Fact name="Verified up to">{upTo === undefined ? "not yet" : <When at={upTo} />}</Fact>
        <Fact name="Rows verified">{sayCount(rows)}</Fact>
        <Signed evidence={evidence} />
      </Facts>
    </>
  );
}

function Signed({ evidence: { last_checkpoint_at: at, last_root: root } }: { readonly evidence: AuditEvidence }) {
  return (
    <>
      <Fact name="Last checkpoint">{at === undefined ? "none yet" : <When at={at} />}</Fact>
      <Fact name="Last root">
        {root === undefined ? (
          "none yet"
        ) : (
          <>
            of {root.day}, over {countOf(root.chains, "chain")}
            <br />
            <code class="hash">
              <Text value={root.root} />
            </code>
          </>
        )}
      </Fact>
    </>
  );
}

function Faults({ faults }: Pick<AuditEvidence, "faults">) {
  return (
    <Notice tone="danger" title="The log is not as it was written">
      <ul class="faults">
        {faults.map(({ kind, chain_id: chain, seq, detail, found_at: at }) => (
          <li key={`${kind} ${chain ?? ""} ${seq ?? ""} ${at}`}>
            <b>{FAULTS[kind]}</b>
            {chain !== undefined && (
              <>
                : chain{" "}
                <code>
                  <Text value={chain} />
                </code>
              </>
            )}
            {seq !== undefined && <>, row {seq}</>}
            <br />
            <Text value={detail} />{" "}
            <span class="quiet">
              Found at <When at={at} />
            </span>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
