// What a principal may spend, in the window of its quota that is fullest now, and what it has.

import * as z from "zod";
import { once } from "../../../once.ts";

export const QuotaCard = once(() =>
  z.object({
    limit: z.int(),
    /** With what its sessions hold leased. */
    used: z.int(),
    period: z.string(),
    resets_at: z.iso.datetime(),
  }),
);
export type QuotaCard = z.output<ReturnType<typeof QuotaCard>>;
