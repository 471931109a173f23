// A piece of the query in a message: one line, short, and nothing in it that cannot be seen.

export function excerpt(text: string, maxLength: number): string {
  const line = text.slice(0, maxLength).replace(/[\p{C}\p{Z}]+/gu, " ");
  return text.length > maxLength ? `${line}…` : line;
}
