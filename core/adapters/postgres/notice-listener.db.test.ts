import pg from "pg";
import { expect, it } from "vitest";
import { freshPostgres } from "../../testing/databases.ts";
import { describeOnPostgres } from "../../testing/postgres-server.ts";
import { createNoticeListener } from "./notice-listener.ts";

describeOnPostgres("the listener to notices", (serverUrl) => {
  it("asks its connection one thing at a time, however many begin and end listening at once", async () => {
    const database = await freshPostgres(serverUrl);
    let [asked, most] = [0, 0];
    const listener = createNoticeListener(() => {
      const client = new pg.Client({ connectionString: database.url });
      const ask = client.query.bind(client) as (statement: string) => Promise<pg.QueryResult>;
      client.query = (async (statement: string) => {
        asked += 1;
        most = Math.max(most, asked);
        return await ask(statement).finally(() => (asked -= 1));
      }) as unknown as typeof client.query;
      return client;
    });
    const heard: string[] = [];

    const stops = await Promise.all(Array.from({ length: 20 }, async (_, index) => listener.listen(`channel-${index % 5}`, (payload) => heard.push(payload))));
    await Promise.all(stops.slice(0, 15).map((stop) => stop()));
    await database.driver.query(`select pg_notify('channel-' || number, number::text) from generate_series(0, 4) as number`);

    await expect.poll(() => heard.toSorted()).toEqual(["0", "1", "2", "3", "4"]);
    expect(most).toBe(1);
    await listener.close();
    await database.close();
  });
});
