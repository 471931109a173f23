// Something that is awaited until a test lets it go.

export interface Gate<T> {
  readonly opened: Promise<T>;
  readonly open: (value: T) => void;
  readonly fail: (cause: Error) => void;
}

export function gate<T = void>(): Gate<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  return { opened: promise, open: resolve, fail: reject };
}

/** Lets everything happen that waits for nothing but its turn. No time passes. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
