// The Worker's side of a call: signs tokens as the contract has them, and wrong ones where a test asks for it.
import { createHash, randomUUID } from "node:crypto";
import { SignJWT, exportJWK, generateKeyPair } from "jose";
import { ROUTES, TOKEN_ISSUER, TOKEN_TYPE } from "../src/contract/index.ts";

import type { CryptoKey } from "jose";
import type { PublicKey } from "../src/config.ts";

export const CLUSTER = "demo";
/** The clock of every test that does not turn it. */
export const NOW = Date.UTC(2026, 10, 23, 2, 11, 26);

export interface Signer {
  readonly publicKey: PublicKey;
  readonly privateKey: CryptoKey;
}

export async function newSigner(): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const { x = "" } = await exportJWK(publicKey);
  return { publicKey: { kty: "OKP", crv: "Ed25519", x }, privateKey };
}

export interface TokenParts {
  readonly body: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: { readonly alg?: string; readonly typ?: string | undefined };
  readonly key?: CryptoKey | Uint8Array;
}

/** A claim set to undefined is left out of the token. */
export async function sign(signer: Signer, { body, claims, header, key }: TokenParts): Promise<string> {
  const { alg, typ } = { alg: "EdDSA", typ: TOKEN_TYPE, ...header };
  const protectedHeader = typ === undefined ? { alg } : { alg, typ };
  return new SignJWT(tokenClaims(body, claims)).setProtectedHeader(protectedHeader).sign(key ?? signer.privateKey);
}

export function tokenClaims(body: string, claims: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const issuedAt = Math.floor(NOW / 1000);
  return {
    iss: TOKEN_ISSUER,
    aud: CLUSTER,
    sub: "agent/oncall",
    tool: "k8s.list_pods",
    namespaces: ["shop"],
    path: ROUTES.listPods.path,
    body_sha256: createHash("sha256").update(body).digest("base64url"),
    jti: randomUUID(),
    iat: issuedAt,
    exp: issuedAt + 30,
    ...claims,
  };
}
