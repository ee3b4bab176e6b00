import { hostAnswer, type HostAnswer, type HostQuestion } from "../../../contract/shell.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import type { SecretSealer } from "../../../ports/secret-sealer.ts";

/** The host's end of the channel to its shell. */
export interface ShellChannel {
  send(question: HostQuestion): void;
  /** Calls `hear` with every message of the shell, and `left` when there is none any more. */
  listen(hear: (message: unknown) => void, left: () => void): void;
}

export interface ShellSealerDeps {
  readonly channel: ShellChannel;
  /** A new id for every question. */
  readonly id: () => string;
  /** Calls `then` after `milliseconds`; returns what calls it off. */
  readonly after: (milliseconds: number, then: () => void) => () => void;
}

/** Milliseconds. The owner may have to unlock the keyring first. */
const patience = 120_000;

/** Asks the desktop's shell to seal and to open. An answer that nobody waits for, or that is none of the contract, is not heard. */
export function createShellSealer({ channel, id, after }: ShellSealerDeps): SecretSealer {
  const waiting = new Map<string, (answer: HostAnswer | "late" | "left") => void>();
  let hasLeft = false;
  channel.listen(
    (message) => {
      const answer = hostAnswer.safeParse(message);
      if (answer.success) waiting.get(answer.data.id)?.(answer.data);
    },
    () => {
      hasLeft = true;
      for (const settle of waiting.values()) settle("left");
    },
  );

  async function ask(question: HostQuestion): Promise<string> {
    if (hasLeft) throw failure("left");
    const answer = await new Promise<HostAnswer | "late" | "left">((resolve) => {
      const callOff = after(patience, () => resolve("late"));
      waiting.set(question.id, (settled) => {
        callOff();
        resolve(settled);
      });
      channel.send(question);
    }).finally(() => waiting.delete(question.id));
    if (answer === "late" || answer === "left") throw failure(answer);
    if (answer.type === "sealing") return answer.text;
    throw new InfrastructureError("unauthorised", answer.message, { remedy: answer.remedy });
  }

  return {
    seal: (secret) => ask({ type: "seal", id: id(), secret }),
    unseal: (sealed) => ask({ type: "unseal", id: id(), sealed }),
  };
}

function failure(how: "late" | "left"): InfrastructureError {
  if (how === "left") return new InfrastructureError("unavailable", "The desktop has gone.", { remedy: "Open it again: signalbox desktop" });
  return new InfrastructureError("timeout", `The desktop's keyring did not answer within ${patience / 1_000} seconds.`, {
    remedy: "Unlock the keyring: its question may stand behind the window. Then try again.",
  });
}
