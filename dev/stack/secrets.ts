// The secrets of a development stack: made once, kept beside the checkout, worth nothing elsewhere.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";

const Jwk = z.looseObject({ kty: z.string(), crv: z.string(), x: z.string() });

export const Secrets = z.object({
  keyPepper: z.string(),
  /** Ed25519; the Worker signs with the private half, the proxy verifies with the public one. */
  signingKey: Jwk.extend({ d: z.string() }),
  publicKey: Jwk,
  approvalKey: Jwk.extend({ d: z.string() }),
  auditKey: Jwk.extend({ d: z.string() }),
  metricsToken: z.string(),
});
export type Secrets = z.output<typeof Secrets>;

export function makeSecrets(): Secrets {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return Secrets.parse({
    keyPepper: randomBytes(32).toString("base64url"),
    signingKey: privateKey.export({ format: "jwk" }),
    publicKey: publicKey.export({ format: "jwk" }),
    approvalKey: generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }),
    auditKey: generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }),
    metricsToken: randomBytes(32).toString("base64url"),
  });
}

/** The same secrets at every start, so that a key handed out yesterday still works today. */
export function keptSecrets(path: string): Secrets {
  try {
    const kept: unknown = JSON.parse(readFileSync(path, "utf8"));
    // What a newer version needs besides is made, and what is there stays.
    const secrets = Secrets.parse({ ...makeSecrets(), ...Secrets.partial().parse(kept) });
    write(path, secrets);
    return secrets;
  } catch {
    // None yet, or not readable as ours: then new ones, and the keys made under the old ones are void.
    const secrets = makeSecrets();
    write(path, secrets);
    return secrets;
  }
}

function write(path: string, secrets: Secrets): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(secrets, null, 2), { mode: 0o600 });
}
