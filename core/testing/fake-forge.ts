// oxlint-disable max-lines-per-function -- One port, member by member.
import type { Check } from "../domain/check/check.ts";
import type { Permission } from "../domain/kernel/permission.ts";
import type { BranchName, CommitSha, Instant, RepositoryName } from "../domain/kernel/values.ts";
import { sameLabel } from "../domain/label/names.ts";
import type { Forge, ForgeComment, ForgeDelivery, ForgeIssue, ForgePull, ForgeReview, ForgeTag, LabelEvent, ReviewThread } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { ChangedFile, RepositoryMirror } from "../ports/repository-mirror.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
export type FakePull = Mutable<ForgePull>;

export interface FakeBranch {
  sha: CommitSha;
  files: Map<string, string>;
}

/** One repository in memory, seen through as many identities as a test needs, and the mirror of it. Only for tests of use cases. */
export interface FakeForge {
  readonly name: RepositoryName;
  readonly variables: Map<string, string>;
  readonly permissions: Map<string, Permission>;
  /** Those that the repository has. */
  readonly labels: string[];
  readonly issues: Map<number, Mutable<ForgeIssue>>;
  readonly pulls: Map<number, FakePull>;
  readonly comments: { readonly id: number; readonly issue: number; author: string; body: string; createdAt: Instant }[];
  readonly reviews: Map<number, ForgeReview[]>;
  readonly threads: Map<number, ReviewThread[]>;
  /** By commit; a commit that is not there has none, and of one with `undefined` nothing may be known. */
  readonly checks: Map<CommitSha, readonly Check[] | undefined>;
  readonly labelEvents: LabelEvent[];
  readonly deliveries: ForgeDelivery[];
  readonly redelivered: number[];
  readonly tags: ForgeTag[];
  readonly branches: Map<string, FakeBranch>;
  /** Every write, in order, as `login method number detail`. */
  readonly writes: string[];
  /** Called before a pull request or its checks are read; throws to play a forge that is away, or waits to play a slow one. */
  beforeRead: (read: string) => void | Promise<void>;
  /** Called before each write; throws to play a forge that fails. */
  beforeWrite: (write: string) => void;
  /** Called after each write; throws to play a crash between the effect and the note of it. */
  afterWrite: (write: string) => void;
  now: () => Instant;
  as(login: string): Forge;
  readonly mirror: RepositoryMirror;
  addIssue(issue: Partial<ForgeIssue> & { readonly number: number }): void;
  addPull(pull: Partial<ForgePull> & { readonly number: number; readonly head: BranchName }): void;
  push(branch: string, files: Readonly<Record<string, string>>): CommitSha;
}

const url = "http://forge.test";

/** An empty repository `acme/shop` with a `main` branch. */
export function createFakeForge(name = "acme/shop" as RepositoryName): FakeForge {
  let sequence = 0;
  const next = (): number => ++sequence;
  const sha = (): CommitSha => next().toString(16).padStart(40, "0") as CommitSha;
  const fake: FakeForge = {
    name,
    variables: new Map(),
    permissions: new Map(),
    labels: [],
    issues: new Map(),
    pulls: new Map(),
    comments: [],
    reviews: new Map(),
    threads: new Map(),
    checks: new Map(),
    labelEvents: [],
    deliveries: [],
    redelivered: [],
    tags: [],
    branches: new Map([["main", { sha: sha(), files: new Map() }]]),
    writes: [],
    beforeRead: () => {},
    beforeWrite: () => {},
    afterWrite: () => {},
    now: () => 0 as Instant,
    as: (login) => createIdentity(fake, login, next, sha),
    mirror: undefined as unknown as RepositoryMirror,
    addIssue: (issue) =>
      void fake.issues.set(issue.number, {
        title: `Issue ${issue.number}`,
        body: "",
        state: "open",
        author: "olga",
        labels: [],
        updatedAt: fake.now(),
        url: `${url}/issues/${issue.number}`,
        isPull: false,
        ...issue,
      }),
    addPull: (pull) =>
      void fake.pulls.set(pull.number, {
        title: `Pull ${pull.number}`,
        body: "",
        state: "open",
        headSha: fake.branches.get(pull.head)?.sha ?? sha(),
        base: "main" as BranchName,
        labels: [],
        draft: false,
        url: `${url}/pull/${pull.number}`,
        ...pull,
      }),
    push(branch, files) {
      const before = fake.branches.get(branch) ?? { sha: sha(), files: new Map(fake.branches.get("main")?.files) };
      const after = { sha: sha(), files: new Map([...before.files, ...Object.entries(files)]) };
      fake.branches.set(branch, after);
      for (const pull of fake.pulls.values()) if (pull.head === branch && pull.state === "open") pull.headSha = after.sha;
      return after.sha;
    },
  };
  return Object.assign(fake, { mirror: createMirror(fake) });
}

