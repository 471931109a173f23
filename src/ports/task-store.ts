// Calls that outlive their request, as they are kept.

import * as z from "zod";

const TaskCall = z.object({ name: z.string(), args: z.record(z.string(), z.unknown()) });

/** One task: what was called, how far it is, and what it came to. */
export const StoredTask = z.object({
  taskId: z.string(),
  principalId: z.string(),
  status: z.enum(["working", "input_required", "completed", "failed", "cancelled"]),
  statusMessage: z.string().optional(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
  expiresAtMs: z.number(),
  /** What is run again when its questions are answered. */
  call: TaskCall,
  answers: z.record(z.string(), z.unknown()),
  state: z.unknown().optional(),
  questions: z.record(z.string(), z.looseObject({ method: z.string() })).optional(),
  /** JSON text: the result of a completed task, the error of a failed one. */
  outcome: z.string().optional(),
});
export type StoredTask = z.output<typeof StoredTask>;

export interface TaskStore {
  /** Durable before anything that is sent after it. */
  put(task: StoredTask): void;
  get(taskId: string): StoredTask | undefined;
  all(): readonly StoredTask[];
  forget(taskId: string): void;
}
