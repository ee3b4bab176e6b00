import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eachTestsWorkspace } from "../../core/testing/rehearsal-workspace.ts";
import { desktopUnavailable, openInDesktop, type Desktop } from "../../renderer/e2e/desktop.ts";
import { driveWindow } from "../../renderer/e2e/window.ts";

const reason = desktopUnavailable();

describe.skipIf(reason !== undefined)(`the signing key of the desktop's owner ${reason ?? ""}`, () => {
  const workspace = eachTestsWorkspace();
  let desktop: Desktop;

  beforeEach(async () => {
    desktop = await openInDesktop(workspace.path());
    await openKeys();
  });
  afterEach(() => desktop.close());

  const keys = (): string => join(workspace.path(), "keys");
  const keyFile = async (): Promise<string> => {
    const [name] = (await readdir(keys())).filter((each) => each.includes("signing-key"));
    return readFile(join(keys(), name ?? ""), "utf8");
  };
  async function openKeys(): Promise<void> {
    await (await driveWindow(desktop)).goTo("Settings");
    await desktop.page.getByRole("link", { name: "Keys", exact: true }).click();
  }
  const seal = (): Promise<void> => desktop.page.getByRole("button", { name: "Seal it with the keyring" }).click();

  it("stays in its file where the system has no keyring, and the owner is told what to do", { timeout: 60_000 }, async () => {
    const before = await keyFile();

    await seal();

    const alert = desktop.page.getByRole("alert");
    await alert.getByText("no keyring").waitFor();
    await alert.getByText("Install and unlock a keyring").waitFor();
    expect(await keyFile()).toBe(before);
    expect(await readdir(keys())).toHaveLength(2);
  });

  it("is sealed on the owner's word, opened for every next host, and of no use to a command line without the desktop", { timeout: 120_000 }, async () => {
    const before = await keyFile();
    await giveKeyring();

    await seal();

    await desktop.page.getByText("only this system's keyring opens").waitFor();
    expect(JSON.parse(await keyFile())).toMatchObject({ version: 2, sealed: expect.any(String) });
    expect(await keyFile()).not.toContain("PRIVATE KEY");
    await desktop.killHost();
    await desktop.page.getByRole("alert").first().waitFor();
    await expect.poll(() => desktop.page.getByRole("alert").allTextContents(), { timeout: 60_000 }).toEqual([]);

    await desktop.close();
    expect((await workspace.command("inbox", "list")).code).toBe(0);
    const refused = await workspace.command<{ readonly error: { readonly message: string; readonly remedy: string } }>("inbox", "approve", "none");
    expect(refused.code).not.toBe(0);
    expect(refused.value.error).toMatchObject({
      message: expect.stringContaining("only the desktop can open it"),
      remedy: expect.stringContaining("signalbox desktop"),
    });

    // A keyring that does not open it says so in the window, instead of a host without a key.
    desktop = await openInDesktop(workspace.path());
    await desktop.page.getByText("no keyring").waitFor({ timeout: 60_000 });
    await giveKeyring();
    await desktop.page.getByRole("button", { name: "Try again" }).click();
    await openKeys();
    await desktop.page.getByRole("button", { name: "Keep it in a plain file again" }).click();
    await desktop.page.getByText("In a file of yours").waitFor();
    expect(JSON.parse(await keyFile())).toEqual(JSON.parse(before));
  });

  /** A keyring for a machine that has none: what stands behind Electron's own function is played, everything before it is real. */
  function giveKeyring(): Promise<void> {
    return desktop.app.evaluate(({ safeStorage }) => {
      Object.assign(safeStorage, {
        isEncryptionAvailable: () => true,
        getSelectedStorageBackend: () => "gnome_libsecret",
        encryptString: (text: string) => Buffer.from(`kept:${Buffer.from(text).toString("hex")}`),
        decryptString(sealed: Buffer) {
          const text = sealed.toString();
          if (!text.startsWith("kept:")) throw new Error("not of this keyring");
          return Buffer.from(text.slice(5), "hex").toString();
        },
      });
    });
  }
});
