// The part of some data that a path of a schema's leads to.

export function valueIn(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((whole, key) => {
    return typeof whole === "object" && whole !== null ? Reflect.get(whole, key) : undefined;
  }, data);
}
