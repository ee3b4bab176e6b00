import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Plays a runner: writes down its environment, starts processes that would rather stay, and waits. */
const directory = process.cwd();

/** Where the test asks for it, each ignores the polite signal; the second has left its group, its parent and its directory behind. */
const patience = process.env["SIGNALBOX_GATEWAY_URL"]?.includes("stubborn") ? `process.on("SIGTERM", () => {});` : "";
const stubborn = `${patience} setInterval(() => {}, 1000);`;
const child = spawn(process.execPath, ["-e", stubborn], { stdio: "ignore" });
const grandchild = spawn(process.execPath, ["-e", `process.chdir("/"); ${stubborn}`], { stdio: "ignore", detached: true });
grandchild.unref();

writeFileSync(join(directory, `started-${process.pid}`), "");
writeFileSync(join(directory, "seen.json"), JSON.stringify({ pids: [process.pid, child.pid, grandchild.pid], environment: process.env }));
setInterval(() => {}, 1_000);
