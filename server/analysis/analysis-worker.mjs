// Plain JavaScript: threads do not get the TypeScript loader of the program that starts them, so it is asked for here.
import { tsImport } from "tsx/esm/api";

const { analyseOne, analyseBatch } = await tsImport("./worker-jobs.ts", import.meta.url);

export { analyseBatch, analyseOne };
