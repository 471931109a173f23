// The signature that says a statement about the log is ours: Ed25519, and which key by its thumbprint (RFC 7638).

import { hash } from "node:crypto";
import { once } from "../once.ts";
import type * as z from "zod";
import type { Signed } from "../ports/evidence.ts";

/** What anybody may know of it. */
export interface AuditKey {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  readonly kid: string;
}

export interface Signer {
  readonly publicKey: AuditKey;
  sign(statement: string): Promise<Signed>;
}

interface PrivateKey {
  readonly x: string;
  readonly d: string;
}

export function auditSigner({ x, d }: PrivateKey): Signer {
  const publicKey = auditKey(x);
  const { kid } = publicKey;
  // Imported with the first signature: most instances never make one.
  const imported = once(() => {
    const jwk = { kty: "OKP", crv: "Ed25519", x, d };
    return crypto.subtle.importKey("jwk", jwk, "Ed25519", false, ["sign"]);
  });
  return {
    publicKey,
    async sign(statement) {
      const made = await crypto.subtle.sign("Ed25519", await imported(), new TextEncoder().encode(statement));
      return { statement, kid, signature: base64url(new Uint8Array(made)) };
    },
  };
}

/** RFC 7638 §3.2 and RFC 8037 §2: the required members alone, in the order of their names. */
export function auditKey(x: string): AuditKey {
  const thumbprint = hash("sha256", JSON.stringify({ crv: "Ed25519", kty: "OKP", x }), "base64url");
  return { kty: "OKP", crv: "Ed25519", x, kid: thumbprint };
}

/** Keys whose signatures count. Each is imported once, however much it has signed. */
export class TrustedKeys {
  readonly #ids: ReadonlySet<string>;
  readonly #keys: ReadonlyMap<string, () => ReturnType<typeof verifyingKey>>;

  constructor(keys: readonly AuditKey[]) {
    this.#ids = new Set(keys.map(({ kid }) => kid));
    // One that goes by the name of another has signed nothing.
    const own = keys.filter(({ x, kid }) => auditKey(x).kid === kid);
    this.#keys = new Map(own.map(({ x, kid }) => [kid, once(() => verifyingKey(x))]));
  }

  has(kid: string): boolean {
    return this.#ids.has(kid);
  }

  /** Whether one of them has signed it. False as well for a key that is none and a signature that is none. */
  async haveSigned({ statement, kid, signature }: Signed): Promise<boolean> {
    const key = this.#keys.get(kid);
    if (!key || !/^[A-Za-z0-9_-]{86}$/.test(signature)) return false;
    try {
      const text = new TextEncoder().encode(statement);
      return await crypto.subtle.verify("Ed25519", await key(), bytesOf(signature), text);
    } catch {
      return false; // `x` is not a point of the curve: nobody can have signed with it
    }
  }
}

function verifyingKey(x: string) {
  return crypto.subtle.importKey("jwk", { kty: "OKP", crv: "Ed25519", x }, "Ed25519", false, ["verify"]);
}

/** What a statement holds, by its schema; undefined for anything else. */
export function statementIn<T extends z.ZodType>(statement: string, schema: T): z.output<T> | undefined {
  try {
    return schema.safeParse(JSON.parse(statement)).data;
  } catch {
    return undefined; // not JSON: no statement of ours
  }
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCodePoint(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
