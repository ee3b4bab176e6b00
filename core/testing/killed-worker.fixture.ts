// A program for the test of the queue: takes one job and never finishes it.
import { createPostgresDriver } from "../adapters/postgres/driver.ts";
import { createPgBossQueue } from "../adapters/queue-pg-boss/queue.ts";

const queue = createPgBossQueue({ driver: createPostgresDriver({ url: process.argv[2] ?? "" }), onError: (error) => console.error(error) });
await queue.start();
await queue.work("process-delivery", 1, async ({ deliveryId }) => {
  process.stdout.write(`${deliveryId}\n`);
  await new Promise(() => undefined);
});
