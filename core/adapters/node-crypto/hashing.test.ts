import { describe, expect, it } from "vitest";
import { createHasher, createRandomness } from "./hashing.ts";

describe("ids", () => {
  it("are UUIDv7, unique, and sort in the order of their making", () => {
    const randomness = createRandomness();

    const ids = Array.from({ length: 20_000 }, () => randomness.id());

    expect(ids.toSorted()).toStrictEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids.slice(0, 50)) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe("tokens", () => {
  it("carry 32 random bytes", () => {
    expect(Buffer.from(createRandomness().token(), "base64url")).toHaveLength(32);
  });
});

describe("digests", () => {
  it("are lower-case hex SHA-256 of the UTF-8 bytes", () => {
    expect(createHasher().sha256("ё")).toBe("30fbc377ae9122edc2cdbed70b9261817d196eca8db96ac8bfa4cfaf412667ac");
    expect(createHasher().sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});
