import { expect, it } from "vitest";
import { settingsSearch } from "./settings-search.ts";

it("takes a repository from an address, and nothing that is none", () => {
  expect(settingsSearch({ repository: "acme/shop.js" })).toStrictEqual({ repository: "acme/shop.js" });
  for (const repository of [undefined, "", "acme", "acme/shop/more", "../..//", 7, { owner: "acme" }]) {
    expect(settingsSearch({ repository })).toStrictEqual({ repository: undefined });
  }
});
