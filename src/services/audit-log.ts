// The audit log of a deployment once it is written: where what proves it goes, who reads it again, and who is handed it.

import { neonAuditArchive } from "../adapters/neon-audit-archive.ts";
import { neonAuditReader } from "../adapters/neon-audit-reader.ts";
import { neonEvidenceStore } from "../adapters/neon-evidence-store.ts";
import { neonSql } from "../adapters/neon-sql.ts";
import { siemReceiver } from "../adapters/siem-receiver.ts";
import { auditSigner } from "../audit/signing.ts";
import { arrivedVerifier } from "../audit/verify/arrived.ts";
import type { Sql } from "../adapters/neon-sql.ts";
import type { VerifyArrived } from "../audit/keeper/keeping.ts";
import type { Signer } from "../audit/signing.ts";
import type { Config } from "../config.ts";
import type { AuditArchive } from "../ports/audit-archive.ts";
import type { AuditReader } from "../ports/audit-reader.ts";
import type { EvidenceStore } from "../ports/evidence.ts";
import type { LogReceiver } from "../ports/log-receiver.ts";

export interface AuditLog {
  readonly evidence: EvidenceStore;
  /** Signs what proves the log. */
  readonly signer: Signer;
  /** Not without DATABASE_READER_URL. */
  readonly archive: AuditArchive | undefined;
  /** For those who may look into it; as little without it. */
  readonly auditReader: AuditReader | undefined;
  /** Not without AUDIT_FORWARD. */
  readonly receiver: LogReceiver | undefined;
  /** Nothing is verified as it arrives where there is none. */
  readonly verifyArrived: VerifyArrived | undefined;
}

interface Parts {
  /** As the Worker's own role, which writes and cannot read. */
  readonly sql: Sql;
  readonly fetch: typeof fetch;
}

export function auditLog(config: Config, { sql, fetch }: Parts): AuditLog {
  const { DATABASE_READER_URL: readerUrl, AUDIT_FORWARD: forward, AUDIT_SIGNING_KEY: signingKey } = config;
  const readerSql = readerUrl === undefined ? undefined : neonSql(readerUrl);
  return {
    evidence: neonEvidenceStore(sql),
    signer: auditSigner(signingKey),
    archive: readerSql && neonAuditArchive(readerSql),
    auditReader: readerSql && neonAuditReader(readerSql),
    receiver: forward && siemReceiver(forward, fetch),
    verifyArrived: arrivedVerifier(Date.now),
  };
}
