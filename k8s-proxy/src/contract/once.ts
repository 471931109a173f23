// A value that is made when it is first asked for.

/**
 * What a schema is made with: to make one costs some fifty microseconds of start-up, and there are hundreds, of which
 * most instances of a Worker need few.
 */
export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
