// The API server's way of saying no: a Status object beside the HTTP status.

const REASONS = {
  400: "BadRequest",
  401: "Unauthorized",
  404: "NotFound",
  405: "MethodNotAllowed",
  410: "Expired",
} as const;

export type RefusedStatus = keyof typeof REASONS;

/** Thrown by whatever reads a request, caught once by the server. */
export class ApiRefusal extends Error {
  readonly status: RefusedStatus;
  readonly continueToken: string | undefined;

  constructor(status: RefusedStatus, message: string, continueToken?: string) {
    super(message);
    this.status = status;
    this.continueToken = continueToken;
  }
}

export function toStatus({ status, message, continueToken }: ApiRefusal): object {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: continueToken === undefined ? {} : { continue: continueToken },
    status: "Failure",
    message,
    reason: REASONS[status],
    code: status,
  };
}
