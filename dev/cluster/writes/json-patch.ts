// A JSON patch (RFC 6902), as far as it is of use here: test, add, replace and remove, one after the other or not at all.
import * as z from "zod";
import { ApiRefusal } from "../api-status.ts";
import { isList, isMembers, isSame } from "../json.ts";

const Operation = z.discriminatedUnion("op", [
  z.object({ op: z.literal("test"), path: z.string(), value: z.unknown() }),
  z.object({ op: z.literal("add"), path: z.string(), value: z.unknown() }),
  z.object({ op: z.literal("replace"), path: z.string(), value: z.unknown() }),
  z.object({ op: z.literal("remove"), path: z.string() }),
]);
type Operation = z.output<typeof Operation>;

const Operations = z.array(Operation).max(10_000);

export function jsonPatch(target: unknown, patch: unknown): unknown {
  const operations = Operations.safeParse(patch);
  if (!operations.success) {
    throw new ApiRefusal(400, "this stand-in knows JSON patches of test, add, replace and remove only");
  }
  return operations.data.reduce<unknown>((document, operation) => {
    const path = operation.path.split("/").slice(1).map(unescaped);
    if (operation.op !== "test") return changed(document, path, operation);
    if (!isSame(valueAt(document, path), operation.value)) throw unfulfilled();
    return document;
  }, target);
}

type Edit = Exclude<Operation, { readonly op: "test" }>;

function changed(inside: unknown, [step, ...rest]: readonly string[], edit: Edit): unknown {
  if (step === undefined) return "value" in edit ? edit.value : undefined;
  if (isList(inside)) return listChanged(inside, [step, ...rest], edit);
  if (!isMembers(inside)) throw unfulfilled();
  const members = new Map(Object.entries(inside));
  if (!members.has(step) && (rest.length > 0 || edit.op !== "add")) throw unfulfilled();
  if (rest.length > 0) members.set(step, changed(members.get(step), rest, edit));
  else if (edit.op === "remove") members.delete(step);
  else members.set(step, edit.value);
  return Object.fromEntries(members);
}

function listChanged(list: readonly unknown[], [step = "", ...rest]: readonly string[], edit: Edit): unknown {
  const at = step === "-" ? list.length : Number(step);
  const last = edit.op === "add" && rest.length === 0 ? list.length : list.length - 1;
  if (!/^(-|\d{1,6})$/.test(step) || at > last) throw unfulfilled();
  if (rest.length > 0) return list.with(at, changed(list[at], rest, edit));
  switch (edit.op) {
    case "add":
      return list.toSpliced(at, 0, edit.value);
    case "replace":
      return list.with(at, edit.value);
    case "remove":
      return list.toSpliced(at, 1);
  }
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inside, step) => {
    if (isList(inside)) return inside[Number(step)];
    return isMembers(inside) && Object.hasOwn(inside, step) ? inside[step] : undefined;
  }, document);
}

/** RFC 6901 §4, in this order. */
function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The API server does not say which operation it was. */
function unfulfilled(): ApiRefusal {
  return new ApiRefusal(422, "the server rejected our request due to an error in our request", { details: {} });
}
