import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Unavailable } from "./unavailable.ts";

const program = process.env["SIGNALBOX_TEST_XVFB"] ?? "Xvfb";

/** A display that windows may open on. */
export interface TestDisplay {
  /** Value of `DISPLAY`; empty where the system needs none. */
  readonly name: string;
  stop(): Promise<void>;
}

/**
 * A display of this run's own, which nobody looks at: windows of a test must not take the keyboard of whoever sits here.
 *
 * @throws Unavailable without Xvfb.
 */
export async function startDisplay(): Promise<TestDisplay> {
  if (process.platform !== "linux") return { name: "", stop: () => Promise.resolve() };
  const server = spawn(program, ["-displayfd", "1", "-screen", "0", "1920x1200x24", "-nolisten", "tcp", "-noreset"], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise<void>((resolve) => {
    server.once("error", () => resolve());
    server.once("exit", () => resolve());
  });
  const number = await Promise.race([once(createInterface(server.stdout), "line").then(([line]) => String(line)), ended]);
  if (number === undefined) throw new Unavailable("there is no Xvfb on this machine to open windows on (package xvfb)");
  return {
    name: `:${number}`,
    async stop() {
      server.kill("SIGTERM");
      await ended;
    },
  };
}
