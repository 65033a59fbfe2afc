import { expect, test } from "vitest";
import { mergeTables, renderTable } from "./table.ts";

const row = { rounds: "1", written: 1, acked: 1, lost: 0, duplicated: 0, stalenessMs: 1_000 };

test("tables of several runs become one, in order; the later run of a fault counts, with its notes", () => {
  const early = renderTable([
    { ...row, fault: "network cut" },
    { ...row, fault: "hub killed with -9", note: "12 s" },
  ]);
  const late = renderTable([
    { ...row, fault: "hub killed with -9", rounds: "200", note: "3 s" },
    { fault: "agent stands still", notRun: "no" },
  ]);
  expect(mergeTables([early, late])).toBe(
    renderTable([
      { ...row, fault: "network cut" },
      { ...row, fault: "hub killed with -9", rounds: "200", note: "3 s" },
      { fault: "agent stands still", notRun: "no" },
    ]),
  );
});
