import { writeFileSync } from "node:fs";
import { eventReference } from "./event-reference.ts";

/** `npm run reference`: writes the reference of the events anew. */
writeFileSync(new URL("../../shared/protocol/EVENTS.md", import.meta.url), eventReference());
