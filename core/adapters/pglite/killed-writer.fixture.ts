// A program for driver.db.test.ts: appends rows to a database until it is killed, and prints the number of each one that was committed.
import { createPgliteDriver } from "./driver.ts";

const driver = await createPgliteDriver({ directory: process.argv[2] });
await driver.execute(
  "create table if not exists numbers (number integer primary key, filling text not null); create index if not exists numbers_filling on numbers (filling)",
);
const [last] = await driver.query<{ number: number | null }>("select max(number) as number from numbers");
for (let number = (last?.number ?? 0) + 1; ; number += 1) {
  await driver.transaction(async (session) => {
    await session.query("insert into numbers values ($1, repeat(md5($2), 40))", [number, String(number)]);
    await session.query("update numbers set filling = filling || '!' where number = $1", [number - 1]);
  });
  process.stdout.write(`${number}\n`);
}