function createIdentity(fake: FakeForge, login: string, next: () => number, sha: () => CommitSha): Forge {
  const write = <T>(what: string, perform: () => T): T => {
    fake.beforeWrite(`${login} ${what}`);
    const result = perform();
    fake.writes.push(`${login} ${what}`);
    fake.afterWrite(`${login} ${what}`);
    return result;
  };
  const found = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw new InfrastructureError("not-found", `no ${what}`);
    return value;
  };
  const labelled = (number: number): { labels: readonly string[]; updatedAt?: Instant } =>
    found<{ labels: readonly string[] }>(fake.issues.get(number) ?? fake.pulls.get(number), `issue ${number}`);
  const comment = (issue: number, body: string): ForgeComment => {
    const made = { id: next(), issue, author: login, body, createdAt: fake.now() };
    fake.comments.push(made);
    return made;
  };
  const setLabels = (number: number, labels: readonly string[]): readonly string[] => {
    const target = labelled(number);
    for (const label of labels)
      if (!target.labels.includes(label)) fake.labelEvents.push({ issue: number, label, action: "labeled", actor: login, at: fake.now() });
    for (const label of target.labels)
      if (!labels.includes(label)) fake.labelEvents.push({ issue: number, label, action: "unlabeled", actor: login, at: fake.now() });
    target.labels = labels;
    target.updatedAt = fake.now();
    return labels;
  };
  return {
    identity: async () => login,
    repository: async () => ({ defaultBranch: "main" as BranchName, private: true }),
    variables: async () => fake.variables,
    permission: async (_repository, person) => fake.permissions.get(person) ?? "write",
    collaborators: async () => [...fake.permissions].map(([person, permission]) => ({ login: person, permission })),
    issue: async (_repository, number) => structuredClone(found(fake.issues.get(number), `issue ${number}`)),
    issuesSince: async (_repository, since, which = "open") =>
      structuredClone([...fake.issues.values()].filter((issue) => (which === "all" || issue.state === "open") && issue.updatedAt >= since)),
    createIssue: async (_repository, issue) =>
      write(`createIssue ${issue.title}`, () => {
        const number = next();
        fake.addIssue({ number, title: issue.title, body: issue.body, author: login, labels: issue.labels ?? [] });
        return found(fake.issues.get(number), `issue ${number}`);
      }),
    closeIssue: async (_repository, number) =>
      write(`closeIssue ${number}`, () => void Object.assign(found(fake.issues.get(number), `issue ${number}`), { state: "closed", updatedAt: fake.now() })),
    comments: async (_repository, issue) => structuredClone(fake.comments.filter((made) => made.issue === issue)),
    createComment: async (_repository, issue, body) => write(`createComment ${issue}`, () => comment(issue, body)),
    updateComment: async (_repository, id, body) =>
      write(`updateComment ${id}`, () => {
        const made = found(
          fake.comments.find((candidate) => candidate.id === id),
          `comment ${id}`,
        );
        made.body = body;
        return made;
      }),
    labels: async () => [...fake.labels],
    ensureLabels: async (_repository, labels) => {
      fake.labels.push(...labels.map(({ name }) => name).filter((name) => !fake.labels.some((there) => sameLabel(there, name))));
    },
    addLabels: async (_repository, number, labels) =>
      write(`addLabels ${number} ${labels.join(",")}`, () => setLabels(number, [...new Set([...labelled(number).labels, ...labels])])),
    removeLabel: async (_repository, number, label) =>
      write(`removeLabel ${number} ${label}`, () =>
        setLabels(
          number,
          labelled(number).labels.filter((other) => other !== label),
        ),
      ),
    labelEvents: async (_repository, issue, since) => fake.labelEvents.filter((event) => event.issue === issue && event.at >= since),
    pull: async (_repository, number) => {
      await fake.beforeRead(`pull ${number}`);
      return structuredClone(found(fake.pulls.get(number), `pull ${number}`));
    },
    checks: async (_repository, commit) => {
      await fake.beforeRead(`checks ${commit}`);
      return fake.checks.has(commit) ? structuredClone(fake.checks.get(commit)) : [];
    },
    openPullFrom: async (_repository, head) => structuredClone([...fake.pulls.values()].find((pull) => pull.head === head && pull.state === "open")),
    createPull: async (_repository, pull) =>
      write(`createPull ${pull.head}`, () => {
        const number = next();
        fake.addPull({ number, ...pull, draft: pull.draft ?? false });
        return structuredClone(found(fake.pulls.get(number), `pull ${number}`));
      }),
    closePull: async (_repository, number) => write(`closePull ${number}`, () => void (found(fake.pulls.get(number), `pull ${number}`).state = "closed")),
    mergePull: async (_repository, number, head, message) => {
      const pull = found(fake.pulls.get(number), `pull ${number}`);
      if (pull.headSha !== head || pull.state === "closed") throw new InfrastructureError("conflict", "head moved", { retryable: false });
      if (pull.state === "merged") return { sha: found(fake.branches.get(pull.base), pull.base).sha };
      return write(`mergePull ${number} ${message.split("\n")[0]}`, () => {
        pull.state = "merged";
        return { sha: fake.push(pull.base, Object.fromEntries(fake.branches.get(pull.head)?.files ?? [])) };
      });
    },
    requestReview: async (_repository, number, reviewers) => write(`requestReview ${number} ${reviewers.join(",")}`, () => {}),
    reviews: async (_repository, number) => fake.reviews.get(number) ?? [],
    createReview: async (_repository, number, review) =>
      write(`createReview ${number} ${review.event}`, () => {
        const state = ({ APPROVE: "approved", REQUEST_CHANGES: "changes_requested", COMMENT: "commented" } as const)[review.event];
        const made: ForgeReview = { id: next(), author: login, state, body: review.body, submittedAt: fake.now() };
        fake.reviews.set(number, [...(fake.reviews.get(number) ?? []), made]);
        const threads = (review.comments ?? []).map((line) => ({
          id: `thread-${next()}`,
          resolved: false,
          path: line.path,
          line: line.line,
          comments: [{ id: next(), author: login, body: line.body, createdAt: fake.now() }],
        }));
        fake.threads.set(number, [...(fake.threads.get(number) ?? []), ...threads]);
        return made;
      }),
    reviewThreads: async (_repository, number) => structuredClone(fake.threads.get(number) ?? []),
    replyToThread: async (_repository, pull, commentId, body) =>
      write(`replyToThread ${pull} ${commentId}`, () => {
        const reply = { id: next(), author: login, body, createdAt: fake.now() };
        const threads = (fake.threads.get(pull) ?? []).map((thread) =>
          thread.comments[0]?.id === commentId ? { ...thread, comments: [...thread.comments, reply] } : thread,
        );
        fake.threads.set(pull, threads);
        return reply;
      }),
    ensureHook: async () => 1,
    deliveries: async (_repository, _hook, since) => fake.deliveries.filter((delivery) => delivery.deliveredAt >= since).toReversed(),
    redeliver: async (_repository, _hook, attemptId) => write(`redeliver ${attemptId}`, () => void fake.redelivered.push(attemptId)),
    createTag: async (_repository, { name, message }) =>
      write(`createTag ${name}`, () => {
        if (!fake.tags.some((tag) => tag.name === name)) fake.tags.push({ name, message });
      }),
    tags: async (_repository, prefix) => fake.tags.filter((tag) => tag.name.startsWith(prefix)),
    gitRemote: async () => ({ url: `${url}/${fake.name}.git`, authorization: `Basic ${sha()}` }),
  };
}

