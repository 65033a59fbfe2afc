import { z } from "zod";

/** Forms in which a session's results are handed over; also the endings of the files. */
export const ExportFormat = z.enum(["csv", "xlsx", "parquet", "json", "zip", "sacmes.txt"]);
export type ExportFormat = z.infer<typeof ExportFormat>;
