// A value that is made when it is first asked for, and kept.

/**
 * What the schemas of a file are made with. Making one costs some fifty microseconds of start-up, and there are hundreds,
 * of which most instances need few.
 */
export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
