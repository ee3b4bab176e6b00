import type { JsonObject } from "../../core/domain/kernel/values.ts";

/** An entry of a transcript: its type and its content. */
export type Told = readonly [type: string, content: JsonObject];

interface Written {
  readonly type: string;
  readonly title: string;
  readonly body: string;
}

/** What the stages of the shop's guest checkout have left behind. */
export const checkoutDocuments = {
  intake: [
    ["problem", "Guests leave at the account form", "Of 1,240 guests a week 460 reach the form that asks for an account, and 310 leave there."],
    [
      "personas",
      "Who buys once",
      "| Persona | Buys | Wants |\n|---|---|---|\n| Guest | once a year | to be done in two minutes |\n| Regular | monthly | points |",
    ],
    ["scope_mvp", "Scope of the first version", "Cards and bank transfer. No vouchers, no subscriptions."],
    ["constraints", "Constraints", "Personal data of guests is deleted 30 days after delivery."],
    ["brief", "Brief: guest checkout", "A shopper can buy without an account. The order is kept by e-mail and can be claimed later."],
    ["risks_register", "Risks", "- Fraud with stolen cards: limit of 200 € without an account."],
    ["open_questions", "Open questions", "None since the owner's answer on vouchers."],
  ],
  vision: [
    ["project_charter", "Charter: guest checkout", "Half of those who leave at the form today order by June."],
    ["success_metrics", "How success is measured", "50 guest orders a week, at most 2 % of them returned as fraud."],
    ["risks_register", "Risks of the launch", "- Support gets questions of guests who cannot find their order."],
  ],
  prd: [
    ["nfr", "Quality of the checkout", "95 of 100 orders are placed within 800 ms."],
    ["user_story", "Stories of guests", "As a guest I pay by card without an account, so that I am done in two minutes."],
  ],
} as const satisfies Readonly<Record<string, readonly (readonly [string, string, string])[]>>;

/** What the release of the delivery slots has left behind: type, title, heading and what stands under it. */
export const releaseDocuments = [
  [
    "release_plan",
    "Release of the delivery slots",
    "What is released",
    "| Version | Commit | Pull requests | Requirements |\n|---|---|---|---|\n| v2.3.0 | 4f1c09a | #36 | F1, F2 |",
  ],
  ["release_notes", "What is new: delivery slots", "New", "- A shopper chooses the hour of the delivery. (#3)"],
  ["rollback_plan", "Back to one day", "When to roll back", "More than 2 % of the deliveries miss their hour within a day."],
] as const;

const prd = (criteria: readonly string[]): string =>
  [
    "A shopper can buy without an account. The order is kept by e-mail and can be claimed later.",
    "",
    "## Acceptance criteria",
    "",
    ...criteria,
    "",
    "## Out of scope",
    "",
    "Subscriptions and gift cards.",
  ].join("\n");

/** The requirements as they were approved, and as they are in review. */
export const requirements = {
  approved: prd(["1. The shopper reaches payment in at most five steps.", "2. Declined payments keep the cart and say what to do."]),
  now: prd([
    "1. The shopper reaches payment in at most three steps, address included.",
    "2. Declined payments keep the cart and say what to do.",
    "3. Personal data of unclaimed orders is deleted after 30 days.",
  ]),
  later: prd([
    "1. The shopper reaches payment in at most three steps, with the address filled in by the browser.",
    "2. Declined payments keep the cart and say what to do.",
    "3. Personal data of unclaimed orders is deleted after 30 days.",
  ]),
};

/** A document as its file has it. */
export function fileOf(
  { type, title, body }: Written,
  place: { readonly issue: number; readonly stage: string; readonly status: string; readonly role: string },
): string {
  const { issue, stage, status, role } = place;
  const front = [
    `doc_id: issue-${issue}-${stage}-${type}`,
    `type: ${type}`,
    `title: "${title}"`,
    `status: ${status}`,
    `owner_role: ${role}`,
    `related_issues: [${issue}]`,
  ];
  return ["---", ...front, "---", `# ${title}`, "", body, ""].join("\n");
}

const green = (text: string): string => `\u001B[32m${text}\u001B[39m`;
const red = (text: string): string => `\u001B[31m${text}\u001B[39m`;

const served = Array.from({ length: 60 }, (_, index) => {
  const slow = index % 9 === 4;
  const fields = {
    level: slow ? "warn" : "info",
    path: index % 3 === 0 ? "/checkout" : "/cart",
    status: slow ? 504 : 200,
    ms: slow ? 5_012 : 40 + ((index * 37) % 160),
  };
  return JSON.stringify({
    time: `2026-11-20T09:${String(12 + Math.floor(index / 10)).padStart(2, "0")}:${String((index * 7) % 60).padStart(2, "0")}Z`,
    ...fields,
  });
}).join("\n");

/** What the agent did that writes the requirements, up to the request that it waits for. */
export const prdTranscript: readonly Told[] = [
  ["thread-started", { threadId: "019aa6f1-53f8-7b40-a3a5-3d1d8cbb1c1e" }],
  ["message", { text: "I read the charter and the metrics first, then what the shop logs about the checkout today." }],
  [
    "command",
    {
      command: "rg -n 'account|guest' docs/issues/issue-12",
      output: "docs/issues/issue-12/vision/success_metrics.md:8:50 guest orders a week\ndocs/issues/issue-12/intake/problem.md:8:310 leave there\n",
      exitCode: 0,
    },
  ],
  ["reasoning", { text: "Five steps were approved in March. **Three** are possible when the address form and the payment form are one." }],
  ["command", { command: "cat var/log/checkout.jsonl", output: `${served}\n`, exitCode: 0 }],
  [
    "message",
    {
      text: "Every ninth call of `/cart` takes five seconds. The criteria have to say what the shopper sees meanwhile:\n\n- the cart stays\n- the page says what to do",
    },
  ],
  [
    "command",
    {
      command:
        "cat > docs/issues/issue-12/prd/nfr.md <<'END'\n# Quality of the checkout\n\n95 of 100 orders are placed within 800 ms.\nDeclined payments keep the cart.\nEND",
      output: "",
      exitCode: 0,
    },
  ],
  [
    "command",
    {
      command: "npm test -- checkout",
      output: `${green("✓")} cart.test.ts (41 tests)\n${green("✓")} address.test.ts (18 tests)\n${red("✗")} payment.test.ts (2 of 23 failed)\n  ${red("declined card keeps the cart")}\n    expected 3 items, got 0\n`,
      exitCode: 1,
    },
  ],
  ["file-change", { paths: ["docs/issues/issue-12/prd/prd.md", "docs/issues/issue-12/prd/user_story.md"] }],
  ["tool-call", { tool: "kb_search", arguments: { query: "payment boundary" }, result: '{"status":"done","hits":2}', status: "completed" }],
  ["notice", { text: "The model was asked again: the connection had broken off." }],
  ["turn-completed", { usage: { inputTokens: 184_300, cachedInputTokens: 151_040, outputTokens: 9_120, reasoningTokens: 2_890 } }],
  ["message", { text: "The requirements are in review. Architecture needs a decision on the payment boundary next." }],
];

/** What an agent did that has been heard of no more for a while. */
export const silentTranscript: readonly Told[] = [
  ["thread-started", { threadId: "019aa6f1-0000-7b40-a3a5-3d1d8cbb1c1e" }],
  ["message", { text: "I compare three ways to find words with typos in them." }],
  ["command", { command: "npm run bench:search", output: "trigram: 14 ms\n", exitCode: 0 }],
];
