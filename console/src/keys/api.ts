// What the page of keys asks of the server, and a light look at what it is answered.

import { has, isListOf } from "../api/checks.ts";
import type { CreateKey, KeyEntry, Keys, NewKey, RotateKey } from "../../../src/http/console/contract/keys.ts";
import type { Answer, Client } from "../api/client.ts";

export type { CreateKey, KeyEntry, Keys, NewKey, RotateKey } from "../../../src/http/console/contract/keys.ts";

export type KeyState = KeyEntry["state"];

export interface KeysApi {
  readonly list: () => Answer<Keys>;
  readonly create: (asked: CreateKey) => Answer<NewKey>;
  readonly rotate: (id: string, asked: RotateKey) => Answer<NewKey>;
  readonly revoke: (id: string, reason: string) => Answer<KeyEntry>;
}

export function keysApi({ ask }: Pick<Client, "ask">): KeysApi {
  const at = (id: string) => `keys/${encodeURIComponent(id)}`;
  return {
    list: () => ask({ path: "keys" }, isKeys),
    create: (asked) => ask({ path: "keys", body: asked }, isNewKey),
    rotate: (id, asked) => ask({ path: `${at(id)}/rotate`, body: asked }, isNewKey),
    revoke: (id, reason) => ask({ path: `${at(id)}/revoke`, body: { reason } }, isKeyEntry),
  };
}

const isKeyEntry = (value: unknown): value is KeyEntry =>
  has(value, { id: "string", principal: "string", kind: "string", roles: "list", state: "string", mine: "record" }) &&
  has(value, { created_at: "string", expires_at: "string" }) &&
  has(value.mine, { may_change: "boolean" });

const isKeys = (value: unknown): value is Keys =>
  has(value, { keys: "list", roles: "list", now: "string" }) &&
  isListOf(value.keys, isKeyEntry) &&
  isListOf(value.roles, (role) => has(role, { name: "string" }));

const isNewKey = (value: unknown): value is NewKey =>
  has(value, { key: "record", secret: "string" }) && isKeyEntry(value.key);
