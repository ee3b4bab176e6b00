import { describe, expect, it } from "vitest";
import { readOrder } from "./order.ts";

const onLinux = (...args: readonly string[]): ReturnType<typeof readOrder> => readOrder(args, "linux");

describe("what is to be packaged", () => {
  it("is for this system, whether that is named or not", () => {
    expect(onLinux("--linux", "--dir", "--output", "/out")).toMatchObject({ ok: true, value: { system: "linux", directoryOnly: true, output: "/out" } });
    expect(readOrder([], "darwin")).toMatchObject({ ok: true, value: { system: "mac", directoryOnly: false, feed: undefined } });
    expect(readOrder(["--win"], "win32")).toMatchObject({ ok: true, value: { system: "win" } });
  });

  it("is refused for another system, with the reason", () => {
    expect(onLinux("--mac")).toEqual({ ok: false, error: expect.stringContaining("Package it on macOS") });
    expect(onLinux("--linux", "--win", "--dir")).toEqual({ ok: false, error: expect.stringContaining("Package it on Windows") });
    expect(readOrder(["--dir"], "freebsd")).toEqual({ ok: false, error: expect.stringContaining("not on freebsd") });
  });

  it("may name a feed over TLS or a repository on GitHub, and nothing else", () => {
    expect(onLinux("--dir", "--feed", "https://updates.test/signalbox")).toMatchObject({
      value: { feed: { provider: "generic", url: "https://updates.test/signalbox" } },
    });
    expect(onLinux("--dir", "--feed", "github:olga/signalbox")).toMatchObject({ value: { feed: { provider: "github", owner: "olga", repo: "signalbox" } } });
    for (const feed of ["http://updates.test", "file:///tmp", "updates", "github:olga", "github:a/b/c", ""]) {
      expect(onLinux("--dir", "--feed", feed), feed).toMatchObject({ ok: false, error: expect.stringContaining("is no place for updates") });
    }
  });

  it("needs a maintainer and a homepage for a Debian package", () => {
    expect(onLinux()).toMatchObject({ ok: false, error: expect.stringContaining("--maintainer") });
    expect(onLinux("--homepage", "https://signalbox.test", "--maintainer", "Olga <olga@signalbox.test>")).toMatchObject({ ok: true });
  });

  it("is explained when it cannot be read", () => {
    for (const args of [["--directory"], ["linux"], ["--output"], ["--dir=yes"]]) {
      expect(onLinux(...args), args.join(" ")).toMatchObject({ ok: false, error: expect.stringContaining("Usage: npm run package") });
    }
  });
});
