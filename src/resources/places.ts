// Suggestions for what names a place: clusters and their namespaces.

import * as z from "zod";
import { once } from "../once.ts";
import type { Completion } from "../tool/completion.ts";

const Namespaces = once(() => z.object({ namespaces: z.array(z.object({ name: z.string() })) }));

export const namespaces: Completion = {
  tool: "k8s.list_namespaces",
  args: ({ cluster }) => (cluster === undefined ? {} : { cluster }),
  pick: (result) => {
    const listed = Namespaces().safeParse(result);
    return listed.success ? listed.data.namespaces.map(({ name }) => name) : [];
  },
};
