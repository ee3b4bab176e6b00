import { createGitHubForge } from "../../../adapters/github/github-forge.ts";
import { createHasher } from "../../../adapters/node-crypto/hashing.ts";
import { createPostgresDriver } from "../../../adapters/postgres/driver.ts";
import { assertSchema } from "../../../adapters/postgres/migrate.ts";
import { createStore } from "../../../adapters/postgres/store.ts";
import type { Check } from "../../../contract/connection.ts";
import { mayWrite } from "../../../domain/kernel/permission.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import type { Forge } from "../../../ports/forge.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import type { SqlDriver } from "../../../ports/sql-driver.ts";
import { createAFewAtATime } from "../../../usecases/a-few-at-a-time.ts";
import { fail, findingOf, listed, pass, warn, type Outcome } from "../../../usecases/check-outcome.ts";
import { placeOfDatabase } from "./kept-connection.ts";

/** Milliseconds for which a database or a forge is waited for: the owner looks on. */
const patience = 10_000;
/** So many repositories are asked for at once. */
const atOnce = 4;

/** Whether this is a server's database in which this program can read and decide. What cannot be looked at any more, because what comes before has failed, is not in the list. */
export async function checkDatabase(address: string): Promise<{ readonly checks: readonly Check[]; readonly repositories: readonly RepositoryName[] }> {
  const driver = createPostgresDriver({ url: address, maxConnections: 1, answerWithin: patience });
  let repositories: readonly RepositoryName[] = [];
  try {
    const checks = await oneAfterTheOther([
      ["own-database", "Database", () => answers(driver, address)],
      ["own-schema", "Signalbox in it", () => isServers(driver)],
      ["own-rights", "Rights", () => mayDecide(driver)],
      [
        "own-repositories",
        "Repositories",
        async () => {
          repositories = await repositoriesIn(driver);
          if (repositories.length > 0) return pass(listed(repositories));
          return warn("the server looks after none yet", "Start the server (signalbox serve all): it brings in the repositories of SIGNALBOX_REPOSITORIES.");
        },
      ],
    ]);
    return { checks, repositories };
  } finally {
    await driver.close();
  }
}

/** Whom the token stands for, and what that person may do in each repository. */
export async function checkForge(
  address: string,
  token: string,
  repositories: readonly RepositoryName[],
): Promise<{ readonly checks: readonly Check[]; readonly login?: string }> {
  const forge = createGitHubForge({ baseUrl: address, credential: { type: "token", token }, retries: 1 });
  let login: string | undefined;
  const first = await look("own-forge", "GitHub", async () => {
    login = await forge.identity();
    return pass(`${new URL(address).host} knows you as ${login}`);
  });
  if (login === undefined) return { checks: [first] };
  const person = login;
  const inTurn = createAFewAtATime(atOnce);
  const rights = repositories.map((repository) => inTurn(() => look(`own-right:${repository}`, repository, () => right(forge, repository, person))));
  return { checks: [first, ...(await Promise.all(rights))], login };
}

async function answers(driver: SqlDriver, address: string): Promise<Outcome> {
  const [row] = await driver.query<{ version: string; person: string }>("select current_setting('server_version') as version, current_user as person");
  return pass(`PostgreSQL ${row?.version ?? ""} at ${placeOfDatabase(address)} answers, to ${row?.person ?? ""}`);
}

async function isServers(driver: SqlDriver): Promise<Outcome> {
  const [row] = await driver.query<{ there: boolean }>("select to_regclass('schema_migrations') is not null as there");
  if (row?.there !== true)
    return fail(
      "there is no Signalbox in this database",
      "Start the server with this database once (signalbox serve all): it makes its tables. Or correct the database's name.",
    );
  await assertSchema(driver);
  return pass("of the version that this program knows");
}

/** What a decision writes, and how. */
const written = { decision_requests: "update", decisions: "insert", flow_events: "insert", chain_head: "update" };

async function mayDecide(driver: SqlDriver): Promise<Outcome> {
  const rows = await driver.query<{ name: string; may: boolean }>(
    "select name, has_table_privilege(name, kind) as may from unnest($1::text[], $2::text[]) as needed (name, kind)",
    [Object.keys(written), Object.values(written)],
  );
  const missing = rows.filter((row) => !row.may).map((row) => row.name);
  if (missing.length === 0) return pass("you can read, and decide");
  return fail(
    `decisions cannot be written: there is no right to change ${listed(missing)}`,
    "Give this user the server's own rights in the database, or use the address that the server uses.",
  );
}

async function repositoriesIn(driver: SqlDriver): Promise<readonly RepositoryName[]> {
  const store = createStore(driver, {
    hasher: createHasher(),
    queue: { enqueue: () => Promise.reject(new InfrastructureError("internal", "nothing is done here")) },
  });
  return store.transaction(async (tx) => (await tx.repositories.list()).map(({ name }) => name));
}

async function right(forge: Forge, repository: RepositoryName, login: string): Promise<Outcome> {
  const permission = await forge.permission(repository, login);
  if (mayWrite(permission)) return pass(`${login} may set labels and review here (${permission})`);
  return fail(`${login} cannot set labels here (${permission})`, `Give ${login} the right to write in ${repository}, or a token that has it.`);
}

/** Looks at one thing after the other, as far as each is well. */
async function oneAfterTheOther(steps: readonly (readonly [id: string, title: string, looked: () => Promise<Outcome>])[]): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const [id, title, looked] of steps) {
    const found = await look(id, title, looked);
    checks.push(found);
    if (found.status === "fail") break;
  }
  return checks;
}

function look(id: string, title: string, looked: () => Promise<Outcome>): Promise<Check> {
  return findingOf({ id, title, look: looked }, after, patience);
}

function after(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds);
  return () => clearTimeout(timer);
}
