import { basename } from "node:path";
import type { RuleTester } from "oxlint/plugins-dev";

type Rule = Parameters<RuleTester["run"]>[1];

/** What the rules look at in a callee or a constructor: `name`, or `object.property`. */
interface Expression {
  readonly type: string;
  readonly name?: unknown;
  readonly object?: Expression;
  readonly property?: Expression;
}

const ambientCalls = new Set(["Date", "Date.now", "Math.random", "performance.now", "crypto.randomUUID", "crypto.getRandomValues"]);
const moduleMocks = new Set(["vi.mock", "vi.doMock", "vi.hoisted"]);

/** Names that say nothing as a whole, and words that say nothing in any name. */
const emptyNames = /^(common|misc|data|info|handlers?)$/;
const emptyWords = /^(helpers?|utils?|managers?|misc)$/;
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Time and chance come in from outside (ports Clock and Ids), so that a decision can be replayed and a test can be exact. */
export const noAmbientInput: Rule = {
  create: (context) => ({
    CallExpression(node) {
      const name = dottedName(node.callee);
      if (name !== undefined && ambientCalls.has(name))
        context.report({ node, message: `${name}() gives another answer each time: let the caller pass the value in.` });
    },
    NewExpression(node) {
      if (dottedName(node.callee) === "Date" && node.arguments.length === 0)
        context.report({ node, message: "new Date() asks the machine's clock: let the caller pass the time in." });
    },
  }),
};

/** Our own code is replaced by passing another implementation of its port. */
export const noModuleMock: Rule = {
  create: (context) => ({
    CallExpression(node) {
      const name = dottedName(node.callee);
      if (name !== undefined && moduleMocks.has(name)) context.report({ node, message: `${name}() replaces a module: pass a fake of the port instead.` });
    },
  }),
};

/** Files are named in kebab-case after what they hold. Dots part the suffix (`run.db.test.ts`). */
export const fileName: Rule = {
  create: (context) => ({
    Program(node) {
      const [stem = ""] = basename(context.filename).replace(/^[.]/, "").split(".");
      if (!kebabCase.test(stem)) context.report({ node, message: `"${stem}" is not in kebab-case.` });
      else if (emptyNames.test(stem) || stem.split("-").some((word) => emptyWords.test(word)))
        context.report({ node, message: `"${stem}" does not say what the file holds.` });
    },
  }),
};

export default {
  meta: { name: "signalbox" },
  rules: { "no-ambient-input": noAmbientInput, "no-module-mock": noModuleMock, "file-name": fileName },
};

function dottedName(expression: Expression): string | undefined {
  if (expression.type === "Identifier") return String(expression.name);
  if (expression.type !== "MemberExpression" || !expression.object || !expression.property) return undefined;
  const object = dottedName(expression.object);
  const property = expression.property.type === "Identifier" ? String(expression.property.name) : undefined;
  return object === undefined || property === undefined ? undefined : `${object.replace(/^globalThis[.]/, "")}.${property}`;
}
