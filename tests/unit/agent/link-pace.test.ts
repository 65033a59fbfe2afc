import { describe, expect, it } from "vitest";
import { LinkPace } from "../../../agent/link-pace.ts";
import { FIRST_PART_BYTES, MAX_PART_BYTES } from "../../../shared/protocol/limits.ts";

describe("the size of a part", () => {
  it("doubles while full parts take less than a second, up to the largest", () => {
    const pace = new LinkPace();
    const sizes = Array.from({ length: 6 }, () => {
      pace.took(pace.partBytes, 100);
      return pace.partBytes / FIRST_PART_BYTES;
    });
    expect(sizes).toEqual([2, 4, 8, 16, 16, 16]);
    expect(pace.partBytes).toBe(MAX_PART_BYTES);
  });

  it("settles where a part takes between one and two seconds on a link of 20 KiB a second", () => {
    const pace = new LinkPace();
    for (let part = 0; part < 20; part++) pace.took(pace.partBytes, (pace.partBytes / 20_480) * 1_000);
    const seconds = pace.partBytes / 20_480;
    expect(seconds).toBeGreaterThan(0.75);
    expect(seconds).toBeLessThan(2);
  });

  it("learns nothing of a fast link from small files, and begins anew with a connection", () => {
    const pace = new LinkPace();
    pace.took(100, 1);
    expect(pace.partBytes).toBe(FIRST_PART_BYTES);
    pace.took(FIRST_PART_BYTES, 1);
    pace.reset();
    expect(pace.partBytes).toBe(FIRST_PART_BYTES);
  });
});
