// Field selectors as the API server reads them: `a.b=c`, `a.b==c`, `a.b!=c`, joined by commas, for a few fields of each kind.
import { fieldOf } from "./api-object.ts";
import { ApiRefusal } from "./api-status.ts";

import type { ApiObject } from "./api-object.ts";
import type { Resource } from "./catalogue.ts";

const ALWAYS: readonly string[] = ["metadata.name", "metadata.namespace"];

/** Throws an `ApiRefusal` in the API server's own words. */
export function parseFieldSelector(text: string, resource: Resource): (object: ApiObject) => boolean {
  const terms = text.split(",").filter((term) => term !== "");
  const requirements = terms.map((term) => {
    const [, field, operator, wanted = ""] = /^([^=!]+)(==|=|!=)(.*)$/.exec(term) ?? [];
    if (field === undefined) throw new ApiRefusal(400, `invalid selector: '${text}'; can't understand '${term}'`);
    if (![...ALWAYS, ...resource.fields].includes(field)) {
      throw new ApiRefusal(400, `field label not supported: ${field}`);
    }
    const isWanted = operator !== "!=";
    return (object: ApiObject) => (valueOf(object, field) === wanted) === isWanted;
  });
  return (object) => requirements.every((holds) => holds(object));
}

/** An event's source has two names, of which the newer one may stand alone. */
function valueOf(object: ApiObject, field: string): string {
  const value =
    field === "source"
      ? (fieldOf(object, "source.component") ?? fieldOf(object, "reportingComponent"))
      : fieldOf(object, field);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
