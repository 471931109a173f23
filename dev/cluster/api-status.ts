// The API server's way of saying no: a Status object beside the HTTP status.

const REASONS = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  406: "NotAcceptable",
  409: "Conflict",
  410: "Expired",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
} as const;

export type RefusedStatus = keyof typeof REASONS;

/** What some Status objects hold besides their message. */
export interface RefusalFacts {
  /** Goes into the metadata: where a list whose token has expired may go on. */
  readonly continueToken?: string;
  readonly details?: object;
}

/** Thrown by whatever reads a request, caught once by the server. */
export class ApiRefusal extends Error {
  readonly status: RefusedStatus;
  readonly facts: RefusalFacts;

  constructor(status: RefusedStatus, message: string, facts: RefusalFacts = {}) {
    super(message);
    this.status = status;
    this.facts = facts;
  }
}

export function toStatus({ status, message, facts: { continueToken, details } }: ApiRefusal): object {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: continueToken === undefined ? {} : { continue: continueToken },
    status: "Failure",
    message,
    reason: REASONS[status],
    ...(details && { details }),
    code: status,
  };
}
