// One field of a form, as text: a file that was sent in its place is as good as nothing.

export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}
