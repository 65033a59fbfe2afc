import { config } from "zod";

/** Messages are read without code made at run time: the hub's Content-Security-Policy forbids it. Imported first. */
config({ jitless: true });
