import "../../domain/kernel/repair-json-parse.ts";
import { runAgent } from "./agent.ts";

runAgent(process.env).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
