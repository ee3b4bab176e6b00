import { describe, expect, it } from "vitest";
import { probeSandbox } from "./sandbox-probe.ts";

describe("the probe of Codex's sandbox", () => {
  it("says why when no command runs in it", async () => {
    expect(await probeSandbox("/bin/false")).toMatchObject({ starts: false, detail: expect.stringContaining("without a word") });
    expect(await probeSandbox("/nowhere/codex")).toMatchObject({ starts: false });
  });

  it("finds nothing to complain of in the real one", async () => {
    expect(await probeSandbox()).toMatchObject({ starts: true, wroteOutside: false, readOutside: false, reachedNetwork: false });
  });

  it("sees a sandbox that keeps nothing from the command", async () => {
    const open = new URL("./open-sandbox.fixture.sh", import.meta.url).pathname;

    expect(await probeSandbox(open)).toMatchObject({ starts: true, wroteOutside: true, readOutside: true, reachedNetwork: true });
  });
});
