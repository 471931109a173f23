// What a session needs of its object, and what it is told of each connection.

import type { Opening } from "../access/opening.ts";
import type { CatalogueStub } from "../adapters/object-tool-settings.ts";
import type { Journal } from "../audit/journal.ts";
import type { InFlight } from "../jsonrpc/in-flight.ts";
import type { OtherTasks } from "../mcp/context.ts";
import type { Handshake } from "../mcp/handshake.ts";
import type { Outbox } from "../mcp/outbox.ts";
import type { Tasks } from "../mcp/tasks.ts";
import type { Services } from "../services.ts";
import type { CallSession } from "../tool/session.ts";
import type { TraceContext } from "../trace-context.ts";

export interface SessionContext {
  readonly services: Services;
  /** Of the Durable Object, in hex. */
  readonly objectId: string;
  readonly journal: Journal;
  readonly running: Set<string>;
  readonly catalogue: () => CatalogueStub;
  readonly tasks: Tasks;
  readonly otherTasks: (opening: Opening) => OtherTasks;
  /** Something changed that must survive a sleep. */
  readonly onChange: () => void;
}

/** A socket, or one request. */
export interface Connection {
  readonly out: Outbox;
  readonly session: CallSession;
  readonly opening: Opening;
  /** Ids are unique within one connection. */
  readonly inFlight: InFlight;
  /** Of the one request. */
  readonly trace?: TraceContext | undefined;
  readonly headerVersion?: string | undefined;
  /** For this connection alone, where nothing is kept between two messages. */
  readonly handshake?: Handshake | undefined;
  /** Of the session, where single requests bring credentials of their own. */
  readonly authority?: CallSession | undefined;
}
