import type { HostAnswer, HostQuestion } from "../../core/contract/shell.ts";

/** Electron's `safeStorage`, as far as it is used. Its synchronous calls may wait for the owner to unlock the keyring. */
export interface SystemStorage {
  isEncryptionAvailable(): boolean;
  /** Linux only, and not in an old Electron. */
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(sealed: Buffer): string;
}

/** Backends on Linux that keep the key from whoever reads the disk. `basic_text` seals with a password that stands in Chromium's sources. */
const keyrings: readonly string[] = ["gnome_libsecret", "kwallet", "kwallet5", "kwallet6"];

const remedies = {
  linux: "Install and unlock a keyring (GNOME Keyring or KWallet), log in again, and start Signalbox from that session. Until then the key stays in its file.",
  other: "Unlock the system's keychain for Signalbox and try again. Until then the key stays in its file.",
  foreign:
    "Log in as the user, on the machine, under which the key was sealed. If that keyring is lost, so is the key: make another one with `signalbox init-keys`; what the old one has signed stays valid.",
} as const;

/** Seals and opens for the host. Refuses where the system would only seem to protect it. */
export function createSealing(storage: SystemStorage, platform: NodeJS.Platform): (question: HostQuestion) => HostAnswer {
  return (question) => {
    const { id } = question;
    const refusal = whyNot(storage, platform);
    if (refusal) return { type: "no-sealing", id, ...refusal };
    try {
      const text =
        question.type === "seal" ? storage.encryptString(question.secret).toString("base64") : storage.decryptString(Buffer.from(question.sealed, "base64"));
      return { type: "sealing", id, text };
    } catch {
      // What it says may quote what it was given.
      const message =
        question.type === "seal"
          ? "The system's keyring did not seal it."
          : "The system's keyring does not open it: it was sealed elsewhere, or by another user.";
      return { type: "no-sealing", id, message, remedy: question.type === "seal" ? remedyFor(platform) : remedies.foreign };
    }
  };
}

function whyNot(storage: SystemStorage, platform: NodeJS.Platform): { readonly message: string; readonly remedy: string } | undefined {
  const remedy = remedyFor(platform);
  if (!storage.isEncryptionAvailable()) return { message: "This system has no keyring that is open to Signalbox.", remedy };
  if (platform !== "linux") return undefined;
  const backend = storage.getSelectedStorageBackend?.() ?? "unknown";
  if (keyrings.includes(backend)) return undefined;
  return { message: `This session has no keyring: what Signalbox would seal here, anybody who reads the disk could open (${backend}).`, remedy };
}

function remedyFor(platform: NodeJS.Platform): string {
  return platform === "linux" ? remedies.linux : remedies.other;
}
