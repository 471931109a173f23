// A route: what may be asked of the proxy, and what it answers. The request is also the input of the tool that asks.
import * as z from "zod";

/** What the proxy adds to every answer. */
export const Observed = z.object({
  observed_at: z.string(),
  took_ms: z.int().default(0),
  /** Secrets taken out of this answer, counted by kind. */
  redactions: z.record(z.string(), z.int()).default({}),
  /** What the reader must know to judge the answer: what was left out, and why. */
  warnings: z.array(z.string()).default([]),
});
export type Observed = z.output<typeof Observed>;

export interface Route<Asked extends z.ZodObject, Data extends z.ZodObject> {
  /** All are POST with a JSON body: path and one digest of the body cover everything that was asked. */
  readonly path: `/v1/${string}`;
  readonly request: Asked;
  /** What the handler answers. Read leniently: a proxy may be newer than its Worker and know more fields. */
  readonly data: Data;
  readonly response: z.ZodIntersection<Data, typeof Observed>;
}

/** Schemas are made when they are first looked at: start-up is billed, and most instances of a Worker serve few routes. */
export function route<Asked extends z.ZodObject, Data extends z.ZodObject>(
  path: `/v1/${string}`,
  request: () => Asked,
  data: () => Data,
): Route<Asked, Data> {
  const [makeRequest, makeData] = [once(request), once(data)];
  const makeResponse = once(() => z.intersection(makeData(), Observed));
  return {
    path,
    get request() {
      return makeRequest();
    },
    get data() {
      return makeData();
    },
    get response() {
      return makeResponse();
    },
  };
}

/** A route whose answer is many lines of JSON over time. A refusal comes before the first of them, as of any other route. */
export interface StreamRoute<Asked extends z.ZodObject, Line extends z.ZodType> extends Pick<
  Route<Asked, z.ZodObject>,
  "path" | "request"
> {
  readonly line: Line;
}

export function streamRoute<Asked extends z.ZodObject, Line extends z.ZodType>(
  path: `/v1/${string}`,
  request: () => Asked,
  line: () => Line,
): StreamRoute<Asked, Line> {
  const [makeRequest, makeLine] = [once(request), once(line)];
  return {
    path,
    get request() {
      return makeRequest();
    },
    get line() {
      return makeLine();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