function createMirror(fake: FakeForge): RepositoryMirror {
  const at = (ref: string): FakeBranch | undefined => fake.branches.get(ref) ?? [...fake.branches.values()].find((branch) => branch.sha === ref);
  return {
    fetch: async (_repository, branch) => fake.branches.get(branch)?.sha,
    readFile: async (_repository, ref, path) => at(ref)?.files.get(path),
    // It knows no history: the tip is the only version.
    fileVersions: async (_repository, ref, path) => {
      const branch = at(ref);
      return branch?.files.has(path) ? [{ commit: branch.sha, at: fake.now(), author: "signalbox", subject: `docs: ${path}` }] : [];
    },
    listFiles: async (_repository, ref, prefix) => [...(at(ref)?.files.keys() ?? [])].filter((path) => path.startsWith(prefix)),
    listBlobs: async (_repository, ref, prefix) =>
      [...(at(ref)?.files ?? [])].filter(([path]) => path.startsWith(prefix)).map(([path, text]) => ({ path, id: text })),
    contains: async (_repository, branch, commit) => fake.branches.get(branch)?.sha === commit,
    changes: async (_repository, _from, to): Promise<readonly ChangedFile[]> =>
      [...(at(to)?.files.keys() ?? [])].map((path) => ({ path, status: "M", mode: "regular" })),
    commitFiles: async (_repository, branch, files, message) => {
      const current = fake.branches.get(branch);
      if (current && [...files].every(([path, text]) => current.files.get(path) === text)) return current.sha;
      const what = `mirror commitFiles ${branch} ${message.split("\n")[0]}`;
      fake.beforeWrite(what);
      const sha = fake.push(branch, Object.fromEntries(files));
      fake.writes.push(what);
      fake.afterWrite(what);
      return sha;
    },
  };
}
