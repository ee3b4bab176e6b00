import { describe, expect, it } from "vitest";
import { lineLink } from "./line-link.ts";

describe("the link of a line", () => {
  const location = { origin: "http://127.0.0.1:4000", pathname: "/" } as Location;

  it("is the page's own address in a browser", () => {
    expect(lineLink({ location }, "r-1", 12)).toBe("http://127.0.0.1:4000/#/runs/r-1?line=12");
  });

  it("opens the desktop where the window is one of the desktop", () => {
    expect(lineLink({ location, signalbox: () => Promise.resolve() }, "r-1", 12)).toBe("signalbox://run/r-1/12");
  });
});
