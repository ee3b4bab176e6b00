import type { HostProcess, HostSupervisionDeps } from "./host-supervision.ts";

type Start = HostSupervisionDeps["start"];

export interface HostStarters {
  /** Starts it in a process of the shell's runtime; absent where it does not run there. */
  readonly inRuntime?: Start | undefined;
  readonly onNode: Start;
  readonly log: (text: string) => void;
}

/**
 * Starts the host in the shell's runtime where it runs there. One that ends there before it ever answered, and without a word why it cannot begin, would end again: whatever the runtime lacks,
 * from then on the host is started on the Node that came with it.
 */
export function createHostStarter({ inRuntime, onNode, log }: HostStarters): Start {
  let hasAnswered = false;
  let isGivenUp = false;
  return ({ onNotice, onExit }): HostProcess => {
    if (!inRuntime || isGivenUp) return onNode({ onNotice, onExit });
    return inRuntime({
      onNotice(notice) {
        hasAnswered ||= notice.type === "ready" || notice.type === "failed";
        onNotice(notice);
      },
      onExit(how) {
        isGivenUp = !hasAnswered;
        if (isGivenUp) log(`${how}\nIt goes on with the Node that came with it.`);
        onExit(how);
      },
    });
  };
}
