// Where log lines come from: the nodes or Loki, behind one question.
import type { Failure } from "../failure.ts";
import type { Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { LogQuestion, LogSink, ReadReport } from "./log-source.ts";

export interface LogBackend {
  read(question: LogQuestion, sink: LogSink, reading: Reading): Promise<Result<ReadReport, Failure>>;
}
