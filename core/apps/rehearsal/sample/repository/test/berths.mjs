import assert from "node:assert/strict";
import { test } from "node:test";
import { findBerth } from "../src/berths.mjs";

const dinghy = { length: 6, beam: 2.2, draught: 0.8, needsPower: false };

test("a small boat gets the smallest berth that it fits into", () => {
  assert.equal(findBerth(dinghy, new Set()).id, "A1");
});

test("a taken berth is not offered again", () => {
  assert.equal(findBerth(dinghy, new Set(["A1"])).id, "A2");
});

test("a boat that fits at neaps can be too deep at springs", () => {
  const keelboat = { length: 8, beam: 2.6, draught: 1.5, needsPower: false };
  assert.equal(findBerth(keelboat, new Set()).pontoon, "A");
  assert.equal(findBerth(keelboat, new Set(), true).pontoon, "B");
});

test("a boat that fits nowhere gets nothing", () => {
  assert.equal(findBerth({ length: 24, beam: 6, draught: 3.4, needsPower: true }, new Set()), undefined);
});
