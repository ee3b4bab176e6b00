import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { place } from "../../core/contract/shell.ts";
import { placeAmong, placeOf } from "./deep-links.ts";

describe("an address of the desktop", () => {
  it.each([
    ["signalbox://decision/01a1fe1f-34f3-7477-b1d3-8f13ba778fc7", "/inbox/01a1fe1f-34f3-7477-b1d3-8f13ba778fc7"],
    ["signalbox://run/01a1fe1f-34f3-7477", "/runs/01a1fe1f-34f3-7477"],
    ["signalbox://run/01a1fe1f-34f3-7477/1200", "/runs/01a1fe1f-34f3-7477?line=1200"],
    ["signalbox://settings/checks", "/settings/checks"],
    ["signalbox://issue/acme/shop.api/12", "/docs?repository=acme%2Fshop.api&issue=12"],
    ["signalbox://board", "/board"],
    ["signalbox://inbox/", "/inbox"],
  ])("%s opens %s", (address, opened) => {
    expect(placeOf(address)).toBe(opened);
  });

  it.each([
    "https://decision/1",
    "signalbox:decision/1",
    "signalbox://",
    "signalbox://approve/1",
    "signalbox://decision/1/approve",
    "signalbox://decision/../settings",
    "signalbox://decision/%2e%2e",
    "signalbox://decision/1?verdict=approve",
    "signalbox://decision/1#x",
    "signalbox://constructor/1",
    "signalbox://__proto__/1",
    "signalbox://run/1/0",
    "signalbox://run/1/12/x",
    "signalbox://run/1/12&x",
    "signalbox://decision/1/12",
    "signalbox://issue/acme/shop/0",
    "signalbox://issue/acme/shop/12/x",
    "signalbox://issue/acme/<script>/1",
    `signalbox://decision/${"a".repeat(600)}`,
  ])("%s opens nothing", (address) => {
    expect(placeOf(address)).toBeUndefined();
  });

  it("leads to a place of the window or nowhere, whatever it says", () => {
    const part = fc.oneof(fc.constantFrom("decision", "run", "issue", "board", "..", "javascript:", "app:", "//"), fc.string());
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const found = placeOf(`signalbox://${parts.join("/")}`);
        expect(found === undefined || place.safeParse(found).success).toBe(true);
      }),
    );
  });

  it("is found among a program's other arguments", () => {
    expect(placeAmong(["/usr/bin/electron", "--no-sandbox", "signalbox://run/7"])).toBe("/runs/7");
    expect(placeAmong(["/usr/bin/electron", "--flag=signalbox://run/7"])).toBeUndefined();
  });
});
