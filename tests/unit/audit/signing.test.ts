// Statements and their signatures: the exact text, the published key, and everything that must not pass for one.

import { describe, expect, it } from "vitest";
import { checkpointStatement, readCheckpoint } from "../../../src/audit/checkpoint.ts";
import { readRoot, rootStatement } from "../../../src/audit/day-root.ts";
import { auditKey, auditSigner, TrustedKeys } from "../../../src/audit/signing.ts";

// RFC 8037 §A.1 and RFC 8032 §7.1, test 1: one key.
const X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const signer = auditSigner({ x: X, d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A" });
const OF_NOTHING =
  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";

const HEAD = { chainId: "c", seq: 7, hash: "ab", tsMs: Date.UTC(2026, 10, 29, 23, 59, 59, 999), isFinal: true };
const ROOT = { day: "2026-11-29", chains: 2, root: "cd", prevRoot: undefined };

describe("a statement", () => {
  it("of a checkpoint is this text, and is read back", () => {
    const text = checkpointStatement(HEAD);

    expect(text).toBe(
      '{"typ":"gatehouse-checkpoint","chain_id":"c","seq":7,"hash":"ab","ts":"2026-11-29T23:59:59.999Z","final":true}',
    );
    expect(readCheckpoint(text)).toEqual(HEAD);
  });

  it.each([
    [undefined, "null"],
    ["ef", '"ef"'],
  ])("of a root whose predecessor is %s is this text, and is read back", (prevRoot, written) => {
    const text = rootStatement({ ...ROOT, prevRoot });

    expect(text).toBe(`{"typ":"gatehouse-root","day":"2026-11-29","chains":2,"root":"cd","prev_root":${written}}`);
    expect(readRoot(text)).toEqual({ ...ROOT, prevRoot });
  });

  it.each([
    "",
    "null",
    "[]",
    "{}",
    "not json",
    ` ${checkpointStatement(HEAD)}`,
    checkpointStatement(HEAD).replace("{", '{"more":1,'),
    checkpointStatement(HEAD).replace('"seq":7', '"seq":7.5'),
    checkpointStatement(HEAD).replace('"seq":7', '"seq":0'),
    checkpointStatement(HEAD).replace('"final":true', '"final":"true"'),
    checkpointStatement(HEAD).replace(".999Z", "Z"),
    rootStatement(ROOT).replace("root", "checkpoint"),
    rootStatement(ROOT),
  ])("that nobody of ours has written is none of a checkpoint: %s", (text) => {
    expect(readCheckpoint(text)).toBeUndefined();
  });

  it.each(["", "7", checkpointStatement(HEAD), rootStatement(ROOT).replace("2026-11-29", "2026-13-29")])(
    "that nobody of ours has written is none of a root: %s",
    (text) => {
      expect(readRoot(text)).toBeUndefined();
    },
  );
});

describe("a signature", () => {
  it("is the published one, under the published thumbprint", async () => {
    const { kid, signature } = await signer.sign("");

    expect(kid).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    expect(Buffer.from(signature, "base64url").toString("hex")).toBe(OF_NOTHING);
    expect(await new TrustedKeys([signer.publicKey]).haveSigned({ statement: "", kid, signature })).toBe(true);
  });

  it.each(["statement", "kid", "signature"] as const)("is none of ours when its %s was changed", async (part) => {
    const signed = await signer.sign(checkpointStatement(HEAD));
    const changed = { ...signed, [part]: signed[part].replace(/.$/, (last) => (last === "A" ? "B" : "A")) };

    expect(await new TrustedKeys([signer.publicKey]).haveSigned(changed)).toBe(false);
  });

  it.each(["", "A".repeat(85), "A".repeat(87), "ü".repeat(86), `${"A".repeat(85)}=`])(
    "is none at all: %s",
    async (signature) => {
      const { kid } = signer.publicKey;

      expect(await new TrustedKeys([signer.publicKey]).haveSigned({ statement: "", kid, signature })).toBe(false);
    },
  );

  it("is not believed of another key, of no key, or of one that goes by the name of another", async () => {
    const signed = await signer.sign("x");
    const other = auditKey("A".repeat(43));

    expect(await new TrustedKeys([]).haveSigned(signed)).toBe(false);
    expect(await new TrustedKeys([other]).haveSigned(signed)).toBe(false);
    expect(await new TrustedKeys([{ ...other, kid: signed.kid }]).haveSigned(signed)).toBe(false);
    expect(await new TrustedKeys([other]).haveSigned({ ...signed, kid: other.kid })).toBe(false);
  });
});
