// The Durable Object that looks after the audit log once it has arrived: it verifies, seals each day, and hands the log on.

import { DurableObject } from "cloudflare:workers";
import * as z from "zod";
import { r2ArchiveBucket } from "../adapters/r2-archive-bucket.ts";
import { SqliteProgress } from "../adapters/sqlite-progress.ts";
import { keep } from "../audit/keeper/keep.ts";
import { knownKeys } from "../audit/keeper/keys.ts";
import { evidenceStatus } from "../audit/keeper/status.ts";
import { pause } from "../deadline.ts";
import { log } from "../log.ts";
import { once } from "../once.ts";
import { deployment } from "./deployment.ts";
import type { Bucket } from "../adapters/r2-archive-bucket.ts";
import type { AuditKey } from "../audit/signing.ts";
import type { EvidenceStatus } from "../ports/evidence.ts";

const DAY_MS = 86_400_000;

export class AuditKeeperObject extends DurableObject<Env> {
  readonly #progress: SqliteProgress;
  #tick: Promise<void> | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#progress = new SqliteProgress(ctx.storage.sql);
  }

  /** By the cron trigger. Two at once are one: each cursor has one hand on it. */
  tick(): Promise<void> {
    this.#tick ??= this.#keep().finally(() => (this.#tick = undefined));
    return this.#tick;
  }

  status(): EvidenceStatus {
    const isFiled = bucketOf(this.env) !== undefined;
    return evidenceStatus(this.#progress, { isFiled, isForwarded: deployment.receiver !== undefined });
  }

  /** What proves what was signed, the key of now first. */
  publicKeys(): readonly AuditKey[] {
    const { publicKey } = deployment.signer;
    return [publicKey, ...knownKeys(this.#progress).filter(({ kid }) => kid !== publicKey.kid)];
  }

  async #keep(): Promise<void> {
    const { archive } = deployment;
    if (!archive) {
      this.#warn();
      return;
    }
    const bucket = bucketOf(this.env);
    const progress = this.#progress;
    await keep({ ...deployment, archive, progress, pause, bucket: bucket && r2ArchiveBucket(bucket) });
  }

  /** Once a day, not with each of the ninety-six rounds. */
  #warn(): void {
    const nowMs = deployment.now();
    const { atMs } = Warned().parse(this.#progress.get("warned") ?? { atMs: 0 });
    if (nowMs - atMs < DAY_MS) return;
    this.#progress.set("warned", { atMs: nowMs });
    log("warn", "audit.not_kept", { reason: "DATABASE_READER_URL is not set: no day is sealed, filed or handed on" });
  }
}

/** Its binding is commented out in wrangler.toml, so a deployment has one or not. */
function bucketOf(env: object): Bucket | undefined {
  return "AUDIT_ARCHIVE" in env && isBucket(env.AUDIT_ARCHIVE) ? env.AUDIT_ARCHIVE : undefined;
}

function isBucket(value: unknown): value is Bucket {
  return (
    typeof value === "object" && value !== null && "head" in value && "put" in value && "createMultipartUpload" in value
  );
}

const Warned = once(() => z.object({ atMs: z.number() }));
