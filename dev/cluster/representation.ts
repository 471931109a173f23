// In which form an answer is wanted: whole objects, their metadata alone, or a table of columns.
import { ApiRefusal } from "./api-status.ts";

export type Representation = "objects" | "metadata" | "table";

const UNACCEPTABLE =
  "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";

/** The first form in the header that there is; clients name what they can do with instead behind what they want. */
export function representationOf(accept: string | undefined): Representation {
  for (const clause of (accept ?? "*/*").split(",")) {
    const [type = "", ...parameters] = clause.split(";").map((part) => part.trim());
    if (!["application/json", "application/*", "*/*"].includes(type)) continue;
    const as = parameters.find((parameter) => parameter.startsWith("as="))?.slice("as=".length);
    if (as === undefined) return "objects";
    if (!parameters.includes("v=v1") || !parameters.includes("g=meta.k8s.io")) continue;
    if (as === "Table") return "table";
    if (as === "PartialObjectMetadataList" || as === "PartialObjectMetadata") return "metadata";
  }
  throw new ApiRefusal(406, UNACCEPTABLE, { details: {} });
}
