import { describe, expect, it } from "vitest";
import { hostAnswer } from "../../core/contract/shell.ts";
import { createSealing, type SystemStorage } from "./sealing.ts";

const keyring = (more: Partial<SystemStorage> = {}): SystemStorage => ({
  isEncryptionAvailable: () => true,
  getSelectedStorageBackend: () => "gnome_libsecret",
  encryptString: (text) => Buffer.from(`v11${text}`),
  decryptString(sealed) {
    if (!sealed.toString().startsWith("v11")) throw new Error(`cannot decrypt ${sealed.toString()}`);
    return sealed.toString().slice(3);
  },
  ...more,
});

describe("the shell's sealing", () => {
  it("gives back what it has sealed, under the id of each question", () => {
    const answer = createSealing(keyring(), "linux");
    const sealed = answer({ type: "seal", id: "1", secret: "ключ" });
    if (sealed.type !== "sealing") throw new Error("not sealed");

    expect(hostAnswer.safeParse(sealed).success).toBe(true);
    expect(sealed.text).not.toContain("ключ");
    expect(answer({ type: "unseal", id: "2", sealed: sealed.text })).toEqual({ type: "sealing", id: "2", text: "ключ" });
  });

  it.each(["basic_text", "unknown", ""])("refuses the backend %j of Linux, which only seems to protect, and says what to do", (backend) => {
    let isUsed = false;
    const seals = keyring({
      getSelectedStorageBackend: () => backend,
      encryptString() {
        isUsed = true;
        return Buffer.from("");
      },
    });
    const answer = createSealing(seals, "linux")({ type: "seal", id: "1", secret: "key" });

    expect(answer).toMatchObject({
      type: "no-sealing",
      id: "1",
      message: expect.stringContaining("no keyring"),
      remedy: expect.stringContaining("GNOME Keyring"),
    });
    expect(isUsed).toBe(false);
  });

  it("refuses where an old Electron cannot say what stands behind it", () => {
    const { getSelectedStorageBackend: _none, ...old } = keyring();

    expect(createSealing(old, "linux")({ type: "unseal", id: "1", sealed: "djEx" })).toMatchObject({ type: "no-sealing" });
  });

  it("asks no backend of macOS and Windows, and refuses when their keychain is closed", () => {
    const { getSelectedStorageBackend: _none, ...system } = keyring();

    for (const platform of ["darwin", "win32"] as const) {
      expect(createSealing(system, platform)({ type: "seal", id: "1", secret: "key" })).toMatchObject({ type: "sealing" });
      expect(createSealing({ ...system, isEncryptionAvailable: () => false }, platform)({ type: "seal", id: "1", secret: "key" })).toMatchObject({
        type: "no-sealing",
        remedy: expect.stringContaining("keychain"),
      });
    }
  });

  it("says of what it cannot open that it was sealed elsewhere, without repeating it", () => {
    const answer = createSealing(keyring(), "linux")({ type: "unseal", id: "9", sealed: Buffer.from("a secret of somebody").toString("base64") });

    expect(answer).toMatchObject({
      type: "no-sealing",
      id: "9",
      message: expect.stringContaining("sealed elsewhere"),
      remedy: expect.stringContaining("init-keys"),
    });
    expect(JSON.stringify(answer)).not.toContain('somebody"');
  });
});
