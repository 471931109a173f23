// What the suite cannot find over a socket, each with the reason. A line that no longer fails is a failure, too.

/** By scenario and check, as the suite names them. */
export type Expected = Readonly<Record<string, string>>;

export const OVER_HTTP: Expected = {};

export const OVER_SOCKET: Expected = {};
